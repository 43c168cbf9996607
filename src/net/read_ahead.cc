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
  added.size = bytes.size();
  memcpy(added.bytes, bytes.data(), bytes.size());
  glance.keys->prefetch_line(glance.hash);
  const uint32_t waiting = end_ - first_;
  if (waiting > kLineAhead) {
    const KeyGlance& ready = slot(end_ - 1 - kLineAhead).glance;
    ready.keys->prefetch_entry(ready.hash);
  }
  if (waiting > kAhead) run_first();
}

void ReadAhead::run_first() {
  const Slot& next = slot(first_++);
  if (next.stream) next.stream->run_ahead({next.bytes, next.size});
}

void ReadAhead::forget(const Stream* stream) {
  for (uint32_t i = first_; i != end_; i++) {
    if (slot(i).stream == stream) slot(i).stream = nullptr;
  }
}

}  // namespace redstart
