// An entry: one key with its value, in one allocation owned by its table slot.
//
//   byte 0      type (3 bits) | encoding (3 bits) | has_ttl | wide
//   byte 1..3   LRU seconds (24 bits) or LFU minutes (16) + counter (8)
//   lengths     narrow: key u8, value u8       wide: key u32, value u16
//   ttl         8 bytes, unix ms, only with has_ttl
//   key         its bytes
//   value       string <= 1 KiB inline | integer in 1, 2, 4 or 8 bytes | pointer (8 bytes)
//
// Fields are read with memcpy: an entry is aligned to 4 bytes only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/big_buf.h"
#include "base/numbers.h"
#include "keyspace/types.h"

namespace redstart {

// Encodings of Type::kString. Collections number theirs in types/.
enum class StringEncoding : uint8_t {
  kInt,    // OBJECT ENCODING int
  kShort,  // embstr: set as a whole, at most 44 bytes
  kRaw,    // raw, inline: longer than 44 bytes or edited in place
  kBig,    // raw, in a BigBuf
};

inline constexpr size_t kInlineStringMax = 1024;
inline constexpr size_t kShortStringMax = 44;

// Room for the text of an integer value.
struct IntText {
  char bytes[kIntTextMax];
};

class Entry {
 public:
  Type type() const { return static_cast<Type>(head_[0] >> 5); }
  uint8_t encoding() const { return (head_[0] >> 2) & 7; }
  bool has_ttl() const { return head_[0] & 2; }
  std::string_view key() const { return {key_begin(), key_size()}; }
  // Unix time in ms; -1 without one.
  int64_t expire_at_ms() const;
  uint32_t clock() const { return head_[1] | head_[2] << 8 | static_cast<uint32_t>(head_[3]) << 16; }

  // REQUIRES for the next four: type() == Type::kString.
  StringEncoding string_encoding() const { return static_cast<StringEncoding>(encoding()); }
  // The value as text; an integer is written into `scratch`, everything else is borrowed.
  std::string_view string(IntText& scratch) const;
  size_t string_size() const;
  // True when the value is an integer in Redis's strict sense, whatever its encoding.
  bool string_int(int64_t* value) const;
  // The buffer of a kBig string, else null.
  BigBuf* big() const;

  // The collection behind a non-string entry.
  void* object() const;

  // What this entry takes: itself as the slab sees it, and a BigBuf behind it.
  size_t allocated_bytes() const;

 private:
  friend class EntryMaker;  // keyspace/entry.cc: lays entries out and changes them
  bool wide() const { return head_[0] & 1; }
  size_t key_size() const;
  size_t value_size() const;
  const char* key_begin() const;
  const char* value_begin() const;

  uint8_t head_[4];
};

}  // namespace redstart
