// A value whose inside belongs to a room above this one: the keyspace holds it, frees it and asks
// what it takes, and nobody down here knows what it is.
//
// Its entry points at a ForeignObject; the encoding is always 0.
#pragma once

#include <cstddef>
#include <string_view>

#include "types/object_ops.h"

namespace redstart {

class ForeignObject {
 public:
  // Gives back about as much as the budget says and takes it off. True: the object itself is gone.
  // Called first when no key holds it any more, then again some turns later until all is gone.
  virtual bool destroy_some(size_t* budget) = 0;
  // With all that is behind it.
  virtual size_t bytes() const = 0;
  // What OBJECT ENCODING answers.
  virtual std::string_view encoding_name() const = 0;
  virtual void digest(ValueDigest* digest) const = 0;

 protected:
  ~ForeignObject() = default;
};

// Of every type whose objects are foreign. They cannot be copied.
extern const ObjectOps kForeignOps;

}  // namespace redstart
