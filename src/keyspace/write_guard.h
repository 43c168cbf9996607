// The one way to change a key: look up once, change through the guard, commit once.
//
//   WriteGuard w = c.keys.write(c.key(1));
//   if (!w.fits(Type::kString)) return c.reply.error(err::kWrongType);
//   w.put_string(value);
//   w.commit(event::kSet);
//
// commit() is the only call with effects outside the value: it deletes an emptied collection,
// tells the observer (watchers, notifications, propagation) and counts the change. A debug build
// asserts that a changed guard was committed. A guard never outlives its handler and is not used
// after another write() that may insert or erase in the same keyspace - except in move_value and
// multi-key commands that take all guards first.
#pragma once

#include "keyspace/entry.h"
#include "keyspace/types.h"

namespace redstart {

class Keyspace;

// What happens to an expiry when a value is replaced.
enum class Ttl : uint8_t { kClear, kKeep };

class WriteGuard {
 public:
  WriteGuard(WriteGuard&&) noexcept;
  WriteGuard(const WriteGuard&) = delete;
  WriteGuard& operator=(const WriteGuard&) = delete;
  ~WriteGuard();

  bool exists() const { return entry_ != nullptr; }
  // True when the key is absent or holds a value of `type`.
  bool fits(Type type) const { return !entry_ || entry_->type() == type; }
  const Entry* entry() const { return entry_; }
  const Key& key() const { return key_; }
  Keyspace& keyspace() const { return *keyspace_; }

  // Replaces whatever is there. Texts that are integers are stored as integers.
  // In place, without an allocation, when the size class stays the same.
  void put_string(std::string_view value, Ttl ttl = Ttl::kClear);
  void put_int(int64_t value, Ttl ttl = Ttl::kKeep);
  // Adopts one reference of the buffer.
  void put_big(BigBuf* value, Ttl ttl = Ttl::kClear);
  // The string's bytes for editing, `size` of them: what is there is kept, growth is zeroed,
  // an absent key is created. The encoding becomes raw. `spare` asks for room to grow (APPEND).
  // REQUIRES: fits(kString). The pointer is good until the next call of this guard.
  char* edit_string(size_t size, bool spare = false);

  void put_object(Type type, uint8_t encoding, void* object, Ttl ttl = Ttl::kClear);
  void set_encoding(uint8_t encoding);

  // REQUIRES: exists().
  void set_expiry(int64_t at_ms);
  void clear_expiry();
  void set_clock(uint32_t clock);
  void erase();

  void commit(const Event& event);
  // A second event of the same change: "set" and then "expire".
  void also(const Event& event);

 private:
  friend class Keyspace;
  WriteGuard(Keyspace* keyspace, const Key& key);

  Keyspace* keyspace_;
  Key key_;
  Entry* entry_ = nullptr;
  uint64_t* slot_ = nullptr;
  bool changed_ = false;
};

}  // namespace redstart
