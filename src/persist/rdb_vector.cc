#include "persist/rdb_vector.h"

#include <string>
#include <utility>
#include <vector>

#include "core/rdb_format.h"
#include "core/rdb_reader.h"
#include "core/rdb_writer.h"
#include "keyspace/entry.h"
#include "persist/rdb_load_value.h"
#include "persist/rdb_module.h"
#include "types/vector_form.h"
#include "types/vector_index.h"

namespace redstart {

namespace {

constexpr std::string_view kWhat = "A vector index";

// Reads the vectors, one element each.
class VectorElements final : public RdbElements {
 public:
  VectorElements(const TypeEnv& env, RdbReader& in, uint32_t dimension, VectorMetric metric,
                 uint64_t count)
      : env_(env), items_(in, kWhat), index_(env, {}), left_(count) {
    index_.create(dimension, metric);
  }
  ~VectorElements() override {
    if (index_.table() == nullptr) return;
    size_t all = SIZE_MAX;
    kVectorOps.destroy_some(env_.slab, index_.table(), 0, &all);
  }

  bool read_one() override {
    if (left_ == 0 || items_.failed()) return false;
    left_--;
    id_ = items_.text();
    const std::string_view blob = items_.text();
    if (items_.failed()) return false;
    if (id_.empty()) {
      items_.fail_for("a vector without an id");
    } else if (!read_floats(blob, &vector_) || vector_.size() != index_.table()->dimension()) {
      items_.fail_for("a vector of another length or with a number that is none");
    } else if (!index_.table()->set(id_, vector_.data())) {
      items_.fail_for("an id twice");
    }
    return !items_.failed();
  }

  Held take() override {
    if (!items_.failed()) items_.end();
    if (items_.failed()) return {};
    return std::exchange(index_, VectorIndex(env_, {})).held();
  }

 private:
  const TypeEnv& env_;
  ModuleReader items_;
  VectorIndex index_;
  uint64_t left_;
  std::string id_;
  std::vector<float> vector_;
};

}  // namespace

std::unique_ptr<RdbElements> read_vectors(const TypeEnv& env, RdbReader& in, int version) {
  if (version != kVectorVersion) {
    in.fail("A vector index is of version " + std::to_string(version) +
            ", which is not known here");
    return nullptr;
  }
  ModuleReader items(in, kWhat);
  const uint64_t dimension = items.natural();
  VectorMetric metric;
  if (!parse_metric(items.text(), &metric) && !items.failed()) {
    items.fail_for("a metric that is not known here");
  }
  const uint64_t count = items.natural();
  if (!items.failed() && (dimension == 0 || dimension > kVectorDimensionMax)) {
    items.fail_for("a dimension that is none");
  }
  if (items.failed()) return nullptr;
  return std::make_unique<VectorElements>(env, in, static_cast<uint32_t>(dimension), metric, count);
}

void write_vectors(RdbWriter& out, const Entry& entry) {
  const auto& table = *static_cast<const VectorTable*>(entry.object());
  const size_t bytes = table.dimension() * sizeof(float);
  auto number = [&](uint64_t value) {
    out.length(rdb::kModuleUnsigned);
    out.length(value);
  };
  out.length(module_id(kVectorModule, kVectorVersion));
  number(table.dimension());
  out.length(rdb::kModuleString);
  out.string(metric_name(table.metric()));
  number(table.size());
  table.each_row([&](const VectorTable::Row& row) {
    out.length(rdb::kModuleString);
    out.string(row.item->id());
    // Not compressed: of floats nothing would come off.
    out.length(rdb::kModuleString);
    out.length(bytes);
    out.raw({reinterpret_cast<const char*>(row.vector), bytes});
  });
  out.length(rdb::kModuleEnd);
}

}  // namespace redstart
