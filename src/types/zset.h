// Sorted sets: members, each with a score, in the order of (score, member).
//
// Small ones are a listpack (zset_pack.h), larger ones a hash table with a B+tree (zset_tree.h).
// Whatever is asked about a part of the set is turned into a range of ranks first: O(log n) for a
// tree. Scores are never NaN.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "core/listpack.h"
#include "types/held.h"
#include "types/object_ops.h"
#include "types/sample.h"
#include "types/type_env.h"
#include "types/zset_pack.h"
#include "types/zset_range.h"
#include "types/zset_tree.h"

namespace redstart {

enum class ZsetEncoding : uint8_t { kListpack, kTree };

// Reads. A default one is an empty set.
class ZsetView {
 public:
  static constexpr Type kType = Type::kZset;

  ZsetView() = default;
  explicit ZsetView(Held held) : held_(held) {}
  ZsetView(const TypeEnv&, Held held) : held_(held) {}

  size_t size() const;
  bool empty() const { return size() == 0; }
  bool score(std::string_view member, double* score) const;
  // How many elements come before the member.
  bool rank(std::string_view member, size_t* rank, double* score) const;

  RankRange range(const ScoreRange& scores) const;
  RankRange range(const LexRange& members) const;
  // As ZRANGE counts: both ends belong to it, negative ones count from the end of the set.
  RankRange range(int64_t start, int64_t stop) const;

  // Calls visit(std::string_view member, double score) for each element of the range, upward or
  // downward. REQUIRES: the range lies in the set. The visitor changes nothing.
  template <class Visit>
  void visit(RankRange range, bool reverse, Visit&& visit) const;
  template <class Visit>
  void for_each(Visit&& visit) const {
    this->visit({0, size()}, false, visit);
  }
  // The same from a rank on, until the visitor answers true.
  template <class Visit>
  void visit_until(RankRange range, bool reverse, Visit&& visit) const;

  // One leg of ZSCAN, as SegTable::scan(): the visitor answers whether to stop. A listpack is
  // visited whole.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit&& visit) const;
  // Calls visit(member, score) for one element, uniformly drawn. REQUIRES: not empty.
  template <class Visit>
  void visit_random(Random& random, Visit&& visit) const;

  // The same for `wanted` different ones; every selection is equally likely. REQUIRES: not more
  // than there are.
  template <class Visit>
  void visit_sample(Random& random, size_t wanted, Visit&& visit) const;

  // The same collection, whatever the handles.
  bool same(const ZsetView& other) const { return held_.object == other.held_.object; }
  ZsetEncoding encoding() const { return static_cast<ZsetEncoding>(held_.encoding); }

 protected:
  bool packed() const { return encoding() == ZsetEncoding::kListpack; }
  // REQUIRES: packed(), and an object.
  ListpackView pack() const { return ListpackView(static_cast<const uint8_t*>(held_.object)); }
  ZsetTree* tree() const { return static_cast<ZsetTree*>(held_.object); }

  Held held_;

 private:
  template <class Before>
  size_t count_in_pack(Before&& before) const;
  size_t count_below(const LexBound& bound, bool as_high) const;
};

// What ZADD asks for, and what became of one of its elements.
struct ZaddRules {
  bool only_new = false;       // NX
  bool only_existing = false;  // XX
  bool only_greater = false;   // GT
  bool only_less = false;      // LT
  bool increment = false;      // INCR
};
enum class Zadded : uint8_t {
  kAdded,
  kUpdated,
  kSame,  // it had this score
  kNone,  // the rules forbid
  kNan,   // the sum would be no number
};

// Changes.
class Zset : public ZsetView {
 public:
  Zset(const TypeEnv& env, Held held) : ZsetView(env, held), env_(&env) {}

  Held held() const { return held_; }
  const TypeEnv& env() const { return *env_; }
  void drop();

  // Before elements are added, how many there are and the size of the first: chooses the encoding
  // of a new set, converts one that will be too large.
  void expect(size_t elements, size_t first_size);
  // *score is the score or the increment, afterwards the score that the member has got.
  Zadded add(std::string_view member, double* score, const ZaddRules& rules = {});
  bool remove(std::string_view member);
  // REQUIRES: the range lies in the set.
  void remove(RankRange range);

 private:
  Listpack adopt_pack() { return Listpack::adopt(env_->slab, static_cast<uint8_t*>(held_.object)); }
  void keep(Listpack& pack) { held_.object = pack.release(); }
  Zadded add_to_pack(std::string_view member, double* score, const ZaddRules& rules);
  Zadded add_to_tree(std::string_view member, double* score, const ZaddRules& rules);
  bool fits_pack(size_t elements, std::string_view member) const;
  void convert_to_tree();

  const TypeEnv* env_;
};

// Builds a sorted set out of elements in any order: the results of ZUNIONSTORE and its like. They
// are sorted once and loaded in order, which costs a fraction of as many insertions.
class ZsetBuilder {
 public:
  explicit ZsetBuilder(const TypeEnv& env) : env_(env) {}
  ~ZsetBuilder();
  ZsetBuilder(const ZsetBuilder&) = delete;
  ZsetBuilder& operator=(const ZsetBuilder&) = delete;

  size_t size() const { return items_.size(); }
  // REQUIRES: the member is not there yet.
  void add(std::string_view member, double score);
  // The element of this member; a new one has this score, and *added says so. Not together with
  // add().
  ZsetItem* find_or_add(std::string_view member, double score, bool* added);

  // The elements in order. Nothing is added afterwards.
  const std::vector<ZsetItem*>& sorted();
  // The set, which nobody holds yet; without elements it has no object. The builder is empty then.
  Zset finish();

 private:
  void clear_index();

  const TypeEnv& env_;
  std::vector<ZsetItem*> items_;
  std::unique_ptr<ZsetMembers> index_;  // once find_or_add() was called
  size_t longest_ = 0;
  bool sorted_ = true;
};

extern const ObjectOps kZsetOps;

template <class Visit>
void ZsetView::visit(RankRange range, bool reverse, Visit&& visit) const {
  visit_until(range, reverse, [&](std::string_view member, double score) {
    visit(member, score);
    return false;
  });
}

template <class Visit>
void ZsetView::visit_until(RankRange range, bool reverse, Visit&& visit) const {
  if (range.count == 0) return;
  size_t begin = reverse ? range.first + range.count - 1 : range.first;
  if (!packed()) {
    tree()->order().visit_from(begin, range.count, reverse, [&](const ZsetItem* item) {
      return visit(item->member(), item->score());
    });
    return;
  }
  uint32_t pos = zset_pack::seek_rank(pack(), begin);
  char buffer[kIntTextMax];
  for (size_t left = range.count; left > 0; --left) {
    if (visit(pack().at(pos).view(buffer), zset_pack::score_behind(pack(), pos))) return;
    if (left > 1) pos = reverse ? pack().prev(pack().prev(pos)) : pack().skip(pos, 2);
  }
}

template <class Visit>
uint64_t ZsetView::scan(uint64_t cursor, Visit&& visit) const {
  if (empty()) return 0;
  if (!packed()) {
    return tree()->members().scan(
        cursor, [&](const ZsetItem* item) { return visit(item->member(), item->score()); });
  }
  for_each(visit);
  return 0;
}

template <class Visit>
void ZsetView::visit_random(Random& random, Visit&& visit) const {
  if (packed()) return this->visit({random.below(size()), 1}, false, visit);
  const ZsetItem* item = tree()->members().random(random);
  visit(item->member(), item->score());
}

template <class Visit>
void ZsetView::visit_sample(Random& random, size_t wanted, Visit&& visit) const {
  if (!packed() && wanted * kDrawWhenLarger < size()) {
    draw_distinct(
        wanted, [&] { return tree()->members().random(random); },
        [&](const ZsetItem* item) { visit(item->member(), item->score()); });
    return;
  }
  Sampler sampler(random, wanted, size());
  for_each([&](std::string_view member, double score) {
    if (sampler.take()) visit(member, score);
  });
}

}  // namespace redstart
