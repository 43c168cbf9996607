#include "types/vector_table.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "base/ascii.h"
#include "types/vector_math.h"

namespace redstart {

namespace {

constexpr size_t kBlockBytes = 32 * 1024;
// Of small vectors, so that an index of a few is small.
constexpr size_t kBlockRowsMax = 64;

// Elements from which on, and up to which, vectors are sketched as a whole. The last time takes
// some 30 ms.
constexpr size_t kSketchFrom = size_t{1} << 22;
constexpr size_t kSketchUpTo = size_t{1} << 24;
constexpr size_t kSketchGrowth = 4;

constexpr std::string_view kMetrics[] = {"COSINE", "EUCLIDEAN", "DOT"};

uint32_t rows_per_block(uint32_t dimension) {
  return static_cast<uint32_t>(
      std::clamp(kBlockBytes / (dimension * sizeof(float)), size_t{1}, kBlockRowsMax));
}

size_t item_size(std::string_view id) { return sizeof(VectorItem) + id.size(); }

}  // namespace

std::string_view metric_name(VectorMetric metric) { return kMetrics[static_cast<size_t>(metric)]; }

bool parse_metric(std::string_view name, VectorMetric* metric) {
  for (size_t i = 0; i < std::size(kMetrics); i++) {
    if (!equals_fold(name, kMetrics[i])) continue;
    *metric = static_cast<VectorMetric>(i);
    return true;
  }
  return false;
}

VectorTable::VectorTable(Slab& slab, uint64_t seed, uint32_t dimension, VectorMetric metric)
    : slab_(slab),
      dimension_(dimension),
      metric_(metric),
      rows_per_block_(rows_per_block(dimension)),
      ids_(slab, VectorItemPolicy{seed}),
      blocks_(SlabAllocator<Block>(slab)),
      sketch_at_((kSketchFrom + dimension - 1) / dimension) {}

VectorTable* VectorTable::make(Slab& slab, uint64_t seed, uint32_t dimension, VectorMetric metric) {
  return new (slab.allocate(sizeof(VectorTable))) VectorTable(slab, seed, dimension, metric);
}

void VectorTable::destroy() {
  Slab& slab = slab_;
  this->~VectorTable();
  slab.release(this, sizeof(VectorTable));
}

VectorTable* VectorTable::copy(Slab& slab) const {
  VectorTable* made = make(slab, ids_.policy().seed, dimension_, metric_);
  each_row([&](const Row& row) { made->set(row.item->id(), row.vector); });
  return made;
}

const float* VectorTable::find(std::string_view id) const {
  const VectorItem* item = ids_.find(hash_bytes(id, ids_.policy().seed), id);
  return item == nullptr ? nullptr : row(item->row).vector;
}

bool VectorTable::set(std::string_view id, const float* vector) {
  const uint64_t hash = hash_bytes(id, ids_.policy().seed);
  if (VectorItem* item = ids_.find(hash, id)) {
    write_row(item->row, item, vector);
    return false;
  }
  auto* item = static_cast<VectorItem*>(slab_.allocate(item_size(id)));
  item->id_size = static_cast<uint32_t>(id.size());
  id.copy(item->id_bytes, id.size());
  item_bytes_ += Slab::class_size(item_size(id));
  ids_.insert(hash, item);
  add_row(item, vector);
  return true;
}

bool VectorTable::erase(std::string_view id) {
  const uint64_t hash = hash_bytes(id, ids_.policy().seed);
  Slot* slot = ids_.find_slot(hash, id);
  if (slot == nullptr) return false;
  VectorItem* item = ids_.erase(slot, hash);
  const Row last = row(size_ - 1);
  if (last.item != item) {
    write_row(item->row, items_of(blocks_.back())[(size_ - 1) % rows_per_block_], last.vector);
  }
  drop_last_row();
  release(item);
  ids_.shrink_step(1);
  return true;
}

bool VectorTable::clear_some(size_t* budget) {
  while (size_ > 0 && *budget > 0) {
    drop_last_row();
    --*budget;
  }
  if (*budget == 0) return false;
  const size_t before = ids_.size();
  const bool done = ids_.clear_some(*budget, [&](VectorItem* item) { release(item); });
  *budget -= std::min(*budget, before - ids_.size());
  return done;
}

size_t VectorTable::block_bytes() const {
  const size_t bytes =
      rows_per_block_ * (sizeof(VectorItem*) + sizeof(float) + dimension_ * sizeof(float));
  return (bytes + 7) / 8 * 8;
}

// Of doubles, so that it is one number for a vector whatever adds it up.
float VectorTable::scale_of(const float* vector) const {
  if (metric_ != VectorMetric::kCosine) return 0;
  const double squared = exact_dot_product(vector, vector, dimension_);
  if (squared == 0) return 0;
  const double scale = 1 / std::sqrt(squared);
  return scale > std::numeric_limits<float>::max() ? std::numeric_limits<float>::infinity()
                                                   : static_cast<float>(scale);
}

void VectorTable::write_row(size_t number, VectorItem* item, const float* vector) {
  const Block block = blocks_[number / rows_per_block_];
  const size_t i = number % rows_per_block_;
  item->row = static_cast<uint32_t>(number);
  items_of(block)[i] = item;
  scales_of(block)[i] = scale_of(vector);
  std::memcpy(vector_of(block, i), vector, dimension_ * sizeof(float));
  if (sketches_) sketches_->set(number, vector);
}

void VectorTable::add_row(VectorItem* item, const float* vector) {
  if (size_ % rows_per_block_ == 0) {
    blocks_.push_back(static_cast<Block>(slab_.allocate(block_bytes())));
  }
  write_row(size_++, item, vector);
  if (size_ < sketch_at_) return;
  sketch_all();
  const size_t next = size_ * kSketchGrowth;
  sketch_at_ = next * dimension_ <= kSketchUpTo ? next : SIZE_MAX;
}

void VectorTable::sketch_all() {
  std::vector<double> sums(dimension_);
  each_row([&](const Row& row) {
    const double scale = metric_ == VectorMetric::kCosine ? row.scale : 1;
    if (!std::isfinite(scale)) return;
    for (uint32_t d = 0; d < dimension_; d++) sums[d] += scale * row.vector[d];
  });
  std::vector<float> center(dimension_);
  for (uint32_t d = 0; d < dimension_; d++) center[d] = static_cast<float>(sums[d] / size_);
  sketches_.emplace(slab_, dimension_, metric_, std::move(center));
  for (size_t i = 0; i < size_; i++) sketches_->set(i, row(i).vector);
}

void VectorTable::drop_last_row() {
  size_--;
  if (sketches_) sketches_->drop_last();
  if (size_ % rows_per_block_ != 0) return;
  slab_.release(blocks_.back(), block_bytes());
  blocks_.pop_back();
}

void VectorTable::release(VectorItem* item) {
  const size_t size = item_size(item->id());
  item_bytes_ -= Slab::class_size(size);
  slab_.release(item, size);
}

size_t VectorTable::bytes() const {
  return Slab::class_size(sizeof *this) + item_bytes_ + ids_.bytes() +
         blocks_.size() * Slab::class_size(block_bytes()) + blocks_.capacity() * sizeof(Block) +
         (sketches_ ? sketches_->bytes() - sizeof *sketches_ : 0);
}

const char* VectorTable::validate() const {
  if (ids_.size() != size_) return "ids and vectors are not equally many";
  if (blocks_.size() != (size_ + rows_per_block_ - 1) / rows_per_block_) {
    return "there are more or fewer blocks than needed";
  }
  if (sketches_ && sketches_->size() != size_) return "sketches and vectors are not equally many";
  size_t number = 0, bytes = 0;
  const char* broken = nullptr;
  each_row([&](const Row& row) {
    const std::string_view id = row.item->id();
    if (row.item->row != number++) broken = "a row's item names another row";
    if (ids_.find(hash_bytes(id, ids_.policy().seed), id) != row.item) {
      broken = "a row's item is not the one of its id";
    }
    if (row.scale != scale_of(row.vector)) broken = "a scale is not that of its vector";
    bytes += Slab::class_size(item_size(id));
  });
  if (bytes != item_bytes_) return "the bytes of the items are counted wrong";
  return broken != nullptr ? broken : ids_.validate();
}

}  // namespace redstart
