#include "types/vector_index.h"

#include <string>

#include "types/value_digest.h"

namespace redstart {

namespace {

VectorTable& table(void* object) { return *static_cast<VectorTable*>(object); }
const VectorTable& table(const void* object) { return *static_cast<const VectorTable*>(object); }

bool destroy_some(Slab&, void* object, uint8_t, size_t* budget) {
  if (!table(object).clear_some(budget)) return false;
  table(object).destroy();
  *budget -= *budget > 0;
  return true;
}

void* copy(Slab& slab, const void* object, uint8_t) { return table(object).copy(slab); }

size_t bytes(const void* object, uint8_t) { return table(object).bytes(); }

bool empty(const void*, uint8_t) { return false; }

std::string_view encoding_name(const void*, uint8_t) { return "raw"; }

// In any order of the vectors: it depends on what was deleted.
void digest(const void* object, uint8_t, ValueDigest* digest) {
  const VectorTable& vectors = table(object);
  digest->mix(metric_name(vectors.metric()));
  digest->mix(std::to_string(vectors.dimension()));
  vectors.each_row([&](const VectorTable::Row& row) {
    ValueDigest one;
    one.mix(row.item->id());
    one.mix({reinterpret_cast<const char*>(row.vector), vectors.dimension() * sizeof(float)});
    digest->add(one);
  });
}

}  // namespace

void VectorIndex::create(uint32_t dimension, VectorMetric metric) {
  table_ = VectorTable::make(env_->slab, env_->hash_seed, dimension, metric);
}

const ObjectOps kVectorOps = {.destroy_some = destroy_some,
                              .copy = copy,
                              .bytes = bytes,
                              .empty = empty,
                              .encoding_name = encoding_name,
                              .digest = digest};

}  // namespace redstart
