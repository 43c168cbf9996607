// Sets of texts.
//
//   intset      while all members are integers        in ascending order
//   listpack    few short members                     in the order they came
//   hashtable   SetTable                              beyond the limits
//
// Members read as ListpackItem: a number or a text, whichever the encoding has at hand.
//
// Cost: intset O(log n), listpack O(n) with n at most set-max-listpack-entries, large O(1).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/listpack.h"
#include "types/held.h"
#include "types/intset.h"
#include "types/object_ops.h"
#include "types/set_table.h"
#include "types/type.h"
#include "types/type_env.h"

namespace redstart {

class Random;

enum class SetEncoding : uint8_t { kIntset, kListpack, kTable };

// Borrowed from the set until its next change.
using SetItem = ListpackItem;

class SetView {
 public:
  static constexpr Type kType = Type::kSet;

  SetView() = default;
  explicit SetView(Held held) : held_(held) {}
  SetView(const TypeEnv&, Held held) : held_(held) {}

  Held held() const { return held_; }
  size_t size() const;
  bool empty() const { return size() == 0; }
  bool contains(std::string_view member) const;
  bool contains(const SetItem& member) const;
  // visit(const SetItem&) for each, until it answers true.
  template <class Visit>
  void each_until(Visit&& visit) const;
  // The same to the end.
  template <class Visit>
  void for_each(Visit&& visit) const {
    each_until([&](const SetItem& item) {
      visit(item);
      return false;
    });
  }
  // One leg of SSCAN; compact sets come whole. visit(const SetItem&) answers whether to stop.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit&& visit) const;
  // Uniformly drawn. REQUIRES: not empty.
  SetItem random(Random& random) const;
  // Up to `count` different ones, in no particular order.
  void sample(Random& random, size_t count, std::vector<SetItem>* out) const;
  // The table behind a large set, else null.
  const SetTable* large() const { return is(SetEncoding::kTable) ? table() : nullptr; }
  // For tests.
  const char* validate() const;

 protected:
  bool is(SetEncoding encoding) const {
    return held_.object && held_.encoding == static_cast<uint8_t>(encoding);
  }
  SetTable* table() const { return static_cast<SetTable*>(held_.object); }
  ListpackView pack() const { return ListpackView(static_cast<const uint8_t*>(held_.object)); }
  IntsetView ints() const { return IntsetView(static_cast<const uint8_t*>(held_.object)); }
  static SetItem item_of(const SetMember& member) { return {false, 0, member.text()}; }

  Held held_;
};

class Set : public SetView {
 public:
  Set(const TypeEnv& env, Held held) : SetView(env, held), env_(&env) {}

  const TypeEnv& env() const { return *env_; }
  // So many members are about to come, this one first: a new set takes the encoding that suits it
  // and them, and one that cannot stay compact converts at once.
  void expect(std::string_view first, size_t members);
  // True if the member is new.
  bool add(std::string_view member);
  bool add(const SetItem& member);
  bool erase(std::string_view member);
  bool erase(const SetItem& member);
  // Frees the set at once.
  void drop();

 private:
  bool add_to_ints(std::string_view member);
  bool add_to_pack(std::string_view member);
  bool pack_has_room(size_t members, size_t longest) const;
  void become_pack();
  void become_table();

  const TypeEnv* env_;
};

extern const ObjectOps kSetOps;

template <class Visit>
void SetView::each_until(Visit&& visit) const {
  if (is(SetEncoding::kTable)) {
    table()->members().each_until([&](const SetMember* member) { return visit(item_of(*member)); });
  } else if (is(SetEncoding::kIntset)) {
    for (size_t i = 0; i < ints().count(); i++) {
      if (visit(SetItem{true, ints().at(i), {}})) return;
    }
  } else if (held_.object) {
    for (uint32_t pos = pack().first(); pos != pack().end(); pos = pack().next(pos)) {
      if (visit(pack().at(pos))) return;
    }
  }
}

template <class Visit>
uint64_t SetView::scan(uint64_t cursor, Visit&& visit) const {
  if (is(SetEncoding::kTable)) {
    return table()->members().scan(
        cursor, [&](const SetMember* member) { return visit(item_of(*member)); });
  }
  if (cursor == 0) for_each(visit);
  return 0;
}

}  // namespace redstart
