// What a vector index holds: vectors of one dimension, each under an id.
//
//   ids (SegTable) -> VectorItem: row, id      rows, without gaps, in blocks of about 32 KiB
//                                              +-------+--------+-----------------------+
//                                              | items | scales | vectors, side by side |
//                                              +-------+--------+-----------------------+
//
// A search reads the vectors of block after block, which is what memory is fast at. The row of a
// vector that goes is taken by the last one: nothing is left behind, however often vectors come, go
// and are replaced.
//
// Once there are so many elements that reading them all takes more than a millisecond or two, the
// vectors are sketched as well (vector_sketches.h), for searches that may overlook one. The center
// of the sketches is found anew each time there are four times as many vectors, until finding it
// would hold the server up.
//
// Invariants (validate() checks them)
//  1. Rows are 0 .. size()-1; all blocks but the last are full; no block is empty.
//  2. The item of a row is the one in the table of ids, and names that row.
//  3. The scale of a row is what scale_of() says of its vector.
//  4. If there are sketches, each row has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "core/seg_table.h"
#include "types/slab_allocator.h"
#include "types/vector_metric.h"
#include "types/vector_sketches.h"

namespace redstart {

struct VectorItem {
  uint32_t row;
  uint32_t id_size;
  char id_bytes[];

  std::string_view id() const { return {id_bytes, id_size}; }
};

struct VectorItemPolicy {
  using Object = VectorItem;
  uint64_t seed = 0;
  uint64_t hash(const VectorItem* item) const { return hash_bytes(item->id(), seed); }
  bool equals(const VectorItem* item, std::string_view id) const { return item->id() == id; }
};

class VectorTable {
 public:
  struct Row {
    const VectorItem* item;
    const float* vector;
    float scale;  // COSINE: one over the length, 0 for a vector without one, infinity
                  // for one that is too short for it
  };

  // REQUIRES: a dimension of 1 .. kVectorDimensionMax.
  static VectorTable* make(Slab& slab, uint64_t seed, uint32_t dimension, VectorMetric metric);
  // REQUIRES: clear_some() has answered true.
  void destroy();
  VectorTable* copy(Slab& slab) const;

  uint32_t dimension() const { return dimension_; }
  VectorMetric metric() const { return metric_; }
  size_t size() const { return size_; }

  // Null: there is none.
  const float* find(std::string_view id) const;
  // Adds or replaces; the vector is copied. True: the id is new.
  bool set(std::string_view id, const float* vector);
  bool erase(std::string_view id);

  // visit(const Row&), in the order of rows.
  template <class Visit>
  void each_row(Visit&& visit) const {
    size_t left = size_;
    for (const Block block : blocks_) {
      const size_t rows = left < rows_per_block_ ? left : rows_per_block_;
      for (size_t i = 0; i < rows; i++) visit(row_in(block, i));
      left -= rows;
    }
  }
  // Null: there are too few vectors to need them.
  const VectorSketches* sketches() const { return sketches_ ? &*sketches_ : nullptr; }
  Row row(size_t number) const {
    return row_in(blocks_[number / rows_per_block_], number % rows_per_block_);
  }

  // Frees up to `*budget` vectors or ids and takes them off it. True: nothing is left. From the
  // first call on nothing else may be asked of the table.
  bool clear_some(size_t* budget);
  size_t bytes() const;
  // For tests: the first broken invariant in words, nullptr if all hold.
  const char* validate() const;

 private:
  using Block = char*;

  VectorTable(Slab& slab, uint64_t seed, uint32_t dimension, VectorMetric metric);

  VectorItem** items_of(Block block) const { return reinterpret_cast<VectorItem**>(block); }
  float* scales_of(Block block) const {
    return reinterpret_cast<float*>(block + rows_per_block_ * sizeof(VectorItem*));
  }
  float* vector_of(Block block, size_t i) const {
    return scales_of(block) + rows_per_block_ + i * dimension_;
  }
  Row row_in(Block block, size_t i) const {
    return {items_of(block)[i], vector_of(block, i), scales_of(block)[i]};
  }
  size_t block_bytes() const;
  float scale_of(const float* vector) const;
  void write_row(size_t number, VectorItem* item, const float* vector);
  void add_row(VectorItem* item, const float* vector);
  void sketch_all();
  void drop_last_row();
  void release(VectorItem* item);

  Slab& slab_;
  const uint32_t dimension_;
  const VectorMetric metric_;
  const uint32_t rows_per_block_;
  size_t size_ = 0;
  size_t item_bytes_ = 0;
  SegTable<VectorItemPolicy> ids_;
  std::vector<Block, SlabAllocator<Block>> blocks_;
  std::optional<VectorSketches> sketches_;
  size_t sketch_at_;  // so many vectors are sketched, or sketched anew
};

}  // namespace redstart
