// Intersection, union and difference of sets. A default view stands for an absent set.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "types/set.h"

namespace redstart {

// The members of all sets, with those of the smallest asked of the others. visit(const SetItem&)
// answers whether to stop. Reorders `sets`.
template <class Visit>
void intersect(std::span<SetView> sets, Visit&& visit);

// Adds the members of all sets to `result`.
void unite(std::span<const SetView> sets, Set& result);

// From so many sets on it is better to gather the members of all than to ask about each of them.
inline constexpr size_t kManySets = 6;
// The members of all sets, each once: those of the largest, then what the next one has beside
// them. visit(const SetItem&) answers whether to stop. Reorders `sets`.
template <class Visit>
void visit_union(std::span<SetView> sets, Visit&& visit);

// The members of the first set that no other has. visit(const SetItem&) answers whether to stop.
template <class Visit>
void subtract(std::span<const SetView> sets, Visit&& visit);

// Looks members up in a large set, a group at a time, so that the cache misses of a group overlap.
// What of a group is found (or not) is handed on in order.
class GroupLookup {
 public:
  static constexpr size_t kGroup = 16;

  explicit GroupLookup(const SetView& set) : set_(set), table_(set.large()) {}

  // True when the group is full and has to be handed on.
  bool put(const SetItem& item) {
    Waiting& w = waiting_[count_++];
    w.item = item;
    if (table_) {
      w.hash = table_->hash_of(item.view(w.digits));
      table_->members().prefetch_line(w.hash);
    }
    return count_ == kGroup;
  }
  // visit(const SetItem&, bool found) answers whether to stop. True when it did.
  template <class Visit>
  bool hand_on(Visit&& visit) {
    if (table_) {
      for (size_t i = 0; i < count_; i++) table_->members().prefetch_entry(waiting_[i].hash);
    }
    size_t count = count_;
    count_ = 0;
    for (size_t i = 0; i < count; i++) {
      Waiting& w = waiting_[i];
      bool found = table_ ? table_->members().find(w.hash, w.item.view(w.digits)) != nullptr
                          : set_.contains(w.item);
      if (visit(w.item, found)) return true;
    }
    return false;
  }

 private:
  struct Waiting {
    SetItem item;
    uint64_t hash;
    char digits[kIntTextMax];
  };

  const SetView& set_;
  const SetTable* table_;
  size_t count_ = 0;
  Waiting waiting_[kGroup];
};

// Visits the members of `from` with whether `in` has them too, until visit answers true.
template <class Visit>
void look_up_all(const SetView& from, const SetView& in, Visit&& visit) {
  GroupLookup lookup(in);
  bool stopped = false;
  from.each_until(
      [&](const SetItem& item) { return lookup.put(item) && (stopped = lookup.hand_on(visit)); });
  if (!stopped) lookup.hand_on(visit);
}

// Smallest first; the last ones are asked only about what all before them have.
void order_by_size(std::span<SetView> sets);

template <class Visit>
void intersect(std::span<SetView> sets, Visit&& visit) {
  order_by_size(sets);
  if (sets.size() == 1) return sets[0].each_until(visit);
  look_up_all(sets[0], sets[1], [&](const SetItem& item, bool found) {
    for (size_t i = 2; found && i < sets.size(); i++) found = sets[i].contains(item);
    return found && visit(item);
  });
}

template <class Visit>
void visit_union(std::span<SetView> sets, Visit&& visit) {
  order_by_size(sets);
  std::reverse(sets.begin(), sets.end());
  bool stopped = false;
  sets[0].each_until([&](const SetItem& item) { return stopped = visit(item); });
  for (size_t n = 1; n < sets.size() && !stopped; n++) {
    look_up_all(sets[n], sets[0], [&](const SetItem& item, bool found) {
      for (size_t i = 1; !found && i < n; i++) found = sets[i].contains(item);
      return !found && (stopped = visit(item));
    });
  }
}

template <class Visit>
void subtract(std::span<const SetView> sets, Visit&& visit) {
  if (sets.size() == 1) return sets[0].each_until(visit);
  look_up_all(sets[0], sets[1], [&](const SetItem& item, bool found) {
    for (size_t i = 2; !found && i < sets.size(); i++) found = sets[i].contains(item);
    return !found && visit(item);
  });
}

}  // namespace redstart
