// How long the model tests run, and from which seed:
//
//   REDSTART_MODEL_TIMES=500 build/tests/test_types --gtest_filter='*Agrees*:*Model*'
//   REDSTART_MODEL_SEED=17 build/tests/test_types --gtest_filter=...     the same run again
//
// 500 times the usual steps are several million operations for each type. A failure prints the
// seed (SCOPED_TRACE).
#pragma once

#include <cstdint>
#include <cstdlib>

#include "base/random.h"

namespace redstart {

inline uint64_t model_seed() {
  const char* seed = std::getenv("REDSTART_MODEL_SEED");
  return seed != nullptr ? std::strtoull(seed, nullptr, 10) : secure_seed();
}

inline int model_steps(int usual) {
  const char* times = std::getenv("REDSTART_MODEL_TIMES");
  return usual * (times != nullptr ? std::atoi(times) : 1);
}

}  // namespace redstart
