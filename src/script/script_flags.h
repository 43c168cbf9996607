// What a script says about itself: the flags of its first line, or of redis.register_function().
//
//   #!lua flags=no-writes,allow-stale
//   #!lua name=mylib
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

enum ScriptFlag : uint32_t {
  kNoWrites = 1 << 0,
  kAllowOom = 1 << 1,
  kAllowStale = 1 << 2,
  kNoCluster = 1 << 3,
  kAllowCrossSlotKeys = 1 << 4,
  // Upstash's: other keys than those declared are refused.
  kAllowKeyLocking = 1 << 5,
  // A script without such a line: what it may do is found out as it does it.
  kCompatible = 1 << 6,
};

// The flags by name, in the order in which they are listed.
struct ScriptFlagName {
  uint32_t flag;
  std::string_view name;
};
inline constexpr ScriptFlagName kScriptFlagNames[] = {
    {kNoWrites, "no-writes"},
    {kAllowOom, "allow-oom"},
    {kAllowStale, "allow-stale"},
    {kNoCluster, "no-cluster"},
    {kAllowCrossSlotKeys, "allow-cross-slot-keys"},
    {kAllowKeyLocking, "allow-key-locking"},
};
// 0: no such flag.
uint32_t script_flag(std::string_view name);

// The flags of a command that runs such a script, by those of its row.
uint32_t command_flags(uint32_t row_flags, uint32_t script_flags);

struct ScriptHead {
  uint32_t flags = kCompatible;
  size_t size = 0;  // of the first line, without its end; 0: there is none
};
// False and a reason without a code.
bool read_script_head(std::string_view body, ScriptHead* head, std::string* error);

struct LibraryHead {
  std::string engine, name;
  size_t size = 0;
};
bool read_library_head(std::string_view code, LibraryHead* head, std::string* error);

// Letters, digits, underscores, one at least.
bool is_library_name(std::string_view name);

}  // namespace redstart
