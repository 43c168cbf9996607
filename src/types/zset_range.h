// Parts of a sorted set: by score, by member, and what both come down to, by rank.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace redstart {

struct ScoreRange {
  double low = 0, high = 0;
  bool low_open = false, high_open = false;  // open: the bound itself is outside
};

// A bound among members: below all of them, above all, or at a text.
struct LexBound {
  enum class Place : uint8_t { kBelowAll, kAt, kAboveAll };
  Place place = Place::kAt;
  bool open = false;
  std::string_view text = {};
};
struct LexRange {
  LexBound low, high;
};

// `count` elements from the one of rank `first` on, in ascending order.
struct RankRange {
  size_t first = 0;
  size_t count = 0;
};

}  // namespace redstart
