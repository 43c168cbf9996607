// How a handler opens a collection.
//
// To read (an absent key is an empty view):
//
//   HashView hash;
//   if (!find(c, c.key(1), &hash)) return;      // WRONGTYPE has been answered
//   c.reply.integer(hash.size());
//
// To change:
//
//   Edit<Hash> hash(c, c.key(1));
//   if (!hash) return;                          // WRONGTYPE has been answered
//   bool added = hash->set(field, value);
//   hash.commit(event::kHset);                  // nothing else is visible to others
//
// The collection may move or convert under the changes; the key is told once, at the commit, which
// also creates the key and deletes an emptied one. Without a commit nothing may have changed. Two
// open edits must not be of the same key: each has its own idea of where the collection is.
#pragma once

#include <cassert>
#include <span>
#include <string>

#include "core/listpack.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "keyspace/entry.h"
#include "types/held.h"
#include "types/type_env.h"

namespace redstart {

// For the count of HRANDFIELD and its like, whose negative must exist.
inline constexpr std::string_view kCountOutOfRange =
    "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";

// REQUIRES: not a string.
inline Held held_by(const Entry& entry) { return {entry.object(), entry.encoding()}; }

inline void answer_item(Reply& reply, const ListpackItem& item) {
  item.is_number ? reply.bulk_int(item.number) : reply.bulk(item.text);
}

// False: the key holds another type, which has been answered.
template <class View>
bool find(Context& c, const Key& key, View* view, unsigned lookup_flags = 0) {
  const Entry* entry = c.keys.find(key, lookup_flags);
  if (!entry) return true;
  if (entry->type() != View::kType) {
    c.reply.error(err::kWrongType);
    return false;
  }
  *view = View(c.engine.type_env(), held_by(*entry));
  return true;
}

template <class T>
class Edit {
 public:
  Edit(Context& c, const Key& key)
      : guard_(c.keys.write(key)),
        fits_(guard_.fits(T::kType)),
        value_(c.engine.type_env(), before()) {
    if (!fits_) c.reply.error(err::kWrongType);
  }
  Edit(const Edit&) = delete;
  Edit& operator=(const Edit&) = delete;
  ~Edit() { assert(value_.held() == before() && "a changed collection must be committed"); }

  explicit operator bool() const { return fits_; }
  bool exists() const { return guard_.exists(); }
  T& operator*() { return value_; }
  T* operator->() { return &value_; }
  // For what concerns the key and not the collection: expiry, further events.
  WriteGuard& guard() { return guard_; }

  // REQUIRES: something changed. The edit may go on and be committed again, as long as the
  // collection was not emptied.
  void commit(const Event& event) {
    settle();
    guard_.commit(event);
    if (!guard_.exists()) value_ = T(value_.env(), Held());
  }
  // The same for elements that were erased because their time had come.
  void commit_expired(std::span<const std::string> elements) {
    settle();
    guard_.commit_expired(elements);
    if (!guard_.exists()) value_ = T(value_.env(), Held());
  }
  // Deletes the key with the whole collection.
  void erase(const Event& event) {
    guard_.erase();
    value_ = T(value_.env(), Held());
    guard_.commit(event);
  }
  // Keeps a new form of the collection that nobody needs to hear of: a conversion.
  void settle() {
    Held now = value_.held();
    if (now == before()) return;
    if (guard_.exists()) {
      guard_.set_object(now.encoding, now.object);
    } else {
      guard_.put_object(T::kType, now.encoding, now.object);
    }
  }

 private:
  Held before() const { return fits_ && guard_.exists() ? held_by(*guard_.entry()) : Held(); }

  WriteGuard guard_;
  bool fits_;
  T value_;
};

// Puts a collection that was built aside at `key`, whatever was there: the end of SINTERSTORE and
// its like. An empty one deletes the key.
template <class T>
void store(Context& c, const Key& key, T& value, const Event& event) {
  WriteGuard guard = c.keys.write(key);
  if (value.empty()) {
    value.drop();
    if (!guard.exists()) return;
    guard.erase();
    return guard.commit(event::kDel);
  }
  guard.put_object(T::kType, value.held().encoding, value.held().object);
  guard.commit(event);
}

}  // namespace redstart
