// What waits to be sent on one connection: bytes in chunks, long values by reference.
//
//   OutBuf -> [segment | segment | segment ...]      in the order of sending
//                 |         |         |
//              chunk A   a BigBuf   chunk A, further on
//
// A chunk is 16 KiB from the loop's pool; it holds bytes and, between them, the records of the
// segments themselves, so that a long value in the middle of a reply costs no allocation and does
// not end the chunk. Copies go in order, therefore chunks are freed in order too.
//
// A hole is room left for a text whose length is not known yet (an aggregate's length, an HTTP
// head). Filling it moves the bytes behind it that share its segment (at most a chunk) to close
// the gap: cheaper than a segment of its own, which would cost one more entry of every writev.
//
// Cost: appending is one comparison and a copy. An empty OutBuf holds no chunk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/big_buf.h"
#include "wire/chunk_pool.h"

namespace redstart {

class OutBuf {
 public:
  // Values from here on go by reference in append_shared().
  static constexpr size_t kSharedMin = 16 * 1024;
  // The most that reserve() and open_hole() can give.
  static constexpr size_t kReserveMax = 1024;

  struct Hole {
    void* segment = nullptr;
    char* begin = nullptr;
    size_t size = 0;
    size_t size_before = 0;  // of the whole buffer, the hole not counted
  };

  explicit OutBuf(ChunkPool& pool) : pool_(pool) {}
  ~OutBuf() { clear(); }
  OutBuf(const OutBuf&) = delete;
  OutBuf& operator=(const OutBuf&) = delete;

  void append(std::string_view bytes) {
    // Empty wraps around and takes the slow road, because memcpy wants no null pointers.
    if (bytes.size() - 1 >= room()) return append_slowly(bytes);
    memcpy(cursor_, bytes.data(), bytes.size());
    cursor_ += bytes.size();
  }
  // A place for at least `n` bytes in a row; commit() says how many were written.
  // REQUIRES: n <= kReserveMax.
  char* reserve(size_t n) {
    if (n > room()) next_chunk();
    return cursor_;
  }
  void commit(size_t n) { cursor_ += n; }
  // How many bytes reserve() gives without a new chunk.
  size_t room() const { return static_cast<size_t>(limit_ - cursor_); }
  // Takes a hold of its own where it does not copy.
  void append_shared(BigBuf* buffer);

  // REQUIRES: size <= kReserveMax.
  Hole open_hole(size_t size);
  // Holes are filled in the reverse order, before anything is consumed.
  // REQUIRES: text.size() <= hole.size.
  void fill_hole(const Hole& hole, std::string_view text);
  // Bytes appended behind an open hole.
  size_t size_behind(const Hole& hole) const { return size() - hole.size_before - hole.size; }
  // Takes back the hole and all that came after it.
  void cut_at(const Hole& hole);

  size_t size() const { return sealed_bytes_ + static_cast<size_t>(cursor_ - begin_); }
  bool empty() const { return size() == 0; }
  // What it keeps from being freed: its chunks, and the long values it refers to.
  size_t memory() const { return chunks_ * ChunkPool::kChunkSize + shared_bytes_; }
  size_t chunks() const { return chunks_; }

  // Calls fn(data, size) for each run of bytes in order until it answers false.
  template <class Fn>
  void each(Fn fn) const {
    for (const Segment* s = head_; s; s = s->next) {
      const size_t size = s == tail_ ? static_cast<size_t>(cursor_ - begin_) : s->size;
      if (size && !fn(s->data, size)) return;
    }
  }
  // Drops what has been sent. REQUIRES: n <= size().
  void consume(size_t n);
  void clear();

 private:
  // The record of a run of bytes; it lies in the chunk `home`, the first one at its beginning.
  struct Segment {
    Segment* next;
    char* data;
    size_t size;  // the tail's is cursor_ - begin_
    void* home;
    BigBuf* shared;  // null: the bytes are in `home`
  };

  void append_slowly(std::string_view bytes);
  void next_chunk();
  void seal_tail();
  void start_tail(Segment* segment);
  Segment* add_record();
  void drop_head();

  // The tail takes the appends: [begin_, cursor_) is written, up to limit_ is free.
  char* cursor_ = nullptr;
  char* limit_ = nullptr;
  char* begin_ = nullptr;
  size_t sealed_bytes_ = 0;  // of all segments but the tail
  Segment* head_ = nullptr;
  Segment* tail_ = nullptr;
  size_t shared_bytes_ = 0;
  uint32_t chunks_ = 0;
  ChunkPool& pool_;
};

}  // namespace redstart
