#include "types/stream_block.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "base/slab.h"

namespace redstart {

namespace {

constexpr int64_t kDeleted = 1;
constexpr int64_t kSameFields = 2;

// An item takes at most this much more than its text.
constexpr size_t kItemOverhead = 11;
// While a block grows its room is doubled, up to here.
constexpr size_t kMaxSpare = 2048;

size_t room_for(size_t bytes) {
  return bytes <= Slab::kLargest ? Slab::class_size(bytes) : (bytes + 63) / 64 * 64;
}

// The difference of two ids' parts may wrap around; so does the sum that undoes it.
int64_t difference(uint64_t a, uint64_t b) { return static_cast<int64_t>(a - b); }

size_t bound_of(StreamFields fields) {
  size_t bytes = (fields.size() + 6) * kItemOverhead;
  for (std::string_view text : fields) bytes += text.size();
  return bytes;
}

// Writes items behind each other.
class ItemWriter {
 public:
  explicit ItemWriter(uint8_t* at) : at_(at) {}
  void put(int64_t number) { write(EncodedItem(number)); }
  void put(std::string_view text) { write(EncodedItem(text)); }
  uint8_t* at() const { return at_; }
  size_t count() const { return count_; }

 private:
  void write(const EncodedItem& item) {
    item.write(at_);
    at_ += item.size();
    ++count_;
  }

  uint8_t* at_;
  size_t count_ = 0;
};

}  // namespace

StreamBlock::StreamBlock(Slab& slab, StreamId id, StreamFields fields) : id_(id) {
  capacity_ = static_cast<uint32_t>(room_for(kListpackEmptyBytes + 2 * bound_of(fields)));
  bytes_ = static_cast<uint8_t*>(slab.allocate(capacity_));
  ItemWriter items(bytes_ + kListpackHeaderBytes);
  items.put(int64_t{0});
  items.put(int64_t{0});
  items.put(static_cast<int64_t>(fields.size() / 2));
  for (size_t i = 0; i < fields.size(); i += 2) items.put(fields[i]);
  items.put(int64_t{0});
  write_listpack_frame(bytes_, static_cast<size_t>(items.at() - bytes_) + 1, items.count());
}

StreamBlock StreamBlock::copy(Slab& slab, const StreamBlock& from) {
  return adopt(slab, from.id_, from.pack().bytes());
}

StreamBlock StreamBlock::adopt(Slab& slab, StreamId id, std::string_view bytes) {
  size_t capacity = room_for(bytes.size());
  auto* block = static_cast<uint8_t*>(slab.allocate(capacity));
  memcpy(block, bytes.data(), bytes.size());
  return StreamBlock(id, block, capacity);
}

void StreamBlock::release(Slab& slab) { slab.release(bytes_, capacity_); }

size_t StreamBlock::live() const { return static_cast<size_t>(pack().at(pack().first()).number); }

size_t StreamBlock::deleted() const {
  return static_cast<size_t>(pack().at(pack().next(pack().first())).number);
}

void StreamBlock::move_to(Slab& slab, size_t capacity) {
  auto* moved = static_cast<uint8_t*>(slab.allocate(capacity));
  memcpy(moved, bytes_, pack().byte_size());
  slab.release(bytes_, capacity_);
  bytes_ = moved;
  capacity_ = static_cast<uint32_t>(capacity);
}

void StreamBlock::reserve(Slab& slab, size_t bytes) {
  if (bytes <= capacity_) return;
  move_to(slab, room_for(std::max(bytes, capacity_ + std::min<size_t>(capacity_, kMaxSpare))));
}

void StreamBlock::fit(Slab& slab) {
  size_t fitting = room_for(pack().byte_size());
  if (fitting < capacity_) move_to(slab, fitting);
}

// Numbers nearly always keep their size.
void StreamBlock::set_number(Slab& slab, uint32_t pos, int64_t number) {
  EncodedItem item(number);
  size_t old_size = pack().next(pos) - pos;
  if (item.size() != old_size) {
    size_t total = pack().byte_size();
    size_t count = pack().count();
    reserve(slab, total - old_size + item.size());
    memmove(bytes_ + pos + item.size(), bytes_ + pos + old_size, total - pos - old_size);
    write_listpack_frame(bytes_, total - old_size + item.size(), count);
  }
  item.write(bytes_ + pos);
}

uint32_t StreamBlock::entries_begin() const {
  uint32_t pos = pack().skip(pack().first(), 2);
  auto names = static_cast<size_t>(pack().at(pos).number);
  return pack().skip(pos, names + 2);
}

// Whether an entry with these fields has those of the master, in its order.
bool StreamBlock::has_fields(StreamFields fields) const {
  uint32_t pos = pack().skip(pack().first(), 2);
  if (pack().at(pos).number != static_cast<int64_t>(fields.size() / 2)) return false;
  for (size_t i = 0; i < fields.size(); i += 2) {
    pos = pack().next(pos);
    if (!pack().at(pos).equals(fields[i])) return false;
  }
  return true;
}

void StreamBlock::append(Slab& slab, StreamId id, StreamFields fields) {
  bool same = has_fields(fields);
  reserve(slab, pack().byte_size() + bound_of(fields));
  size_t count = pack().count();
  ItemWriter items(bytes_ + pack().end());
  items.put(same ? kSameFields : int64_t{0});
  items.put(difference(id.ms, id_.ms));
  items.put(difference(id.seq, id_.seq));
  if (!same) items.put(static_cast<int64_t>(fields.size() / 2));
  for (size_t i = same ? 1 : 0; i < fields.size(); i += same ? 2 : 1) items.put(fields[i]);
  items.put(static_cast<int64_t>(items.count()));
  write_listpack_frame(bytes_, static_cast<size_t>(items.at() - bytes_) + 1,
                       count + items.count());
  set_number(slab, pack().first(), static_cast<int64_t>(live()) + 1);
}

void StreamBlock::erase(Slab& slab, StreamEntry* entry) {
  assert(!entry->deleted_);
  size_t from_end = pack().byte_size() - entry->pos_;
  set_number(slab, entry->pos_, (entry->same_fields_ ? kSameFields : 0) | kDeleted);
  set_number(slab, pack().next(pack().first()), static_cast<int64_t>(deleted()) + 1);
  set_number(slab, pack().first(), static_cast<int64_t>(live()) - 1);
  // The counts may have become longer or shorter.
  read(static_cast<uint32_t>(pack().byte_size() - from_end), entry);
}

void StreamBlock::read(uint32_t pos, StreamEntry* entry) const {
  entry->pack_ = pack();
  entry->pos_ = pos;
  int64_t flags = pack().at(pos).number;
  entry->deleted_ = (flags & kDeleted) != 0;
  entry->same_fields_ = (flags & kSameFields) != 0;
  pos = pack().next(pos);
  entry->id.ms = id_.ms + static_cast<uint64_t>(pack().at(pos).number);
  pos = pack().next(pos);
  entry->id.seq = id_.seq + static_cast<uint64_t>(pack().at(pos).number);
  pos = pack().next(pos);
  uint32_t names = entry->same_fields_ ? pack().skip(pack().first(), 2) : pos;
  entry->field_count_ = static_cast<uint32_t>(pack().at(names).number);
  entry->fields_ = pack().next(names);
  entry->items_ = entry->same_fields_ ? pos : entry->fields_;
}

bool StreamBlock::first(StreamEntry* entry) const {
  uint32_t pos = entries_begin();
  if (pos == pack().end()) return false;
  read(pos, entry);
  return true;
}

bool StreamBlock::next(StreamEntry* entry) const {
  size_t items = entry->field_count_ * (entry->same_fields_ ? 1 : 2);
  uint32_t pos = pack().skip(entry->items_, items + 1);
  if (pos == pack().end()) return false;
  read(pos, entry);
  return true;
}

bool StreamBlock::last(StreamEntry* entry) const {
  entry->pack_ = pack();
  entry->pos_ = pack().end();
  return prev(entry);
}

bool StreamBlock::prev(StreamEntry* entry) const {
  // What stands before is the item count of an entry, or the 0 that ends the master.
  uint32_t pos = pack().prev(entry->pos_);
  int64_t items = pack().at(pos).number;
  if (items == 0) return false;
  for (; items > 0; --items) pos = pack().prev(pos);
  read(pos, entry);
  return true;
}

}  // namespace redstart
