// The one way to change a key: look up once, change through the guard, commit once.
//
//   WriteGuard w = c.keys.write(c.key(1));
//   if (!w.fits(Type::kString)) return c.reply.error(err::kWrongType);
//   w.put_string(value);
//   w.commit(event::kSet);
//
// commit() is the only call with effects outside the value: it deletes an emptied collection,
// tells the observer (watchers, notifications, propagation) and counts the change. A debug build
// asserts that a changed guard was committed. A guard never outlives its handler. Several may be
// open at once, even of one key: each looks its key up again before a change if the keyspace has
// changed since. What entry() answered is not to be used after a change through another guard.
#pragma once

#include <span>
#include <string>

#include "keyspace/entry.h"
#include "keyspace/types.h"

namespace redstart {

class Keyspace;
struct Slot;

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
  // The same with a new expiry, in one step: SET ... EX.
  void put_string_until(std::string_view value, int64_t expire_at_ms);
  // Stored as text even if it reads as an integer: what INCRBYFLOAT leaves.
  void put_text(std::string_view value, Ttl ttl = Ttl::kClear);
  void put_int(int64_t value, Ttl ttl = Ttl::kKeep);
  // Adopts one reference of the buffer.
  void put_big(BigBuf* value, Ttl ttl = Ttl::kClear);
  // The string's bytes for editing, `size` of them: what is there is kept, growth is zeroed,
  // an absent key is created. The encoding becomes raw. `spare` asks for room to grow (APPEND).
  // REQUIRES: fits(kString). The pointer is good until the next call of this guard.
  char* edit_string(size_t size, bool spare = false);

  void put_object(Type type, uint8_t encoding, void* object, Ttl ttl = Ttl::kClear);
  void set_encoding(uint8_t encoding);
  // The collection became another one (converted, or moved in memory): the old is the caller's.
  // Alone this is no change that needs a commit: a command that fails may have converted.
  void set_object(uint8_t encoding, void* object);

  // REQUIRES: exists().
  void set_expiry(int64_t at_ms);
  void clear_expiry();
  void set_clock(uint32_t clock);
  void erase();

  // Elements of the collection that expire by themselves: the earliest may now be due at `at_ms`.
  // REQUIRES: exists().
  void elements_expire_at(int64_t at_ms);
  // Deletes those whose time has come, looking at `max` at most, and commits that. Answers when
  // the next one may be due; INT64_MAX for never. REQUIRES: exists(), and keys may expire.
  int64_t expire_elements(size_t max);
  // In place of commit(), for a caller that has deleted such elements itself.
  void commit_expired(std::span<const std::string> elements);

  void commit(const Event& event);
  // A second event of the same change: "set" and then "expire".
  void also(const Event& event);

 private:
  friend class Keyspace;
  friend class DueJudge;
  WriteGuard(Keyspace* keyspace, const Key& key, Slot* slot);

  // Looks again if entries came or went since this guard last looked.
  void refresh();
  void look_again();
  int64_t expiry_for(Ttl ttl) const;
  void put(Type type, uint8_t encoding, std::string_view value, int64_t expire_at_ms);
  void put_text_until(std::string_view value, int64_t expire_at_ms);
  void put_int_until(int64_t value, int64_t expire_at_ms);
  bool overwrite_big(std::string_view value, int64_t expire_at_ms);
  void adopt(BigBuf* value, int64_t expire_at_ms);
  char* edit_inline(size_t size, bool spare);
  char* edit_big(size_t size, bool spare);
  void change_expiry(int64_t at_ms);
  void moved_to(Entry* entry);
  void note_elements(Type before);
  void recount_elements();
  Entry* unlink();
  bool is_empty() const;

  Keyspace* keyspace_;
  Key key_;
  Entry* entry_ = nullptr;
  Slot* slot_ = nullptr;
  uint64_t seen_changes_;
  bool changed_ = false;
  bool created_ = false;
};

}  // namespace redstart
