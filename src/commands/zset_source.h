// What the algebra of sorted sets takes as its input: a sorted set, or a set whose members all have
// the score 1. An absent key is neither, and empty.
#pragma once

#include <string_view>

#include "commands/collection.h"
#include "types/set.h"
#include "types/zset.h"

namespace redstart {

struct ZsetSource {
  ZsetView zset;
  SetView set;
  double weight = 1;

  size_t size() const { return zset.size() + set.size(); }
  bool same(const ZsetSource& other) const {
    return zset.same(other.zset) && set.held() == other.set.held();
  }
  bool score(std::string_view member, double* score) const {
    if (zset.score(member, score)) return true;
    *score = 1;
    return set.contains(member);
  }
  // Calls visit(member, score) until it answers true.
  template <class Visit>
  void visit_until(Visit&& visit) const {
    zset.visit_until({0, zset.size()}, false, visit);
    set.each_until([&](const SetItem& item) {
      char digits[kIntTextMax];
      return visit(item.view(digits), 1.0);
    });
  }
};

// False: the key holds something else, which has been answered.
inline bool find_source(Context& c, const Key& key, ZsetSource* source) {
  const Entry* entry = c.keys.find(key);
  if (!entry) return true;
  switch (entry->type()) {
    case Type::kZset:
      source->zset = ZsetView(held_by(*entry));
      return true;
    case Type::kSet:
      source->set = SetView(held_by(*entry));
      return true;
    default:
      c.reply.error(err::kWrongType);
      return false;
  }
}

}  // namespace redstart
