#include "keyspace/entry.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "base/slab.h"

namespace redstart {

namespace {

constexpr size_t kHead = 4;
constexpr size_t kTtl = 8;
constexpr size_t kGrownMin = 16;

template <typename T>
void put(void* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// memcpy and memmove want pointers even for no bytes; an empty string_view has none.
void copy_bytes(char* to, std::string_view from) {
  if (!from.empty()) std::memmove(to, from.data(), from.size());
}

bool needs_wide(size_t key_size, size_t value_size) {
  return key_size > UINT8_MAX || value_size > UINT8_MAX;
}

// The bytes set aside for a value. They follow from its size alone, since nothing else is stored.
size_t value_room(EntryMaker::Shape shape, size_t value_size) {
  bool grown = shape.type == Type::kString &&
               static_cast<StringEncoding>(shape.encoding) == StringEncoding::kGrown;
  return grown ? std::bit_ceil(std::max(value_size, kGrownMin)) : value_size;
}

size_t layout(EntryMaker::Shape shape, size_t key_size, size_t value_size) {
  return kHead + (needs_wide(key_size, value_size) ? 6 : 2) +
         (shape.expire_at_ms == kNoExpiry ? 0 : kTtl) + key_size + value_room(shape, value_size);
}

}  // namespace

std::string_view string_encoding_name(StringEncoding encoding) {
  switch (encoding) {
    case StringEncoding::kInt:
      return "int";
    case StringEncoding::kShort:
      return "embstr";
    default:
      return "raw";
  }
}

int64_t Entry::int_value() const {
  switch (value_size()) {
    case 1:
      return load<int8_t>(value_begin());
    case 2:
      return load<int16_t>(value_begin());
    case 4:
      return load<int32_t>(value_begin());
    default:
      return load<int64_t>(value_begin());
  }
}

std::string_view Entry::string(IntText& scratch) const {
  switch (string_encoding()) {
    case StringEncoding::kInt:
      return {scratch.bytes, write_int64(scratch.bytes, int_value())};
    case StringEncoding::kBig:
      return big()->view();
    default:
      return {value_begin(), value_size()};
  }
}

size_t Entry::string_size() const {
  switch (string_encoding()) {
    case StringEncoding::kInt:
      return int64_text_size(int_value());
    case StringEncoding::kBig:
      return big()->size();
    default:
      return value_size();
  }
}

bool Entry::string_int(int64_t* value) const {
  switch (string_encoding()) {
    case StringEncoding::kInt:
      *value = int_value();
      return true;
    case StringEncoding::kBig:
      return parse_int64(big()->view(), value);
    default:
      return parse_int64({value_begin(), value_size()}, value);
  }
}

size_t Entry::allocated_bytes() const {
  size_t bytes = Slab::class_size(EntryMaker::layout_size(*this));
  if (type() == Type::kString && big()) bytes += big()->allocated_bytes();
  return bytes;
}

void EntryMaker::set_clock(Entry* entry, uint32_t clock) {
  entry->head_[1] = static_cast<uint8_t>(clock);
  entry->head_[2] = static_cast<uint8_t>(clock >> 8);
  entry->head_[3] = static_cast<uint8_t>(clock >> 16);
}

void EntryMaker::set_encoding(Entry* entry, uint8_t encoding) {
  entry->head_[0] =
      static_cast<uint8_t>((entry->head_[0] & 3) | form_bits(entry->type(), encoding));
}

// REQUIRES: the type has this encoding.
uint8_t EntryMaker::form_bits(Type type, uint8_t encoding) {
  const unsigned number = static_cast<unsigned>(type);
  const unsigned form = number < Entry::kRareTypes
                            ? number << 3 | encoding
                            : Entry::kRareForms + (number - Entry::kRareTypes) * 2 + encoding;
  assert(encoding < (number < Entry::kRareTypes ? 8 : 2));
  return static_cast<uint8_t>(form << 2);
}

size_t EntryMaker::layout_size(const Entry& entry) {
  return layout(shape_of(entry), entry.key_size(), entry.value_size());
}

// Everything in the header but the clock, and the expiry behind it.
void EntryMaker::write_head(Entry* entry, Shape shape, size_t key_size, size_t value_size) {
  bool wide = needs_wide(key_size, value_size);
  bool ttl = shape.expire_at_ms != kNoExpiry;
  entry->head_[0] = static_cast<uint8_t>(form_bits(shape.type, shape.encoding) | ttl << 1 | wide);
  uint8_t* rest = entry->rest_;
  if (wide) {
    put(rest, static_cast<uint32_t>(key_size));
    put(rest + 4, static_cast<uint16_t>(value_size));
  } else {
    rest[0] = static_cast<uint8_t>(key_size);
    rest[1] = static_cast<uint8_t>(value_size);
  }
  if (ttl) write_expiry(entry, shape.expire_at_ms);
}

void EntryMaker::write_expiry(Entry* entry, int64_t at_ms) {
  put(const_cast<uint8_t*>(entry->ttl_begin()), at_ms);
}

Entry* EntryMaker::lay_out(Slab& slab, std::string_view key, uint32_t clock, Shape shape,
                           size_t value_size) {
  auto* entry = static_cast<Entry*>(slab.allocate(layout(shape, key.size(), value_size)));
  write_head(entry, shape, key.size(), value_size);
  set_clock(entry, clock);
  copy_bytes(const_cast<char*>(entry->key_begin()), key);
  return entry;
}

// True when the entry can take that shape where it is: its key stays put and its slab class is the
// same.
bool EntryMaker::fits(const Entry& entry, Shape shape, size_t value_size) {
  size_t key_size = entry.key_size();
  if (entry.has_ttl() != (shape.expire_at_ms != kNoExpiry)) return false;
  if (entry.wide() != needs_wide(key_size, value_size)) return false;
  size_t now = layout_size(entry);
  size_t then = layout(shape, key_size, value_size);
  return now == then || Slab::class_size(now) == Slab::class_size(then);
}

// The commonest change needs no arithmetic: another value of the same kind and size.
bool EntryMaker::same_layout(const Entry& entry, Shape shape, size_t value_size) {
  return entry.value_size() == value_size && entry.type() == shape.type &&
         entry.encoding() == shape.encoding && entry.has_ttl() == (shape.expire_at_ms != kNoExpiry);
}

Entry* EntryMaker::make(Slab& slab, std::string_view key, uint32_t clock, Shape shape,
                        std::string_view value) {
  Entry* entry = lay_out(slab, key, clock, shape, value.size());
  copy_bytes(value_bytes(entry), value);
  return entry;
}

Entry* EntryMaker::store(Slab& slab, Entry* entry, Shape shape, std::string_view value) {
  if (same_layout(*entry, shape, value.size())) {
    copy_bytes(value_bytes(entry), value);
    if (entry->has_ttl()) write_expiry(entry, shape.expire_at_ms);
    return entry;
  }
  if (fits(*entry, shape, value.size())) {
    copy_bytes(value_bytes(entry), value);
    write_head(entry, shape, entry->key_size(), value.size());
    return entry;
  }
  Entry* successor = make(slab, entry->key(), entry->clock(), shape, value);
  release(slab, entry);
  return successor;
}

Entry* EntryMaker::resize(Slab& slab, Entry* entry, Shape shape, size_t value_size) {
  if (fits(*entry, shape, value_size)) {
    write_head(entry, shape, entry->key_size(), value_size);
    return entry;
  }
  Entry* successor = lay_out(slab, entry->key(), entry->clock(), shape, value_size);
  copy_bytes(value_bytes(successor), value(*entry).substr(0, value_size));
  release(slab, entry);
  return successor;
}

void EntryMaker::release(Slab& slab, Entry* entry) { slab.release(entry, layout_size(*entry)); }

}  // namespace redstart
