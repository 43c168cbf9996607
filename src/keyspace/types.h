// A key, and what can happen to it.
#pragma once

#include <cstdint>
#include <string_view>

#include "types/type.h"

namespace redstart {

// A key and its hash, computed once and carried along.
struct Key {
  std::string_view bytes;
  uint64_t hash = 0;
};

// The letters of notify-keyspace-events that an event belongs to.
enum class EventClass : uint16_t {
  kGeneric = 1 << 0,  // g
  kString = 1 << 1,   // $
  kList = 1 << 2,     // l
  kSet = 1 << 3,      // s
  kHash = 1 << 4,     // h
  kZset = 1 << 5,     // z
  kExpired = 1 << 6,  // x
  kEvicted = 1 << 7,  // e
  kStream = 1 << 8,   // t
  kModule = 1 << 9,   // d
  kMiss = 1 << 10,    // m
  kNew = 1 << 11,     // n
  kArray = 1 << 12,   // a
};

// One keyspace notification: what commit() reports. The texts are those that Redis publishes.
struct Event {
  EventClass cls;
  std::string_view name;
};

namespace event {
// A change that is propagated but not published: no letter of notify-keyspace-events asks for it.
inline constexpr Event kSilent{EventClass{}, ""};
inline constexpr Event kSet{EventClass::kString, "set"};
inline constexpr Event kSetRange{EventClass::kString, "setrange"};
inline constexpr Event kSetBit{EventClass::kString, "setbit"};
inline constexpr Event kIncrBy{EventClass::kString, "incrby"};
inline constexpr Event kIncrByFloat{EventClass::kString, "incrbyfloat"};
inline constexpr Event kAppend{EventClass::kString, "append"};
inline constexpr Event kDel{EventClass::kGeneric, "del"};
inline constexpr Event kExpire{EventClass::kGeneric, "expire"};
inline constexpr Event kPersist{EventClass::kGeneric, "persist"};
inline constexpr Event kRenameFrom{EventClass::kGeneric, "rename_from"};
inline constexpr Event kRenameTo{EventClass::kGeneric, "rename_to"};
inline constexpr Event kMoveFrom{EventClass::kGeneric, "move_from"};
inline constexpr Event kMoveTo{EventClass::kGeneric, "move_to"};
inline constexpr Event kCopyTo{EventClass::kGeneric, "copy_to"};
inline constexpr Event kRestore{EventClass::kGeneric, "restore"};
inline constexpr Event kExpired{EventClass::kExpired, "expired"};
inline constexpr Event kElementsExpired{EventClass::kHash, "hexpired"};
inline constexpr Event kEvicted{EventClass::kEvicted, "evicted"};
inline constexpr Event kNewKey{EventClass::kNew, "new"};
inline constexpr Event kKeyMiss{EventClass::kMiss, "keymiss"};
}  // namespace event

}  // namespace redstart
