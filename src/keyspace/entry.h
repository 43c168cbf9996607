// An entry: one key with its value, in one allocation owned by its table slot.
//
//   byte 0      form: type and encoding (6 bits) | has_ttl | wide
//   byte 1..3   LRU seconds (24 bits) or LFU minutes (16) + counter (8)
//   lengths     narrow: key u8, value u8       wide: key u32, value u16
//   ttl         8 bytes, unix ms, only with has_ttl
//   key         its bytes
//   value       string <= 1 KiB inline | integer in 1, 2, 4 or 8 bytes | pointer (8 bytes)
//
// Fields are read with memcpy: an entry is aligned to 4 bytes only. An entry does not know its own
// allocation: every size follows from the header, so that releasing it needs no further word.
//
// Cost: `key:1234567` with a value of 16 bytes is 6 + 11 + 16 = 33 bytes, a slab class of 36.
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
  kGrown,  // raw, inline, with room up to the next power of two: APPEND comes here
  kBig,    // raw, in a BigBuf
};

// What OBJECT ENCODING answers.
std::string_view string_encoding_name(StringEncoding encoding);

inline constexpr size_t kInlineStringMax = 1024;
inline constexpr size_t kShortStringMax = 44;
inline constexpr int64_t kNoExpiry = -1;

// Room for the text of an integer value.
struct IntText {
  char bytes[kIntTextMax];
};

class Slab;

class Entry {
 public:
  Entry() = delete;  // only EntryMaker makes them

  Type type() const {
    const unsigned form = head_[0] >> 2;
    return static_cast<Type>(form < kRareForms ? form >> 3 : kRareTypes + ((form & 7) >> 1));
  }
  uint8_t encoding() const {
    const unsigned form = head_[0] >> 2;
    return static_cast<uint8_t>(form < kRareForms ? form & 7 : form & 1);
  }
  bool has_ttl() const { return head_[0] & 2; }
  std::string_view key() const { return {key_begin(), key_size()}; }
  // Unix time in ms; -1 without one.
  int64_t expire_at_ms() const;
  uint32_t clock() const {
    return head_[1] | head_[2] << 8 | static_cast<uint32_t>(head_[3]) << 16;
  }

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
  friend class EntryMaker;

  // The first seven types have eight encodings each, the four behind them two.
  static constexpr unsigned kRareTypes = 7;
  static constexpr unsigned kRareForms = kRareTypes << 3;
  static_assert(kTypeCount <= kRareTypes + 4);

  bool wide() const { return head_[0] & 1; }
  size_t lengths_size() const { return wide() ? 6 : 2; }
  size_t key_size() const { return wide() ? load<uint32_t>(rest_) : rest_[0]; }
  size_t value_size() const { return wide() ? load<uint16_t>(rest_ + 4) : rest_[1]; }
  const uint8_t* ttl_begin() const { return rest_ + lengths_size(); }
  const char* key_begin() const {
    return reinterpret_cast<const char*>(ttl_begin()) + (has_ttl() ? 8 : 0);
  }
  const char* value_begin() const { return key_begin() + key_size(); }
  int64_t int_value() const;

  template <typename T>
  static T load(const void* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }

  uint8_t head_[4];
  uint8_t rest_[];  // lengths, ttl, key, value
};

inline int64_t Entry::expire_at_ms() const {
  return has_ttl() ? load<int64_t>(ttl_begin()) : kNoExpiry;
}
inline BigBuf* Entry::big() const {
  return string_encoding() == StringEncoding::kBig ? load<BigBuf*>(value_begin()) : nullptr;
}
inline void* Entry::object() const { return load<void*>(value_begin()); }

// Lays entries out and changes them. For the keyspace's own use: everybody else goes through a
// WriteGuard, which also keeps the table, the wheel and the accounts in step.
class EntryMaker {
 public:
  // What an entry is to become.
  struct Shape {
    Type type = Type::kString;
    uint8_t encoding = 0;
    int64_t expire_at_ms = kNoExpiry;
  };

  // A new entry with this value.
  static Entry* make(Slab& slab, std::string_view key, uint32_t clock, Shape shape,
                     std::string_view value);
  // Replaces the value. Answers the entry or its successor, in which case the old one is released.
  // `value` may lie inside the old entry.
  static Entry* store(Slab& slab, Entry* entry, Shape shape, std::string_view value);
  // Keeps the value's bytes up to the shorter of both sizes; growth is not initialised.
  static Entry* resize(Slab& slab, Entry* entry, Shape shape, size_t value_size);
  static void release(Slab& slab, Entry* entry);

  static Shape shape_of(const Entry& entry) {
    return {entry.type(), entry.encoding(), entry.expire_at_ms()};
  }
  static std::string_view value(const Entry& entry) {
    return {entry.value_begin(), entry.value_size()};
  }
  static char* value_bytes(Entry* entry) { return const_cast<char*>(entry->value_begin()); }
  static void set_clock(Entry* entry, uint32_t clock);
  static void set_encoding(Entry* entry, uint8_t encoding);
  static size_t layout_size(const Entry& entry);

 private:
  static bool fits(const Entry& entry, Shape shape, size_t value_size);
  static bool same_layout(const Entry& entry, Shape shape, size_t value_size);
  static Entry* lay_out(Slab& slab, std::string_view key, uint32_t clock, Shape shape,
                        size_t value_size);
  static void write_head(Entry* entry, Shape shape, size_t key_size, size_t value_size);
  static void write_expiry(Entry* entry, int64_t at_ms);
  static uint8_t form_bits(Type type, uint8_t encoding);
};

}  // namespace redstart
