// A command is one constexpr row, written directly under its handler:
//
//   void get(Context& c);
//   constexpr CommandSpec kGet = {
//       .name = "get", .arity = 2, .flags = kReadonly | kFast, .group = Group::kString,
//       .keys = one_key(kKeyRead), .args = "key",
//       .summary = "Answers the string at a key.", .since = "1.0.0", .complexity = "O(1)",
//       .run = get};
//
// and a line in the list at the end of its family's file. Everything that describes a command
// (COMMAND, ACL categories, key extraction, docs, the vocabulary of the fuzzer) is
// derived from the row.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace redstart {

struct Context;
using Handler = void (*)(Context&);

enum CommandFlag : uint32_t {
  kWrite = 1 << 0,
  kReadonly = 1 << 1,
  kDenyOom = 1 << 2,
  kAdmin = 1 << 3,
  kPubsub = 1 << 4,
  kNoScript = 1 << 5,
  kBlocking = 1 << 6,
  kLoading = 1 << 7,
  kStale = 1 << 8,
  kSkipMonitor = 1 << 9,
  kSkipSlowlog = 1 << 10,
  kAsking = 1 << 11,
  kFast = 1 << 12,
  kNoAuth = 1 << 13,
  kMayReplicate = 1 << 14,
  kNoAsyncLoading = 1 << 15,
  kNoMulti = 1 << 16,
  kAllowBusy = 1 << 17,
  kNoMandatoryKeys = 1 << 18,
  kProtected = 1 << 19,
  kMovableKeys = 1 << 20,
  // Ours. Runs at once between MULTI and EXEC, which queue everything else.
  kNotQueued = 1 << 21,
  // Ours. EXEC: does what the calls of the session's queue do.
  kRunsQueue = 1 << 22,
  // Ours. Open to a RESP2 client that is in the midst of its messages.
  kWhileListening = 1 << 23,
  // Ours. SCAN and RANDOMKEY may expire keys that they were not asked for: no MULTI wrap.
  kTouchesArbitraryKeys = 1 << 24,
  // Ours. Ends the read window: what follows may have to be read in another way (AUTH, HELLO).
  kEndsWindow = 1 << 25,
  // Ours. Refused over HTTP: it needs a connection (SELECT, MULTI, SUBSCRIBE).
  kNoHttp = 1 << 26,
  // Ours. All arguments from keys.first on are keys or key-value pairs: MGET, MSET, DEL.
  kManyKeys = 1 << 27,
  // Ours. The script says what the call may do: Scripting::flags_of_call().
  kRunsScript = 1 << 28,
  // Ours. Refused like a write when data cannot be kept: PING tells those who watch over servers.
  kTellsHealth = 1 << 29,
  // Ours. Said by replicas while they follow the stream: it has no answer then.
  kFromReplica = 1 << 30,
};

enum class Group : uint8_t {
  kGeneric, kString, kList, kSet, kSortedSet, kHash, kPubsub, kTransactions, kConnection, kServer,
  kScripting, kHyperloglog, kCluster, kGeo, kStream, kBitmap, kJson, kSearch, kArray, kVector,
};

// The categories of ACL rules. Those that follow from flags and group (@read, @write, @fast,
// @slow, @string, ...) are derived; `acl` of a row holds only what cannot be.
enum AclCategory : uint32_t {
  kAclKeyspace = 1 << 0, kAclRead = 1 << 1, kAclWrite = 1 << 2, kAclSet = 1 << 3,
  kAclSortedSet = 1 << 4, kAclList = 1 << 5, kAclHash = 1 << 6, kAclString = 1 << 7,
  kAclBitmap = 1 << 8, kAclHyperloglog = 1 << 9, kAclGeo = 1 << 10, kAclStream = 1 << 11,
  kAclPubsub = 1 << 12, kAclAdmin = 1 << 13, kAclFast = 1 << 14, kAclSlow = 1 << 15,
  kAclBlocking = 1 << 16, kAclDangerous = 1 << 17, kAclConnection = 1 << 18,
  kAclTransaction = 1 << 19, kAclScripting = 1 << 20,
  kAclJson = 1 << 21, kAclSearch = 1 << 22, kAclArray = 1 << 23, kAclVector = 1 << 24,
};

// Where the keys of a command are, in the terms of COMMAND INFO.
enum KeyFlag : uint16_t {
  kKeyRo = 1 << 0, kKeyRw = 1 << 1, kKeyOw = 1 << 2, kKeyRm = 1 << 3,
  kKeyAccess = 1 << 4, kKeyUpdate = 1 << 5, kKeyInsert = 1 << 6, kKeyDelete = 1 << 7,
  kKeyNotKey = 1 << 8, kKeyIncomplete = 1 << 9, kKeyVariable = 1 << 10,
};
inline constexpr uint16_t kKeyRead = kKeyRo | kKeyAccess;

struct KeySpec {
  enum class Begin : uint8_t { kNone, kIndex, kKeyword, kUnknown };
  enum class Find : uint8_t { kRange, kCount, kUnknown };
  uint16_t flags = 0;
  // kUnknown is what COMMAND INFO says; with a keyword it is found as with kKeyword.
  Begin begin = Begin::kNone;
  int16_t index = 0;             // kIndex: position; kKeyword: where the search starts (may be < 0)
  std::string_view keyword = {};
  Find find = Find::kRange;
  // kRange: last key relative to the first (negative: from the end), step, limit.
  // kCount: position of the count, of the first key (both relative), step.
  int16_t a = 0, b = 1, c = 0;
};

struct KeySpecs {
  KeySpec items[4] = {};
  uint8_t count = 0;
};

constexpr KeySpecs no_keys() { return KeySpecs(); }
constexpr KeySpecs key_range(uint16_t flags, int first, int last, int step) {
  KeySpecs specs;
  specs.count = 1;
  specs.items[0] = {.flags = flags, .begin = KeySpec::Begin::kIndex,
                    .index = static_cast<int16_t>(first), .a = static_cast<int16_t>(last),
                    .b = static_cast<int16_t>(step)};
  return specs;
}
constexpr KeySpecs one_key(uint16_t flags, int position = 1) {
  return key_range(flags, position, 0, 1);
}
constexpr KeySpecs two_keys(uint16_t first, uint16_t second, int position = 1) {
  KeySpecs specs = one_key(first, position);
  specs.items[1] = one_key(second, position + 1).items[0];
  specs.count = 2;
  return specs;
}

// The channels that a call names and its user needs a right to.
struct ChannelSpec {
  uint8_t first = 0;      // position; 0: there are none
  bool up_to_end = false;  // else that one only
  bool patterns = false;
};
constexpr ChannelSpec one_channel() { return {.first = 1}; }
constexpr ChannelSpec all_channels() { return {.first = 1, .up_to_end = true}; }
constexpr ChannelSpec all_patterns() { return {.first = 1, .up_to_end = true, .patterns = true}; }

struct CommandSpec {
  std::string_view name;          // lower case: "zadd"; a subcommand only its own word: "kill"
  int arity = 0;                  // as Redis: the name counts (and the container's); -n: at least n
  uint32_t flags = 0;
  uint32_t acl = 0;
  Group group = Group::kGeneric;
  KeySpecs keys = KeySpecs();
  ChannelSpec channels = ChannelSpec();
  // The argument grammar, from which the tree of COMMAND DOCS is expanded; engine/command_docs.h
  // defines it. UPPER: token; lower: argument (name:type, default key for "key", else string);
  // [x]: optional; a|b: one of; (...): block; trailing +: repeated. A token directly before an
  // argument belongs to it.
  std::string_view args = {};
  std::string_view summary = {};
  std::string_view since = "1.0.0";
  std::string_view complexity = "O(1)";
  // Comma-separated texts of COMMAND INFO's tips: "nondeterministic_output,request_policy:...".
  std::string_view tips = {};
  // "6.2.0:`GETEX` with SET options" when deprecated: version, then what replaces it.
  std::string_view deprecated = {};
  Handler run = nullptr;          // null for a container without a form of its own
  std::span<const CommandSpec* const> subcommands = {};
};

}  // namespace redstart
