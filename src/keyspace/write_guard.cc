#include "keyspace/write_guard.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <utility>

#include "keyspace/access_clock.h"
#include "keyspace/keyspace.h"
#include "keyspace/observer.h"
#include "keyspace/parts.h"

namespace redstart {

namespace {

constexpr size_t kGreedyGrowth = size_t{1} << 20;

uint8_t code(StringEncoding encoding) { return static_cast<uint8_t>(encoding); }

// Twice as much while it is small, then 1 MiB more: what Redis gives a string that grows.
size_t grown_capacity(size_t size) {
  return size < kGreedyGrowth ? size * 2 : size + kGreedyGrowth;
}

std::string_view pointer_bytes(void* const* pointer) {
  return {reinterpret_cast<const char*>(pointer), sizeof *pointer};
}

template <typename Int>
bool fits_in(int64_t value) {
  return value >= std::numeric_limits<Int>::min() && value <= std::numeric_limits<Int>::max();
}

}  // namespace

WriteGuard::WriteGuard(Keyspace* keyspace, const Key& key, Slot* slot)
    : keyspace_(keyspace),
      key_(key),
      entry_(slot ? EntryTable::object(slot) : nullptr),
      slot_(slot),
      seen_changes_(keyspace->parts_->changes) {}

WriteGuard::WriteGuard(WriteGuard&& other) noexcept
    : keyspace_(other.keyspace_),
      key_(other.key_),
      entry_(other.entry_),
      slot_(other.slot_),
      seen_changes_(other.seen_changes_),
      changed_(std::exchange(other.changed_, false)),
      created_(other.created_) {}

WriteGuard::~WriteGuard() { assert(!changed_ && "a changed guard must be committed"); }

inline void WriteGuard::refresh() {
  if (seen_changes_ != keyspace_->parts_->changes) [[unlikely]]
    look_again();
}

void WriteGuard::look_again() {
  Keyspace::Parts& parts = *keyspace_->parts_;
  seen_changes_ = parts.changes;
  slot_ = parts.table.find_slot(key_.hash, key_.bytes);
  entry_ = slot_ ? EntryTable::object(slot_) : nullptr;
}

int64_t WriteGuard::expiry_for(Ttl ttl) const {
  return ttl == Ttl::kKeep && entry_ ? entry_->expire_at_ms() : kNoExpiry;
}

// Every value comes here: the entry becomes this, wherever that puts it.
void WriteGuard::put(Type type, uint8_t encoding, std::string_view value, int64_t expire_at_ms) {
  Keyspace::Parts& parts = *keyspace_->parts_;
  Slab& slab = *parts.shared.slab;
  EntryMaker::Shape shape{type, encoding, expire_at_ms};
  changed_ = true;
  if (!entry_) {
    entry_ = EntryMaker::make(slab, key_.bytes, clock_at_birth(parts.shared), shape, value);
    slot_ = parts.insert(key_.hash, entry_);
    seen_changes_ = parts.changes;
    created_ = true;
    if (expire_at_ms != kNoExpiry) parts.retime(slot_, key_.hash, kNoExpiry, expire_at_ms);
    return note_elements(Type::kString);
  }
  EntryMaker::Shape before = EntryMaker::shape_of(*entry_);
  void* old_value = value_pointer(*entry_);
  moved_to(EntryMaker::store(slab, entry_, shape, value));
  if (before.expire_at_ms != expire_at_ms) {
    parts.retime(slot_, key_.hash, before.expire_at_ms, expire_at_ms);
  }
  // Last, because the new value may have been read from the old one.
  if (old_value) parts.dispose_value(before.type, before.encoding, old_value);
  note_elements(before.type);
}

// The entry may have become another one.
void WriteGuard::moved_to(Entry* entry) {
  if (entry == entry_) return;
  entry_ = entry;
  keyspace_->parts_->replace(slot_, entry);
  seen_changes_ = keyspace_->parts_->changes;
}

// Strings

void WriteGuard::put_string(std::string_view value, Ttl ttl) {
  refresh();
  put_string_until(value, expiry_for(ttl));
}

void WriteGuard::put_string_until(std::string_view value, int64_t expire_at_ms) {
  int64_t number;
  if (value.size() < kIntTextMax && parse_int64(value, &number)) {
    put_int_until(number, expire_at_ms);
  } else {
    put_text_until(value, expire_at_ms);
  }
}

void WriteGuard::put_text(std::string_view value, Ttl ttl) {
  refresh();
  put_text_until(value, expiry_for(ttl));
}

void WriteGuard::put_text_until(std::string_view value, int64_t expire_at_ms) {
  refresh();
  if (value.size() <= kShortStringMax) {
    put(Type::kString, code(StringEncoding::kShort), value, expire_at_ms);
  } else if (value.size() <= kInlineStringMax) {
    put(Type::kString, code(StringEncoding::kRaw), value, expire_at_ms);
  } else if (!overwrite_big(value, expire_at_ms)) {
    adopt(BigBuf::copy_of(value), expire_at_ms);
  }
}

void WriteGuard::put_int(int64_t value, Ttl ttl) {
  refresh();
  put_int_until(value, expiry_for(ttl));
}

void WriteGuard::put_int_until(int64_t value, int64_t expire_at_ms) {
  refresh();
  auto put_as = [&](auto narrow) {
    put(Type::kString, code(StringEncoding::kInt),
        {reinterpret_cast<const char*>(&narrow), sizeof narrow}, expire_at_ms);
  };
  if (fits_in<int8_t>(value)) return put_as(static_cast<int8_t>(value));
  if (fits_in<int16_t>(value)) return put_as(static_cast<int16_t>(value));
  if (fits_in<int32_t>(value)) return put_as(static_cast<int32_t>(value));
  put_as(value);
}

void WriteGuard::put_big(BigBuf* value, Ttl ttl) {
  refresh();
  if (value->size() > kInlineStringMax) return adopt(value, expiry_for(ttl));
  put_string(value->view(), ttl);
  value->drop();
}

void WriteGuard::adopt(BigBuf* value, int64_t expire_at_ms) {
  void* pointer = value;
  put(Type::kString, code(StringEncoding::kBig), pointer_bytes(&pointer), expire_at_ms);
  keyspace_->parts_->shared.big_bytes += value->allocated_bytes();
}

// Writes into the buffer that is there, if nobody else reads it and it is neither too small nor
// much too large.
bool WriteGuard::overwrite_big(std::string_view value, int64_t expire_at_ms) {
  if (!entry_ || entry_->type() != Type::kString) return false;
  BigBuf* buf = entry_->big();
  if (!buf || !buf->unshared()) return false;
  if (buf->capacity() < value.size() || buf->capacity() / 2 > value.size()) return false;
  std::memmove(buf->data(), value.data(), value.size());
  buf->set_size(value.size());
  change_expiry(expire_at_ms);
  changed_ = true;
  return true;
}

char* WriteGuard::edit_string(size_t size, bool spare) {
  refresh();
  assert(fits(Type::kString));
  bool big = size > kInlineStringMax || (entry_ && entry_->big());
  return big ? edit_big(size, spare) : edit_inline(size, spare);
}

char* WriteGuard::edit_inline(size_t size, bool spare) {
  if (!entry_) put(Type::kString, code(StringEncoding::kRaw), {}, kNoExpiry);
  EntryMaker::Shape shape = EntryMaker::shape_of(*entry_);
  if (entry_->string_encoding() == StringEncoding::kInt) {
    IntText scratch;
    put(Type::kString, code(StringEncoding::kRaw), entry_->string(scratch), shape.expire_at_ms);
  }
  size_t old_size = entry_->string_size();
  bool grown = spare || entry_->string_encoding() == StringEncoding::kGrown;
  shape.encoding = code(grown ? StringEncoding::kGrown : StringEncoding::kRaw);
  moved_to(EntryMaker::resize(*keyspace_->parts_->shared.slab, entry_, shape, size));
  char* bytes = EntryMaker::value_bytes(entry_);
  if (size > old_size) std::memset(bytes + old_size, 0, size - old_size);
  changed_ = true;
  return bytes;
}

char* WriteGuard::edit_big(size_t size, bool spare) {
  uint64_t& big_bytes = keyspace_->parts_->shared.big_bytes;
  BigBuf* buf = entry_ ? entry_->big() : nullptr;
  if (!buf || !buf->unshared()) {
    IntText scratch;
    std::string_view text = entry_ ? entry_->string(scratch) : std::string_view();
    text = text.substr(0, size);
    buf = BigBuf::create(spare ? grown_capacity(size) : size);
    if (!text.empty()) std::memcpy(buf->data(), text.data(), text.size());
    buf->set_size(text.size());
    adopt(buf, expiry_for(Ttl::kKeep));
  } else if (buf->capacity() < size) {
    big_bytes -= buf->allocated_bytes();
    buf = BigBuf::set_capacity(buf, grown_capacity(size));
    big_bytes += buf->allocated_bytes();
    std::memcpy(EntryMaker::value_bytes(entry_), &buf, sizeof buf);
  }
  if (size > buf->size()) std::memset(buf->data() + buf->size(), 0, size - buf->size());
  buf->set_size(size);
  changed_ = true;
  return buf->data();
}

// Everything else

void WriteGuard::put_object(Type type, uint8_t encoding, void* object, Ttl ttl) {
  refresh();
  put(type, encoding, pointer_bytes(&object), expiry_for(ttl));
}

// A collection that comes as a whole (COPY, RENAME, RESTORE) may have elements that expire.
void WriteGuard::note_elements(Type before) {
  if (entry_->type() == Type::kString && before == Type::kString) return;
  if (entry_->type() == Type::kStream) keyspace_->shared_.had_stream = true;
  if (entry_->type() == Type::kArray) keyspace_->shared_.had_array = true;
  int64_t at_ms = keyspace_->parts_->first_element_ms(*entry_);
  if (at_ms != INT64_MAX) {
    elements_expire_at(at_ms);
  } else {
    keyspace_->parts_->mark_elements(slot_, false);
  }
}

void WriteGuard::elements_expire_at(int64_t at_ms) {
  refresh();
  keyspace_->shared_.had_field_expiry = true;
  keyspace_->parts_->mark_elements(slot_, true);
  keyspace_->parts_->note_due(key_.hash, at_ms);
}

// The last element that expires may have gone.
void WriteGuard::recount_elements() {
  if (!entry_ || !slot_->has_element_ttl()) [[likely]]
    return;
  Keyspace::Parts& parts = *keyspace_->parts_;
  parts.mark_elements(slot_, parts.first_element_ms(*entry_) != INT64_MAX);
}

int64_t WriteGuard::expire_elements(size_t max) {
  refresh();
  Keyspace::Parts& parts = *keyspace_->parts_;
  const ObjectOps* ops = parts.ops_of(*entry_);
  uint8_t encoding = entry_->encoding();
  std::vector<std::string> expired;
  void* object = ops->expire_some(*parts.shared.slab, entry_->object(), encoding,
                                  parts.shared.now_ms, max, &expired);
  set_object(encoding, object);
  int64_t next_ms = parts.first_element_ms(*entry_);
  commit_expired(expired);
  return next_ms;
}

void WriteGuard::commit_expired(std::span<const std::string> elements) {
  changed_ = false;
  if (elements.empty()) return;
  refresh();
  keyspace_->shared_.expired_elements += elements.size();
  bool emptied = is_empty();
  if (emptied) erase();
  changed_ = false;
  recount_elements();
  if (KeyspaceObserver* observer = keyspace_->shared_.observer) {
    observer->on_elements_expired(*keyspace_, key_, elements, emptied);
  }
}

void WriteGuard::set_encoding(uint8_t encoding) {
  refresh();
  EntryMaker::set_encoding(entry_, encoding);
  changed_ = true;
}

void WriteGuard::set_object(uint8_t encoding, void* object) {
  refresh();
  EntryMaker::set_encoding(entry_, encoding);
  std::memcpy(EntryMaker::value_bytes(entry_), &object, sizeof object);
}

void WriteGuard::set_expiry(int64_t at_ms) {
  assert(at_ms != kNoExpiry);
  refresh();
  change_expiry(at_ms);
}

void WriteGuard::clear_expiry() {
  refresh();
  change_expiry(kNoExpiry);
}

void WriteGuard::change_expiry(int64_t at_ms) {
  Keyspace::Parts& parts = *keyspace_->parts_;
  EntryMaker::Shape shape = EntryMaker::shape_of(*entry_);
  changed_ = true;
  int64_t before_ms = std::exchange(shape.expire_at_ms, at_ms);
  if (before_ms == at_ms) return;
  size_t value_size = EntryMaker::value(*entry_).size();
  moved_to(EntryMaker::resize(*parts.shared.slab, entry_, shape, value_size));
  parts.retime(slot_, key_.hash, before_ms, at_ms);
}

void WriteGuard::set_clock(uint32_t clock) {
  refresh();
  EntryMaker::set_clock(entry_, clock);
}

void WriteGuard::erase() {
  Keyspace::Parts& parts = *keyspace_->parts_;
  parts.dispose(unlink());
}

Entry* WriteGuard::unlink() {
  refresh();
  Keyspace::Parts& parts = *keyspace_->parts_;
  Entry* unlinked = parts.unlink(slot_, key_.hash);
  seen_changes_ = parts.changes;
  entry_ = nullptr;
  slot_ = nullptr;
  created_ = false;
  changed_ = true;
  return unlinked;
}

void WriteGuard::commit(const Event& event) {
  refresh();
  KeyspaceObserver* observer = keyspace_->shared_.observer;
  bool emptied = entry_ && entry_->type() != Type::kString && is_empty();
  if (emptied) erase();
  bool created = std::exchange(created_, false);
  changed_ = false;
  recount_elements();
  if (!observer) return;
  if (created) observer->on_created(*keyspace_, key_);
  observer->on_commit(*keyspace_, key_, event);
  if (emptied) observer->on_further_event(*keyspace_, key_, event::kDel);
}

void WriteGuard::also(const Event& event) {
  if (KeyspaceObserver* observer = keyspace_->shared_.observer) {
    observer->on_further_event(*keyspace_, key_, event);
  }
}

bool WriteGuard::is_empty() const {
  const ObjectOps* ops = keyspace_->parts_->ops_of(*entry_);
  return ops && ops->empty(entry_->object(), entry_->encoding());
}

// Between two keys

void Keyspace::move_value(WriteGuard& from, WriteGuard& to) {
  from.refresh();
  to.refresh();
  const Entry& source = *from.entry_;
  EntryMaker::Shape shape = EntryMaker::shape_of(source);
  to.put(shape.type, shape.encoding, EntryMaker::value(source), shape.expire_at_ms);
  to.set_clock(source.clock());
  // Told before the commits, as Redis tells it: "new", "rename_from", "rename_to".
  to.created_ = false;
  if (KeyspaceObserver* observer = to.keyspace_->shared_.observer) {
    observer->on_created(*to.keyspace_, to.key_);
  }
  // Its value lives on in the other entry.
  EntryMaker::release(*from.keyspace_->shared_.slab, from.unlink());
}

void Keyspace::copy_value(const Entry& from, WriteGuard& to) {
  to.refresh();
  to.created_ = true;  // even where something was
  EntryMaker::Shape shape = EntryMaker::shape_of(from);
  if (shape.type != Type::kString) {
    KeyspaceShared& shared = to.keyspace_->shared_;
    const ObjectOps* ops = shared.ops[static_cast<size_t>(shape.type)];
    void* copy = ops->copy(*shared.slab, from.object(), shape.encoding);
    to.put(shape.type, shape.encoding, pointer_bytes(&copy), shape.expire_at_ms);
  } else if (const BigBuf* buf = from.big()) {
    to.adopt(BigBuf::copy_of(buf->view()), shape.expire_at_ms);
  } else {
    to.put(shape.type, shape.encoding, EntryMaker::value(from), shape.expire_at_ms);
  }
}

// Out of a file

bool Keyspace::load(const Key& key, const LoadedKey& loaded, bool replace) {
  Slot* slot = parts_->table.find_slot(key.hash, key.bytes);
  if (slot && !replace) return false;
  WriteGuard guard(this, key, slot);
  void* object = loaded.object;
  if (!object) {
    guard.put_string_until(loaded.text, loaded.expire_at_ms);
  } else if (loaded.type == Type::kString) {
    guard.adopt(static_cast<BigBuf*>(object), loaded.expire_at_ms);
  } else {
    guard.put(loaded.type, loaded.encoding, pointer_bytes(&object), loaded.expire_at_ms);
  }
  EntryMaker::set_clock(guard.entry_, loaded.clock);
  guard.changed_ = false;
  return true;
}

}  // namespace redstart
