#include "types/foreign.h"

namespace redstart {

namespace {

const ForeignObject& foreign(const void* object) {
  return *static_cast<const ForeignObject*>(object);
}

bool destroy_some(Slab&, void* object, uint8_t, size_t* budget) {
  return static_cast<ForeignObject*>(object)->destroy_some(budget);
}

size_t bytes(const void* object, uint8_t) { return foreign(object).bytes(); }

bool empty(const void*, uint8_t) { return false; }

std::string_view encoding_name(const void* object, uint8_t) {
  return foreign(object).encoding_name();
}

void digest(const void* object, uint8_t, ValueDigest* digest) { foreign(object).digest(digest); }

}  // namespace

const ObjectOps kForeignOps = {.destroy_some = destroy_some,
                               .copy = nullptr,
                               .bytes = bytes,
                               .empty = empty,
                               .encoding_name = encoding_name,
                               .digest = digest};

}  // namespace redstart
