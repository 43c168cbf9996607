// Vector indexes as keys hold them, and which vectors are nearest to one.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "types/held.h"
#include "types/object_ops.h"
#include "types/type.h"
#include "types/type_env.h"
#include "types/vector_table.h"

namespace redstart {

class VectorIndexView {
 public:
  static constexpr Type kType = Type::kVector;

  VectorIndexView() = default;
  VectorIndexView(const TypeEnv&, Held held) : table_(static_cast<VectorTable*>(held.object)) {}

  // Null: there is no index.
  const VectorTable* table() const { return table_; }

 private:
  const VectorTable* table_ = nullptr;
};

class VectorIndex {
 public:
  static constexpr Type kType = Type::kVector;

  VectorIndex(const TypeEnv& env, Held held)
      : env_(&env), table_(static_cast<VectorTable*>(held.object)) {}

  const TypeEnv& env() const { return *env_; }
  Held held() const { return {table_, 0}; }
  // Null: there is no index. It does not move.
  VectorTable* table() { return table_; }
  // REQUIRES: there is no index.
  void create(uint32_t dimension, VectorMetric metric);

 private:
  const TypeEnv* env_;
  VectorTable* table_;
};

extern const ObjectOps kVectorOps;

}  // namespace redstart
