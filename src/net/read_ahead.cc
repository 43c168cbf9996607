#include "net/read_ahead.h"

#include <cassert>
#include <cstring>

#include "keyspace/keyspace.h"
#include "net/stream.h"

namespace redstart {

void ReadAhead::add(Stream* stream, std::string_view bytes, const KeyGlance& glance) {
  assert(bytes.size() <= kBytesMax && end_ - first_ <= kAhead);
  Slot& added = slot(end_++);
  added.stream = stream;
  added.glance = glance;
  memcpy(added.copy, bytes.data(), bytes.size());
  added.bytes = {added.copy, bytes.size()};
  glance.keys->prefetch_line(glance.hash);
  const uint32_t waiting = end_ - first_;
  if (waiting > kLineAhead) {
    const KeyGlance& ready = slot(end_ - 1 - kLineAhead).glance;
    ready.keys->prefetch_entry(ready.hash);
  }
  if (waiting > kAhead) run_first();
}

void ReadAhead::run_before(Stream* stream, std::string_view bytes) {
  Slot& last = slot(end_++);
  last.stream = stream;
  last.bytes = bytes;
  run();
}

void ReadAhead::run_first() {
  const Slot& next = slot(first_++);
  if (next.stream) next.stream->take_read(next.bytes.data(), next.bytes.size());
}

void ReadAhead::forget(const Stream* stream) {
  for (uint32_t i = first_; i != end_; i++) {
    if (slot(i).stream == stream) slot(i).stream = nullptr;
  }
}

}  // namespace redstart
