#include "wire/out_buf.h"

#include <algorithm>
#include <cassert>

namespace redstart {

// ---- segments -----------------------------------------------------------------------------------

void OutBuf::seal_tail() {
  if (!tail_) return;
  tail_->size = static_cast<size_t>(cursor_ - begin_);
  sealed_bytes_ += tail_->size;
  begin_ = cursor_;
}

void OutBuf::start_tail(Segment* segment) {
  if (tail_) {
    tail_->next = segment;
  } else {
    head_ = segment;
  }
  tail_ = segment;
}

void OutBuf::next_chunk() {
  seal_tail();
  char* chunk = static_cast<char*>(pool_.take());
  chunks_++;
  begin_ = cursor_ = chunk + sizeof(Segment);
  limit_ = chunk + ChunkPool::kChunkSize;
  start_tail(new (chunk) Segment{nullptr, begin_, 0, chunk, nullptr});
}

// A record behind the bytes of the tail, which must have been sealed.
OutBuf::Segment* OutBuf::add_record() {
  const auto address = reinterpret_cast<uintptr_t>(cursor_);
  char* at = cursor_ + (-address & (alignof(Segment) - 1));
  auto* segment = new (at) Segment{nullptr, nullptr, 0, tail_->home, nullptr};
  begin_ = cursor_ = at + sizeof(Segment);
  segment->data = begin_;
  start_tail(segment);
  return segment;
}

void OutBuf::append_slowly(std::string_view bytes) {
  while (!bytes.empty()) {
    if (room() == 0) next_chunk();
    const size_t part = std::min(bytes.size(), room());
    memcpy(cursor_, bytes.data(), part);
    cursor_ += part;
    bytes.remove_prefix(part);
  }
}

void OutBuf::append_shared(BigBuf* buffer) {
  if (buffer->size() < kSharedMin) return append(buffer->view());
  // One record for the buffer and one for the bytes that will follow it.
  reserve(2 * (sizeof(Segment) + alignof(Segment)));
  seal_tail();
  Segment* segment = add_record();
  pool_.hold(buffer);
  segment->shared = buffer;
  segment->data = buffer->data();
  segment->size = buffer->size();
  sealed_bytes_ += segment->size;
  shared_bytes_ += segment->size;
  add_record();
}

void OutBuf::drop_head() {
  Segment* segment = head_;
  head_ = segment->next;
  if (segment->shared) {
    shared_bytes_ -= segment->shared->size();
    pool_.drop(segment->shared);
  }
  if (head_ && head_->home == segment->home) return;
  pool_.give(segment->home);
  chunks_--;
}

void OutBuf::consume(size_t n) {
  assert(n <= size());
  if (n == size()) return clear();
  while (head_ != tail_ && n >= head_->size) {
    n -= head_->size;
    sealed_bytes_ -= head_->size;
    drop_head();
  }
  head_->data += n;
  if (head_ == tail_) {
    begin_ += n;
  } else {
    head_->size -= n;
    sealed_bytes_ -= n;
  }
}

void OutBuf::clear() {
  while (head_) drop_head();
  tail_ = nullptr;
  begin_ = cursor_ = limit_ = nullptr;
  sealed_bytes_ = 0;
}

// ---- holes --------------------------------------------------------------------------------------

OutBuf::Hole OutBuf::open_hole(size_t size) {
  char* begin = reserve(size);
  Hole hole{tail_, begin, size, this->size()};
  commit(size);
  return hole;
}

void OutBuf::fill_hole(const Hole& hole, std::string_view text) {
  auto* segment = static_cast<Segment*>(hole.segment);
  const bool open = segment == tail_;
  char* end = open ? cursor_ : segment->data + segment->size;
  const size_t gap = hole.size - text.size();
  char* behind = hole.begin + hole.size;
  memcpy(hole.begin, text.data(), text.size());
  memmove(behind - gap, behind, static_cast<size_t>(end - behind));
  if (open) {
    cursor_ -= gap;
  } else {
    segment->size -= gap;
    sealed_bytes_ -= gap;
  }
}

void OutBuf::cut_at(const Hole& hole) {
  auto* segment = static_cast<Segment*>(hole.segment);
  const Segment* kept = segment;
  void* home = segment->home;
  for (Segment* after = segment == tail_ ? nullptr : segment->next; after;) {
    Segment* next = after->next;
    if (after->shared) {
      shared_bytes_ -= after->shared->size();
      pool_.drop(after->shared);
    }
    if (after->home != home) {
      // Its chunk goes with the last record in it.
      if (!next || next->home != after->home) {
        pool_.give(after->home);
        chunks_--;
      }
    }
    after = next;
  }
  segment->next = nullptr;
  tail_ = segment;
  begin_ = segment->data;
  cursor_ = hole.begin;
  limit_ = static_cast<char*>(home) + ChunkPool::kChunkSize;
  sealed_bytes_ = 0;
  for (const Segment* s = head_; s != kept; s = s->next) sealed_bytes_ += s->size;
}

}  // namespace redstart
