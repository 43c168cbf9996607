// What the keyspace must be able to do with a value that it does not understand: a collection or a
// document behind a pointer. One row per Type, given through KeyspaceShared; strings need none.
#pragma once

#include <cstddef>
#include <cstdint>

namespace redstart {

class Slab;

struct ObjectOps {
  // Frees up to `*budget` elements and takes what it freed off it. True when nothing is left of
  // the object; else it is called again, some turns later, with the same object.
  bool (*destroy_some)(Slab& slab, void* object, uint8_t encoding, size_t* budget);
  void* (*copy)(Slab& slab, const void* object, uint8_t encoding);
  size_t (*bytes)(const void* object, uint8_t encoding);
  // True for a collection without elements, which a commit deletes.
  bool (*empty)(const void* object, uint8_t encoding);
};

}  // namespace redstart
