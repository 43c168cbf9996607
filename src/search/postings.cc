#include "search/postings.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace redstart::search {

namespace {

// How many bytes there is room for in a list of this size.
size_t room_of(size_t size) {
  if (size == 0) return 0;
  if (size <= Slab::kLargest) return Slab::class_size(size);
  const size_t step = std::bit_floor(size) / 8;
  return (size + step - 1) / step * step;
}

size_t skip_room(size_t count) { return std::bit_ceil(count) * sizeof(PostingList::Skip); }

size_t varint_size(uint64_t number) { return (std::bit_width(number | 1) + 6) / 7; }

}  // namespace

void PostingList::grow(Heap& heap, size_t more) {
  const size_t room = room_of(size);
  const size_t needed = room_of(size + more);
  if (needed == room) return;
  auto* moved = static_cast<uint8_t*>(heap.allocate(needed));
  if (size > 0) {
    std::memcpy(moved, bytes, size);
    heap.release(bytes, room);
  }
  bytes = moved;
}

void PostingList::put(uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes[size++] = static_cast<uint8_t>(number) | 0x80;
  bytes[size++] = static_cast<uint8_t>(number);
}

void PostingList::append(Heap& heap, DocNumber doc, std::span<const uint32_t> positions) {
  if (entries > 0 && entries % kSkipEvery == 0) {
    const size_t count = skip_count();
    if (count == 0 || std::has_single_bit(count)) {
      auto* moved = static_cast<Skip*>(heap.allocate(skip_room(count + 1)));
      if (count > 0) {
        std::memcpy(moved, skips, count * sizeof(Skip));
        heap.release(skips, skip_room(count));
      }
      skips = moved;
    }
    skips[count] = {last, size};
  }
  const uint64_t delta = doc - last;
  const bool once = positions.size() == 1;
  const uint64_t head = positions.empty() ? delta : delta << 1 | once;
  size_t needed = varint_size(head) + (positions.size() > 1 ? varint_size(positions.size()) : 0);
  for (size_t i = 0; i < positions.size(); i++) {
    needed += varint_size(positions[i] - (i == 0 ? 0 : positions[i - 1]));
  }
  grow(heap, needed);
  put(head);
  if (positions.size() > 1) put(positions.size());
  for (size_t i = 0; i < positions.size(); i++) {
    put(positions[i] - (i == 0 ? 0 : positions[i - 1]));
  }
  entries++;
  last = doc;
}

void PostingList::Rewriter::put(uint64_t number) {
  uint8_t* bytes = list_.bytes;
  for (; number >= 0x80; number >>= 7) bytes[size_++] = static_cast<uint8_t>(number) | 0x80;
  bytes[size_++] = static_cast<uint8_t>(number);
}

void PostingList::Rewriter::put(DocNumber doc, uint32_t frequency,
                                std::span<const uint8_t> positions) {
  if (entries_ > 0 && entries_ % kSkipEvery == 0) {
    list_.skips[entries_ / kSkipEvery - 1] = {last_, size_};
  }
  const uint64_t delta = doc - last_;
  if (positions.empty()) {
    put(delta);
  } else {
    put(delta << 1 | (frequency == 1));
    if (frequency != 1) put(frequency);
    std::memmove(list_.bytes + size_, positions.data(), positions.size());
    size_ += static_cast<uint32_t>(positions.size());
  }
  entries_++;
  last_ = doc;
}

void PostingList::Rewriter::finish(Heap& heap) {
  const size_t room = room_of(list_.size), needed = room_of(size_);
  if (needed < room) {
    uint8_t* moved = nullptr;
    if (size_ > 0) {
      moved = static_cast<uint8_t*>(heap.allocate(needed));
      std::memcpy(moved, list_.bytes, size_);
    }
    heap.release(list_.bytes, room);
    list_.bytes = moved;
  }
  const size_t skips = list_.skip_count();
  list_.size = size_;
  list_.entries = entries_;
  list_.last = last_;
  const size_t kept = list_.skip_count();
  if (skips == 0 || (kept > 0 && skip_room(kept) == skip_room(skips))) return;
  Skip* moved = nullptr;
  if (kept > 0) {
    moved = static_cast<Skip*>(heap.allocate(skip_room(kept)));
    std::memcpy(moved, list_.skips, kept * sizeof(Skip));
  }
  heap.release(list_.skips, skip_room(skips));
  list_.skips = moved;
}

void PostingList::release(Heap& heap) {
  if (skip_count() > 0) heap.release(skips, skip_room(skip_count()));
  if (size > 0) heap.release(bytes, room_of(size));
  *this = {};
}

uint64_t PostingReader::take() {
  uint64_t number = 0;
  for (int shift = 0;; shift += 7) {
    const uint8_t byte = list_->bytes[at_++];
    number |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
}

void PostingReader::pass_positions() {
  for (; unread_ > 0; unread_--) {
    while (list_->bytes[at_++] >= 0x80) {
    }
  }
}

bool PostingReader::next() {
  if (unread_ > 0) pass_positions();
  if (entry_ == list_->entries) return false;
  entry_++;
  const uint64_t head = take();
  if (!has_positions_) {
    doc_ += static_cast<DocNumber>(head);
    return true;
  }
  doc_ += static_cast<DocNumber>(head >> 1);
  frequency_ = (head & 1) != 0 ? 1 : static_cast<uint32_t>(take());
  unread_ = frequency_;
  return true;
}

void PostingReader::skip_to(DocNumber target) {
  // The skips behind this place: number k is that of entry (k + 1) * 128.
  const PostingList::Skip* begin = list_->skips + entry_ / PostingList::kSkipEvery;
  const PostingList::Skip* end = list_->skips + list_->skip_count();
  if (begin >= end || begin->before >= target) return;
  const auto* found = std::partition_point(
      begin, end, [target](const PostingList::Skip& skip) { return skip.before < target; });
  found--;
  doc_ = found->before;
  at_ = found->at;
  entry_ = static_cast<uint32_t>(found - list_->skips + 1) * PostingList::kSkipEvery;
  unread_ = 0;
}

std::span<const uint8_t> PostingReader::position_bytes() {
  const uint32_t begin = at_;
  pass_positions();
  return {list_->bytes + begin, list_->bytes + at_};
}

void PostingReader::positions(std::vector<uint32_t>* out) {
  out->clear();
  uint32_t position = 0;
  for (; unread_ > 0; unread_--) {
    position += static_cast<uint32_t>(take());
    out->push_back(position);
  }
}

}  // namespace redstart::search
