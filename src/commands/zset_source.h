// What the algebra of sorted sets takes as its input: a sorted set, or a set whose members all have
// the score 1.
#pragma once

#include <string_view>

#include "commands/collection.h"
#include "types/zset.h"

namespace redstart {

struct ZsetSource {
  ZsetView zset;
  double weight = 1;

  size_t size() const { return zset.size(); }
  bool same(const ZsetSource& other) const { return zset.same(other.zset); }
  bool score(std::string_view member, double* score) const { return zset.score(member, score); }
  // Calls visit(member, score) until it answers true.
  template <class Visit>
  void visit_until(Visit&& visit) const {
    zset.visit_until({0, zset.size()}, false, visit);
  }
};

// False: the key holds something else, which has been answered.
inline bool find_source(Context& c, const Key& key, ZsetSource* source) {
  return find(c, key, &source->zset);
}

}  // namespace redstart
