// Lets a container of the standard form take its memory from a Slab, where it is counted.
#pragma once

#include <cstddef>

#include "base/slab.h"

namespace redstart {

template <class T>
class SlabAllocator {
 public:
  using value_type = T;

  explicit SlabAllocator(Slab& slab) : slab_(&slab) {}
  template <class Other>
  SlabAllocator(const SlabAllocator<Other>& other) : slab_(other.slab_) {}

  T* allocate(size_t n) { return static_cast<T*>(slab_->allocate(bytes(n))); }
  void deallocate(T* object, size_t n) { slab_->release(object, bytes(n)); }

  template <class Other>
  bool operator==(const SlabAllocator<Other>& other) const {
    return slab_ == other.slab_;
  }

 private:
  template <class Other>
  friend class SlabAllocator;

  // Classes whose size is a multiple of 8 align to 8.
  static size_t bytes(size_t n) { return (n * sizeof(T) + 7) / 8 * 8; }

  Slab* slab_;
};

}  // namespace redstart
