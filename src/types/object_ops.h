// What must be known of a collection (or document) by those who do not understand it: the keyspace
// that frees and copies it, OBJECT, MEMORY and DEBUG. A row per Type; strings need none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "types/type.h"

namespace redstart {

class Slab;
class ValueDigest;

struct ObjectOps {
  // Frees up to `*budget` elements and takes what it freed off it. True when nothing is left of
  // the object; else it is called again, some turns later, with the same object.
  bool (*destroy_some)(Slab& slab, void* object, uint8_t encoding, size_t* budget);
  // Null: values of this type cannot be copied.
  void* (*copy)(Slab& slab, const void* object, uint8_t encoding);
  // What it takes from the slab and elsewhere. May estimate, but not walk a large collection.
  size_t (*bytes)(const void* object, uint8_t encoding);
  // True for a collection without elements, which a commit deletes.
  bool (*empty)(const void* object, uint8_t encoding);
  // What OBJECT ENCODING answers.
  std::string_view (*encoding_name)(const void* object, uint8_t encoding) = nullptr;
  // What DEBUG DIGEST-VALUE covers: the same for equal contents, whatever the encoding.
  void (*digest)(const void* object, uint8_t encoding, ValueDigest* digest) = nullptr;

  // For elements that have an expiry of their own; both null where they have none.
  // The earliest one, as unix time in ms; INT64_MAX when no element has one.
  int64_t (*next_expiry_ms)(const void* object, uint8_t encoding) = nullptr;
  // Deletes elements whose time has come, looking at `max` at most, and names them. Answers the
  // object, which may have moved; its encoding stays.
  void* (*expire_some)(Slab& slab, void* object, uint8_t encoding, int64_t now_ms, size_t max,
                       std::vector<std::string>* expired) = nullptr;
};

// The one list of all types. Null for strings.
const ObjectOps* object_ops(Type type);

}  // namespace redstart
