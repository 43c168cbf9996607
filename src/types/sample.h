// Drawing distinct elements, every subset equally likely.
#pragma once

#include <cstddef>
#include <unordered_set>
#include <vector>

#include "base/random.h"

namespace redstart {

// For one pass over all elements: says of each whether it belongs to the sample.
class Sampler {
 public:
  Sampler(Random& random, size_t wanted, size_t total)
      : random_(random), wanted_(wanted), left_(total) {}
  bool take() {
    bool taken = random_.below(left_--) < wanted_;
    wanted_ -= taken;
    return taken;
  }

 private:
  Random& random_;
  size_t wanted_;
  size_t left_;
};

// Some of many: draws until `wanted` different ones are found. REQUIRES: there are several times
// more, else a pass with a Sampler is cheaper. draw() answers a pointer, use(pointer) takes it.
template <class Draw, class Use>
void draw_distinct(size_t wanted, Draw&& draw, Use&& use) {
  std::unordered_set<const void*> seen;
  while (seen.size() < wanted) {
    auto* drawn = draw();
    if (seen.insert(drawn).second) use(drawn);
  }
}

// From this many times more elements than wanted, drawing beats passing over all.
inline constexpr size_t kDrawWhenLarger = 8;

}  // namespace redstart
