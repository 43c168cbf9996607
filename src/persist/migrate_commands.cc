// MIGRATE: keys go to another server, as what DUMP answers, and are deleted here.
#include <optional>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "keyspace/entry.h"
#include "persist/migrate_peers.h"
#include "persist/persist_commands.h"
#include "persist/rdb_save.h"
#include "persist/storage.h"
#include "wire/command_text.h"

namespace redstart {
namespace {

struct MigrateCall {
  std::string host, port;
  int64_t db = 0;
  int timeout_ms = 0;
  bool copy = false, replace = false;
  std::optional<std::string_view> user, password;
  std::vector<std::string_view> keys;
};

bool refuse(Context& c, std::string_view error) {
  c.reply.error(error);
  return false;
}

bool read_options(Context& c, MigrateCall* call) {
  for (size_t i = 6; i < c.argc(); i++) {
    size_t left = c.argc() - 1 - i;
    if (equals_fold(c.arg(i), "COPY")) {
      call->copy = true;
    } else if (equals_fold(c.arg(i), "REPLACE")) {
      call->replace = true;
    } else if (equals_fold(c.arg(i), "AUTH") && left >= 1) {
      call->password = c.arg(++i);
    } else if (equals_fold(c.arg(i), "AUTH2") && left >= 2) {
      call->user = c.arg(++i);
      call->password = c.arg(++i);
    } else if (equals_fold(c.arg(i), "KEYS")) {
      if (!c.arg(3).empty()) {
        return refuse(c,
                      "ERR When using MIGRATE KEYS option, the key argument must be set to the empty "
                      "string");
      }
      for (size_t key = i + 1; key < c.argc(); key++) call->keys.push_back(c.arg(key));
      return true;
    } else {
      return refuse(c, err::kSyntax);
    }
  }
  call->keys.push_back(c.arg(3));
  return true;
}

bool read_call(Context& c, MigrateCall* call) {
  if (!read_options(c, call)) return false;
  int64_t timeout_ms;
  if (!parse_int64(c.arg(5), &timeout_ms) || !parse_int64(c.arg(4), &call->db)) {
    return refuse(c, err::kNotInteger);
  }
  constexpr int64_t kDefaultMs = 1000;
  if (timeout_ms <= 0) timeout_ms = kDefaultMs;
  call->timeout_ms = static_cast<int>(std::min<int64_t>(timeout_ms, INT32_MAX));
  call->host = c.arg(1);
  call->port = c.arg(2);
  return true;
}

// One try over one connection.
class Transfer {
 public:
  Transfer(Context& c, const MigrateCall& call, MigratePeer& peer)
      : c_(c), call_(call), peer_(peer) {}

  enum class Ended : uint8_t {
    kAnswered,  // the reply is made
    kUnsure,    // writing or reading failed, and at least a key may have arrived
    kNothing,   // it failed, and nothing can have happened
  };

  Ended run() {
    selects_ = peer_.selected_db != call_.db;
    std::string request = make_request();
    if (!peer_.socket.send(request, call_.timeout_ms)) {
      failure_ = "writing";
      return Ended::kNothing;
    }
    failure_ = "reading";
    std::string auth, select;
    if (call_.password && !peer_.socket.read_line(&auth, call_.timeout_ms)) return Ended::kNothing;
    if (selects_ && !peer_.socket.read_line(&select, call_.timeout_ms)) return Ended::kNothing;
    if (auth.starts_with('-')) error_ = auth;
    if (error_.empty() && select.starts_with('-')) error_ = select;
    return read_answers();
  }
  std::string_view failure() const { return failure_; }

 private:
  std::string make_request() {
    std::string out;
    if (call_.password && call_.user) {
      append_command(&out, {"AUTH", *call_.user, *call_.password});
    } else if (call_.password) {
      append_command(&out, {"AUTH", *call_.password});
    }
    if (selects_) append_command(&out, {"SELECT", std::to_string(call_.db)});
    for (std::string_view key : call_.keys) {
      const Entry* entry = c_.keys.peek(c_.keys.key(key));
      if (!entry) continue;
      int64_t ttl_ms = 0;
      if (entry->has_ttl()) ttl_ms = std::max<int64_t>(1, entry->expire_at_ms() - c_.now_ms);
      std::string payload = dump_payload(*entry, rdb_save_options(c_.engine));
      std::string ttl = std::to_string(ttl_ms);
      if (call_.replace) {
        append_command(&out, {"RESTORE", key, ttl, payload, "REPLACE"});
      } else {
        append_command(&out, {"RESTORE", key, ttl, payload});
      }
      sent_.push_back(key);
    }
    return out;
  }

  Ended read_answers() {
    // Without a login or a database what RESTORE answered says nothing.
    const bool nowhere = !error_.empty();
    std::vector<std::string_view> moved = {"DEL"};
    bool read_all = true;
    for (std::string_view key : sent_) {
      std::string answer;
      if (!peer_.socket.read_line(&answer, call_.timeout_ms)) {
        // Not one was answered: the connection may have been stale.
        if (key.data() == sent_[0].data() && error_.empty()) return Ended::kNothing;
        read_all = false;
        break;
      }
      const bool refused = answer.starts_with('-');
      if (error_.empty() && refused) error_ = answer;
      if (nowhere || refused || call_.copy) continue;
      WriteGuard guard = c_.keys.write(c_.keys.key(key));
      if (!guard.exists()) continue;
      guard.erase();
      guard.commit(event::kDel);
      moved.push_back(key);
    }
    if (moved.size() > 1) c_.propagate_as(Args(moved));
    if (!error_.empty()) {
      peer_.selected_db = -1;
      c_.reply.error("ERR Target instance replied with error: " + error_.substr(1));
      return Ended::kAnswered;
    }
    if (!read_all) return Ended::kUnsure;
    peer_.selected_db = call_.db;
    c_.reply.ok();
    return Ended::kAnswered;
  }

  Context& c_;
  const MigrateCall& call_;
  MigratePeer& peer_;
  bool selects_ = false;
  std::vector<std::string_view> sent_;
  std::string error_;
  std::string_view failure_;
};

void migrate(Context& c) {
  MigrateCall call;
  if (!read_call(c, &call)) return;
  std::erase_if(call.keys, [&](std::string_view key) { return !c.keys.find(c.keys.key(key)); });
  if (call.keys.empty()) return c.reply.status("NOKEY");
  Storage* storage = storage_of(c.tenant);
  MigratePeers own(c.engine);
  MigratePeers& peers = storage ? storage->migrate_peers() : own;
  constexpr int kTries = 2;  // a connection that was kept may be dead
  for (int i = 1; i <= kTries; i++) {
    MigratePeer* peer = peers.get(call.host, call.port, call.timeout_ms);
    if (!peer) return c.reply.error("IOERR error or timeout connecting to the client");
    Transfer transfer(c, call, *peer);
    Transfer::Ended ended = transfer.run();
    if (ended == Transfer::Ended::kAnswered) return;
    bool again = ended == Transfer::Ended::kNothing && !peer->socket.timed_out() && i < kTries;
    peers.close(call.host, call.port);
    if (again) continue;
    return c.reply.error("IOERR error or timeout " + std::string(transfer.failure()) +
                         " to target instance");
  }
}

constexpr KeySpecs migrate_keys() {
  KeySpecs specs = one_key(kKeyRw | kKeyAccess | kKeyDelete, 3);
  specs.items[1] = {.flags = kKeyRw | kKeyAccess | kKeyDelete | kKeyIncomplete,
                    .begin = KeySpec::Begin::kKeyword,
                    .index = -2,
                    .keyword = "KEYS",
                    .a = -1,
                    .b = 1};
  specs.count = 2;
  return specs;
}
constexpr CommandSpec kMigrate = {
    .name = "migrate",
    .arity = -6,
    .flags = kWrite | kMovableKeys,
    .acl = kAclKeyspace | kAclDangerous,
    .keys = migrate_keys(),
    .args = "host port:integer key destination-db:integer timeout:integer [COPY] [REPLACE] "
            "[AUTH password|AUTH2 (username password)] [KEYS keys:key+]",
    .summary = "Moves keys to another server.",
    .since = "2.6.0",
    .complexity = "That of DUMP and DEL here and of RESTORE there",
    .tips = "nondeterministic_output",
    .run = migrate};

constexpr const CommandSpec* kFamily[] = {&kMigrate};

}  // namespace

std::span<const CommandSpec* const> migrate_commands() { return kFamily; }

}  // namespace redstart
