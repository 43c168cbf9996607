// OBJECT: how a value is kept and how it is used.
#include <limits>

#include "commands/entry_facts.h"
#include "commands/families.h"
#include "commands/string_access.h"
#include "engine/command_help.h"
#include "engine/engine.h"
#include "keyspace/access_clock.h"

namespace redstart {

namespace {

// Null: the nil of an absent key has been answered.
const Entry* find_object(Context& c) {
  const Entry* entry = c.keys.find(c.key(2), kLookupNoTouch | kLookupNoMissEvent);
  if (!entry) c.reply.null();
  return entry;
}

void object_encoding(Context& c) {
  if (const Entry* entry = find_object(c)) c.reply.bulk(encoding_name(*entry));
}

// Values are not shared here. Redis shares small integers, unless it must know when each of them was
// used, and says so by its largest number, which clients know.
void object_refcount(Context& c) {
  const Entry* entry = find_object(c);
  if (!entry) return;
  int64_t value = 0;
  const Settings& settings = c.engine.settings();
  bool has_clock = settings.maxmemory > 0 && needs_clock(settings.maxmemory_policy);
  bool small_integer = entry->type() == Type::kString &&
                       entry->string_encoding() == StringEncoding::kInt &&
                       entry->string_int(&value) && value >= 0 && value < 10000;
  c.reply.integer(small_integer && !has_clock ? std::numeric_limits<int32_t>::max() : 1);
}

void object_freq(Context& c) {
  const Entry* entry = find_object(c);
  if (!entry) return;
  KeyspaceShared& shared = c.engine.keyspace_shared();
  if (shared.lfu) return c.reply.integer(frequency(shared, entry->clock()));
  c.reply.error(
      "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that "
      "when switching between policies at runtime LRU and LFU data will take some time to adjust.");
}

void object_idletime(Context& c) {
  const Entry* entry = find_object(c);
  if (!entry) return;
  KeyspaceShared& shared = c.engine.keyspace_shared();
  if (!shared.lfu) return c.reply.integer(idle_ms(shared, entry->clock()) / 1000);
  c.reply.error(
      "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when "
      "switching between policies at runtime LRU and LFU data will take some time to adjust.");
}

constexpr CommandSpec about_key(std::string_view name, std::string_view summary,
                                std::string_view since, Handler run) {
  return {.name = name,
          .arity = 3,
          .flags = kReadonly,
          .keys = one_key(kKeyRo, 2),
          .args = "key",
          .summary = summary,
          .since = since,
          .tips = "nondeterministic_output",
          .run = run};
}

constexpr CommandSpec kEncoding =
    about_key("encoding", "Answers how the value of a key is kept.", "2.2.3", object_encoding);
constexpr CommandSpec kFreq =
    about_key("freq", "Answers the logarithmic counter of uses of a key.", "4.0.0", object_freq);
constexpr CommandSpec kIdletime = about_key(
    "idletime", "Answers the seconds since the last use of a key.", "2.2.3", object_idletime);
constexpr CommandSpec kRefcount =
    about_key("refcount", "Answers the number of references to the value of a key.", "2.2.3",
              object_refcount);
constexpr CommandSpec kHelp = help_row(Group::kGeneric, "6.2.0", kAclKeyspace);
constexpr const CommandSpec* kSubcommands[] = {&kEncoding, &kFreq, &kIdletime, &kRefcount, &kHelp};

constexpr CommandSpec kObject = {.name = "object",
                                 .arity = -2,
                                 .acl = kAclSlow,  // the subcommands are @keyspace, it is not
                                 .summary = "Answers how a value is kept and used.",
                                 .since = "2.2.3",
                                 .complexity = "Depends on the subcommand",
                                 .subcommands = kSubcommands};

}  // namespace

std::span<const CommandSpec* const> object_commands() {
  static constexpr const CommandSpec* kAll[] = {&kObject};
  return kAll;
}

}  // namespace redstart
