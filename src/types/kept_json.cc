#include "types/kept_json.h"

#include <cstring>

#include "base/slab.h"
#include "types/value_digest.h"

namespace redstart {

void* KeptJson::make(Slab& slab, std::string_view bytes) {
  size_t size = bytes.size();
  auto* block = static_cast<char*>(slab.allocate(sizeof size + size));
  std::memcpy(block, &size, sizeof size);
  bytes.copy(block + sizeof size, size);
  return block;
}

std::string_view KeptJson::bytes(const void* object) {
  size_t size;
  std::memcpy(&size, object, sizeof size);
  return {static_cast<const char*>(object) + sizeof size, size};
}

namespace {

size_t block_size(const void* object) { return sizeof(size_t) + KeptJson::bytes(object).size(); }

bool destroy_some(Slab& slab, void* object, uint8_t, size_t* budget) {
  *budget -= *budget > 0;
  slab.release(object, block_size(object));
  return true;
}

void* copy(Slab& slab, const void* object, uint8_t) {
  return KeptJson::make(slab, KeptJson::bytes(object));
}

size_t bytes(const void* object, uint8_t) {
  size_t size = block_size(object);
  return size > Slab::kLargest ? size : Slab::class_size(size);
}

bool empty(const void*, uint8_t) { return false; }

std::string_view encoding_name(const void*, uint8_t) { return "raw"; }

void digest(const void* object, uint8_t, ValueDigest* digest) {
  digest->mix(KeptJson::bytes(object));
}

}  // namespace

const ObjectOps kKeptJsonOps = {.destroy_some = destroy_some,
                                .copy = copy,
                                .bytes = bytes,
                                .empty = empty,
                                .encoding_name = encoding_name,
                                .digest = digest};

}  // namespace redstart
