// DEBUG: levers for test suites, behind enable-debug-command. One table of its own: for COMMAND and
// the statistics it is a single command, as in Redis.
#include <chrono>
#include <thread>
#include <utility>

#include "base/ascii.h"
#include "base/log.h"
#include "base/numbers.h"
#include "commands/collection.h"
#include "commands/entry_facts.h"
#include "commands/families.h"
#include "core/glob.h"
#include "engine/arg_reader.h"
#include "engine/command_help.h"
#include "engine/config_file.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/indexing.h"
#include "engine/persistence.h"
#include "engine/replication_state.h"
#include "types/list.h"
#include "types/value_digest.h"
#include "wire/command_text.h"

namespace redstart {
namespace {

void sleep(Context& c) {
  ArgReader a(c.args, 2);
  double seconds = a.number();
  if (!a.done()) return c.reply.error(a.error());
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  c.reply.ok();
}

void set_active_expire(Context& c) {
  c.engine.active_expire = c.arg(2) != "0";
  c.reply.ok();
}

// What DEBUG OBJECT adds for a list of several nodes. Nothing is compressed in memory here: the
// setting is told, as Redis does.
std::string quicklist_facts(Context& c, const Entry& entry, size_t bytes) {
  if (encoding_name(entry) != "quicklist") return "";
  const ListView list(c.engine.type_env(), held_by(entry));
  const double average = static_cast<double>(list.size()) / static_cast<double>(list.node_count());
  const bool compressed = c.engine.config().text("list-compress-depth") != "0";
  return " ql_nodes:" + std::to_string(list.node_count()) +
         " ql_avg_node:" + fixed_text(average, 2) +
         " ql_listpack_max:" + std::to_string(c.engine.type_env().limits.list_max_listpack_size) +
         " ql_compressed:" + (compressed ? "1" : "0") +
         " ql_uncompressed_size:" + std::to_string(bytes);
}

// Also one whose time has come: it is not deleted by being looked at.
const Entry* look_at(Context& c, std::string_view key) {
  KeyspaceShared& shared = c.engine.keyspace_shared();
  const bool loading = std::exchange(shared.loading, true);
  const Entry* entry = c.keys.peek(c.keys.key(key));
  shared.loading = loading;
  return entry;
}

void object(Context& c) {
  const Entry* entry = look_at(c, c.arg(2));
  if (!entry) return c.reply.error(err::kNoSuchKey);
  uint32_t age = (c.engine.lru_clock() - entry->clock()) & 0xffffff;
  size_t size = entry->type() == Type::kString ? entry->string_size() : total_bytes(*entry);
  c.reply.status("Value at:0x1 refcount:1 encoding:" + std::string(encoding_name(*entry)) +
                 " serializedlength:" + std::to_string(size + 1) +
                 " lru:" + std::to_string(entry->clock()) +
                 " lru_seconds_idle:" + std::to_string(age) + quicklist_facts(c, *entry, size));
}

void populate(Context& c) {
  ArgReader a(c.args, 2);
  int64_t count = a.integer_in(0, INT64_MAX);
  std::string prefix(a.more() ? a.next() : "key");
  int64_t size = a.more() ? a.integer_in(0, INT64_MAX) : 0;
  if (!a.done()) return c.reply.error(a.error());
  for (int64_t i = 0; i < count; i++) {
    std::string number = int64_text(i);
    std::string key = prefix + ":" + number, value = "value:" + number;
    WriteGuard w = c.keys.write(c.keys.key(key));
    if (w.exists()) continue;
    if (size > 0) value.resize(static_cast<size_t>(size));
    w.put_string(value);
    w.commit(event::kSet);
  }
  c.propagate_nothing();
  c.reply.ok();
}

// --- DIGEST: the same data gives the same digest, whatever its order.

// In network byte order.
void mix_number(ValueDigest* digest, uint32_t number) {
  char bytes[4];
  for (int i = 0; i < 4; i++) bytes[i] = static_cast<char>(number >> (24 - 8 * i));
  digest->mix({bytes, sizeof bytes});
}

// Redis's number of the type: documents and indexes of both kinds would be values of modules there.
uint32_t type_number(Type type) {
  if (type == Type::kStream) return 6;
  if (type == Type::kArray) return 8;
  const bool of_module = type == Type::kJson || type == Type::kIndex || type == Type::kVector;
  return of_module ? 5 : static_cast<uint32_t>(type);
}

void mix_value(ValueDigest* digest, const Entry& entry) {
  mix_number(digest, type_number(entry.type()));
  IntText scratch;
  if (entry.type() == Type::kString) {
    digest->mix(entry.string(scratch));
  } else {
    object_ops(entry.type())->digest(entry.object(), entry.encoding(), digest);
  }
  if (entry.has_ttl()) digest->add("!!expire!!");
}

void digest(Context& c) {
  ValueDigest all;
  c.engine.indexing().catch_up_all(c.tenant);
  for (int db = 0; db < c.tenant.databases(); db++) {
    const Keyspace* keys = c.tenant.existing(db);
    if (!keys || keys->size() == 0) continue;
    mix_number(&all, static_cast<uint32_t>(db));
    keys->for_each([&](const Entry& entry) {
      ValueDigest one;
      one.mix(entry.key());
      mix_value(&one, entry);
      all.add(one);
    });
  }
  c.reply.status(all.hex());
}

void digest_value(Context& c) {
  c.engine.indexing().catch_up_all(c.tenant);
  c.reply.array(c.argc() - 2);
  for (std::string_view key : c.args.subspan(2)) {
    ValueDigest one;
    if (const Entry* entry = c.keys.peek(c.keys.key(key))) mix_value(&one, *entry);
    c.reply.status(one.hex());
  }
}

// --- PROTOCOL: a reply of every kind

void reply_map(Reply& reply) {
  reply.map(3);
  for (int i = 0; i < 3; i++) {
    reply.integer(i);
    reply.boolean(i == 1);
  }
}

void reply_attribute(Reply& reply) {
  if (reply.has_attributes()) {
    reply.attribute(1);
    reply.bulk("key-popularity");
    reply.array(2);
    reply.bulk("key:123");
    reply.integer(90);
  }
  reply.bulk("Some real reply following the attribute");
}

void reply_push(Context& c) {
  if (c.session.resp < 3) return c.reply.error("ERR RESP2 is not supported by this command");
  c.reply.push(2);
  c.reply.bulk("server-cpu-usage");
  c.reply.integer(42);
  c.reply.bulk("Some real reply following the push reply");
}

void protocol(Context& c) {
  Reply& reply = c.reply;
  std::string kind = to_lower(c.arg(2));
  if (kind == "string") return reply.bulk("Hello World");
  if (kind == "integer") return reply.integer(12345);
  if (kind == "double") return reply.dbl(3.141);
  if (kind == "bignum") return reply.big_number("1234567999999999999999999999999999999");
  if (kind == "null") return reply.null();
  if (kind == "map") return reply_map(reply);
  if (kind == "attrib") return reply_attribute(reply);
  if (kind == "push") return reply_push(c);
  if (kind == "true" || kind == "false") return reply.boolean(kind == "true");
  if (kind == "verbatim") return reply.verbatim("txt", "This is a verbatim\nstring");
  if (kind == "array" || kind == "set") {
    kind == "set" ? reply.set(3) : reply.array(3);
    for (int i = 0; i < 3; i++) reply.integer(i);
    return;
  }
  reply.error(
      "ERR Wrong protocol type name. Please use one of the following: "
      "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
}

void error(Context& c) { c.reply.error(c.arg(2)); }

void log(Context& c) {
  c.engine.log().warning("DEBUG LOG: " + std::string(c.arg(2)));
  c.reply.ok();
}

void change_repl_id(Context& c) {
  c.engine.log().notice("Changing replication IDs after receiving DEBUG change-repl-id");
  if (c.tenant.replication) {
    c.tenant.replication->change_id();
  } else {
    c.tenant.replication_id = random_hex_id();
  }
  c.reply.ok();
}

// Redis prints the bytes on its standard output; here the log gets a line.
void listpack(Context& c) {
  const Entry* entry = look_at(c, c.arg(2));
  if (!entry) return c.reply.error(err::kNoSuchKey);
  std::string_view encoding = encoding_name(*entry);
  if (!encoding.starts_with("listpack")) {
    return c.reply.error("ERR Not a listpack encoded object.");
  }
  c.engine.log().notice("DEBUG LISTPACK: a " + std::string(encoding) + " of " +
                        std::to_string(total_bytes(*entry) - entry->allocated_bytes()) + " bytes");
  c.reply.status("Listpack structure printed in the log");
}

void stringmatch_len(Context& c) {
  ArgReader a(c.args, 2);
  int64_t length = a.integer_in(0, 1 << 30);
  std::string_view pattern = a.next();
  if (!a.done()) return c.reply.error(a.error());
  std::string text(static_cast<size_t>(length), 'a');
  c.reply.integer(glob_match(pattern, text));
}

void config_rewrite_force_all(Context& c) {
  HostServices& host = c.engine.host();
  std::string reason = "no config file";
  const Users& users = c.engine.default_tenant().users;
  auto edit = [&](std::string_view old) {
    return rewrite_config(c.engine.config(), users, old, true);
  };
  if (host.edit_config_file && host.edit_config_file(edit, &reason)) return c.reply.ok();
  c.reply.error("ERR CONFIG-REWRITE-FORCE-ALL failed: " + reason);
}

void reload(Context& c) {
  Persistence::Reload how;
  ArgReader a(c.args, 2);
  while (a.more()) {
    if (a.flag("MERGE")) {
      how.merge = true;
    } else if (a.flag("NOFLUSH")) {
      how.flush = false;
    } else if (a.flag("NOSAVE")) {
      how.save = false;
    } else {
      a.fail("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
    }
  }
  if (!a.done()) return c.reply.error(a.error());
  if (!c.tenant.persistence) return c.reply.error(kInMemoryOnly);
  std::string error;
  c.propagate_nothing();
  c.tenant.persistence->reload(how, &error) ? c.reply.ok() : c.reply.error(error);
}

void loadaof(Context& c) {
  if (!c.tenant.persistence) return c.reply.error(kInMemoryOnly);
  std::string error;
  c.propagate_nothing();
  c.tenant.persistence->load_aof(&error) ? c.reply.ok() : c.reply.error(error);
}

void set_skip_checksums(Context& c) {
  if (c.tenant.persistence) c.tenant.persistence->skip_checksums(c.arg(2) != "0");
  c.reply.ok();
}

// Levers of machinery that does not exist here: nothing to do is done.
void accept(Context& c) { c.reply.ok(); }

void set_disable_deny_scripts(Context& c) {
  c.engine.scripts_may_call_all = c.arg(2) == "1";
  c.reply.ok();
}

struct DebugRow {
  std::string_view name;
  size_t least, most;  // arguments, DEBUG and the name counted
  std::string_view synopsis;
  std::string_view summary;
  Handler run;
};

constexpr size_t kAny = SIZE_MAX;

// Replicas alone are told this, whatever it is.
void replicate(Context& c) {
  std::string record;
  append_command(&record, c.args.subspan(2));
  c.tenant.propagation.add_for_replicas(record);
  c.reply.ok();
}

constexpr DebugRow kRows[] = {
    {"sleep", 3, 3, "<seconds>", "Stops the whole server for some time.", sleep},
    {"set-active-expire", 3, 3, "(0|1)", "Stops or starts expiry by the clock.", set_active_expire},
    {"object", 3, 4, "<key>", "Shows how a key is kept.", object},
    {"listpack", 3, 3, "<key>", "Writes into the log how large a listpack is.", listpack},
    {"populate", 3, 5, "<count> [<prefix>] [<size>]", "Makes keys with values.", populate},
    {"digest", 2, 2, "", "Answers one digest of all data.", digest},
    {"digest-value", 2, kAny, "<key>...", "Answers digests of values.", digest_value},
    {"protocol", 3, 3, "<type>", "Answers with a reply of that type.", protocol},
    {"error", 3, 3, "<text>", "Answers with that error.", error},
    {"log", 3, 3, "<text>", "Writes a line into the log.", log},
    {"change-repl-id", 2, 2, "", "Draws a new replication id.", change_repl_id},
    {"replicate", 3, kAny, "<command>...", "Tells replicas that command.", replicate},
    {"stringmatch-len", 4, 4, "<length> <pattern>", "Matches a long text with a pattern.",
     stringmatch_len},
    {"config-rewrite-force-all", 2, 2, "", "Writes every directive into the config file.",
     config_rewrite_force_all},
    {"jmap", 2, kAny, "", "Accepted without effect.", accept},
    {"pause-cron", 3, 3, "(0|1)", "Accepted without effect.", accept},
    {"quicklist-packed-threshold", 3, 3, "<size>", "Accepted without effect.", accept},
    {"replybuffer", 4, 4, "<option> <value>", "Accepted without effect.", accept},
    {"dict-resizing", 3, 3, "(0|1)", "Accepted without effect.", accept},
    {"set-disable-deny-scripts", 3, 3, "(0|1)", "Lets scripts call every command.",
     set_disable_deny_scripts},
    {"set-skip-checksum-validation", 3, 3, "(0|1)", "Believes files and payloads as they are.",
     set_skip_checksums},
    {"aof-flush-sleep", 3, 3, "<microseconds>", "Accepted without effect.", accept},
    {"reload", 2, kAny, "[MERGE] [NOFLUSH] [NOSAVE]", "Saves the data and loads it again.", reload},
    {"loadaof", 2, 2, "", "Loads the append-only files again.", loadaof},
};

void help(Context& c) {
  std::vector<std::string> lines;
  for (const DebugRow& row : kRows) {
    std::string line = to_upper(row.name);
    if (!row.synopsis.empty()) (line += " ") += row.synopsis;
    lines.push_back(std::move(line));
    lines.push_back("    " + std::string(row.summary));
  }
  std::vector<std::string_view> views(lines.begin(), lines.end());
  answer_help(c.reply, "DEBUG", views);
}

void debug(Context& c) {
  if (c.argc() == 2 && equals_fold(c.arg(1), "help")) return help(c);
  for (const DebugRow& row : kRows) {
    if (!equals_fold(row.name, c.arg(1))) continue;
    if (c.argc() >= row.least && c.argc() <= row.most) return row.run(c);
  }
  answer_subcommand_syntax(c);
}
constexpr CommandSpec kDebug = {.name = "debug",
                                .arity = -2,
                                .flags = kAdmin | kNoScript | kLoading | kStale | kProtected,
                                .group = Group::kServer,
                                .args = "subcommand [arg]+",
                                .summary = "Levers for test suites.",
                                .complexity = "Depends on the subcommand.",
                                .run = debug};

constexpr const CommandSpec* kFamily[] = {&kDebug};

}  // namespace

std::span<const CommandSpec* const> debug_commands() { return kFamily; }

}  // namespace redstart
