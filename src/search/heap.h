// The memory of one index: taken from the slab, and counted for MEMORY USAGE.
#pragma once

#include <cstddef>
#include <vector>

#include "base/slab.h"

namespace redstart::search {

class Heap {
 public:
  explicit Heap(Slab& slab) : slab_(slab) {}

  void* allocate(size_t n) {
    bytes_ += Slab::class_size(n);
    return slab_.allocate(n);
  }
  void release(void* object, size_t n) {
    bytes_ -= Slab::class_size(n);
    slab_.release(object, n);
  }

  Slab& slab() const { return slab_; }
  // What is taken at present.
  size_t bytes() const { return bytes_; }

 private:
  Slab& slab_;
  size_t bytes_ = 0;
};

// Lets a container of the standard form live in a Heap.
template <class T>
class HeapAllocator {
 public:
  using value_type = T;

  explicit HeapAllocator(Heap& heap) : heap_(&heap) {}
  template <class Other>
  HeapAllocator(const HeapAllocator<Other>& other) : heap_(other.heap_) {}

  T* allocate(size_t n) { return static_cast<T*>(heap_->allocate(bytes(n))); }
  void deallocate(T* object, size_t n) { heap_->release(object, bytes(n)); }

  template <class Other>
  bool operator==(const HeapAllocator<Other>& other) const {
    return heap_ == other.heap_;
  }

 private:
  template <class Other>
  friend class HeapAllocator;

  // Classes whose size is a multiple of 8 align to 8.
  static size_t bytes(size_t n) { return (n * sizeof(T) + 7) / 8 * 8; }

  Heap* heap_;
};

template <class T>
using HeapVector = std::vector<T, HeapAllocator<T>>;

}  // namespace redstart::search
