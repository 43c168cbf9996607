#include "types/set_algebra.h"

#include <algorithm>

namespace redstart {

void order_by_size(std::span<SetView> sets) {
  std::sort(sets.begin(), sets.end(),
            [](const SetView& a, const SetView& b) { return a.size() < b.size(); });
}

void unite(std::span<const SetView> sets, Set& result) {
  for (const SetView& set : sets) {
    set.for_each([&](const SetItem& item) { result.add(item); });
  }
}

}  // namespace redstart
