#include "types/zset.h"

#include <algorithm>
#include <cmath>

#include "base/grisu.h"
#include "base/numbers.h"
#include "types/value_digest.h"

namespace redstart {

// ---- ZsetView

size_t ZsetView::size() const {
  if (held_.object == nullptr) return 0;
  return packed() ? zset_pack::size(pack()) : tree()->size();
}

bool ZsetView::score(std::string_view member, double* score) const {
  if (held_.object == nullptr) return false;
  if (packed()) {
    uint32_t pos = zset_pack::find(pack(), member);
    if (pos == pack().end()) return false;
    *score = zset_pack::score_behind(pack(), pos);
    return true;
  }
  const ZsetItem* item = tree()->find(member);
  if (item == nullptr) return false;
  *score = item->score();
  return true;
}

bool ZsetView::rank(std::string_view member, size_t* rank, double* score) const {
  if (held_.object == nullptr) return false;
  if (packed()) {
    uint32_t pos = zset_pack::find(pack(), member);
    if (pos == pack().end()) return false;
    *rank = zset_pack::rank_of(pack(), pos);
    *score = zset_pack::score_behind(pack(), pos);
    return true;
  }
  const ZsetItem* item = tree()->find(member);
  if (item == nullptr) return false;
  *rank = tree()->order().rank(item);
  *score = item->score();
  return true;
}

// How many elements stand before the first one for which before(pos) does not hold.
template <class Before>
size_t ZsetView::count_in_pack(Before&& before) const {
  size_t count = 0;
  for (uint32_t pos = pack().first(); pos != pack().end() && before(pos); ++count) {
    pos = pack().skip(pos, 2);
  }
  return count;
}

namespace {

RankRange between(size_t first, size_t end) { return {first, end > first ? end - first : 0}; }

}  // namespace

RankRange ZsetView::range(const ScoreRange& scores) const {
  if (empty()) return {};
  auto count_below = [&](double score, bool equal) {
    if (!packed()) return tree()->order().count_below(score, equal);
    return count_in_pack([&](uint32_t pos) {
      double other = zset_pack::score_behind(pack(), pos);
      return equal ? other <= score : other < score;
    });
  };
  return between(count_below(scores.low, scores.low_open),
                 count_below(scores.high, !scores.high_open));
}

size_t ZsetView::count_below(const LexBound& bound, bool as_high) const {
  if (bound.place == LexBound::Place::kBelowAll) return 0;
  if (bound.place == LexBound::Place::kAboveAll) return size();
  bool equal = as_high != bound.open;
  if (!packed()) return tree()->order().count_below(bound.text, equal);
  return count_in_pack([&](uint32_t pos) {
    int order = zset_pack::compare_member(pack(), pos, bound.text);
    return equal ? order <= 0 : order < 0;
  });
}

RankRange ZsetView::range(const LexRange& members) const {
  if (empty()) return {};
  return between(count_below(members.low, false), count_below(members.high, true));
}

RankRange ZsetView::range(int64_t start, int64_t stop) const {
  auto length = static_cast<int64_t>(size());
  if (start < 0) start = std::max<int64_t>(start + length, 0);
  if (stop < 0) stop += length;
  stop = std::min(stop, length - 1);
  if (start > stop) return {};
  return {static_cast<size_t>(start), static_cast<size_t>(stop - start + 1)};
}

// ---- Zset

namespace {

void destroy_whole(Slab& slab, Held held) {
  size_t everything = SIZE_MAX;
  kZsetOps.destroy_some(slab, held.object, held.encoding, &everything);
}

// What ZADD's rules make of an element that is there. *score becomes the new one.
Zadded judge(double current, double* score, const ZaddRules& rules) {
  if (rules.only_new) return Zadded::kNone;
  if (rules.increment) *score += current;
  if (std::isnan(*score)) return Zadded::kNan;
  if (rules.only_less && *score >= current) return Zadded::kNone;
  if (rules.only_greater && *score <= current) return Zadded::kNone;
  return *score == current ? Zadded::kSame : Zadded::kUpdated;
}

}  // namespace

void Zset::drop() {
  if (held_.object != nullptr) destroy_whole(env_->slab, held_);
  held_ = {};
}

void Zset::expect(size_t elements, size_t first_size) {
  auto limit = static_cast<size_t>(env_->limits.zset_max_listpack_entries);
  if (held_.object != nullptr) {
    if (packed() && elements > limit) convert_to_tree();
    return;
  }
  if (elements <= limit &&
      first_size <= static_cast<size_t>(env_->limits.zset_max_listpack_value)) {
    Listpack pack(env_->slab);
    held_.encoding = static_cast<uint8_t>(ZsetEncoding::kListpack);
    keep(pack);
  } else {
    held_ = {ZsetTree::make(env_->slab, env_->hash_seed),
             static_cast<uint8_t>(ZsetEncoding::kTree)};
  }
}

Zadded Zset::add(std::string_view member, double* score, const ZaddRules& rules) {
  if (held_.object == nullptr) {
    if (rules.only_existing) return Zadded::kNone;
    expect(1, member.size());
  }
  return packed() ? add_to_pack(member, score, rules) : add_to_tree(member, score, rules);
}

Zadded Zset::add_to_pack(std::string_view member, double* score, const ZaddRules& rules) {
  uint32_t pos = zset_pack::find(pack(), member);
  if (pos != pack().end()) {
    Zadded what = judge(zset_pack::score_behind(pack(), pos), score, rules);
    if (what == Zadded::kUpdated) {
      Listpack pack = adopt_pack();
      zset_pack::set_score(&pack, pos, *score, member);
      keep(pack);
    }
    return what;
  }
  if (rules.only_existing) return Zadded::kNone;
  if (!fits_pack(size() + 1, member)) {
    convert_to_tree();
    return add_to_tree(member, score, rules);
  }
  Listpack pack = adopt_pack();
  zset_pack::insert(&pack, *score, member);
  keep(pack);
  return Zadded::kAdded;
}

Zadded Zset::add_to_tree(std::string_view member, double* score, const ZaddRules& rules) {
  ZsetItem* item;
  if (rules.only_existing) {
    item = const_cast<ZsetItem*>(tree()->find(member));
    if (item == nullptr) return Zadded::kNone;
  } else {
    bool added;
    item = tree()->find_or_add(member, *score, &added);
    if (added) return Zadded::kAdded;
  }
  Zadded what = judge(item->score(), score, rules);
  if (what == Zadded::kUpdated) tree()->set_score(item, *score);
  return what;
}

bool Zset::fits_pack(size_t elements, std::string_view member) const {
  return elements <= static_cast<size_t>(env_->limits.zset_max_listpack_entries) &&
         member.size() <= static_cast<size_t>(env_->limits.zset_max_listpack_value) &&
         pack().byte_size() + member.size() + 64 < kListpackMaxBytes;
}

void Zset::convert_to_tree() {
  ZsetTree* tree = ZsetTree::make(env_->slab, env_->hash_seed);
  for_each([&](std::string_view member, double score) { tree->append(score, member); });
  drop();
  held_ = {tree, static_cast<uint8_t>(ZsetEncoding::kTree)};
}

bool Zset::remove(std::string_view member) {
  if (held_.object == nullptr) return false;
  if (!packed()) return tree()->erase(member);
  uint32_t pos = zset_pack::find(pack(), member);
  if (pos == pack().end()) return false;
  Listpack pack = adopt_pack();
  pack.erase(pos, 2);
  keep(pack);
  return true;
}

void Zset::remove(RankRange range) {
  if (range.count == 0) return;
  if (!packed()) return tree()->erase_ranks(range.first, range.count);
  Listpack pack = adopt_pack();
  pack.erase(zset_pack::seek_rank(pack.view(), range.first), range.count * 2);
  keep(pack);
}

// ---- ZsetBuilder

ZsetBuilder::~ZsetBuilder() {
  clear_index();
  for (ZsetItem* item : items_) item->release(env_.slab);
}

void ZsetBuilder::clear_index() {
  if (index_) index_->clear([](ZsetItem*) {});
  index_.reset();
}

void ZsetBuilder::add(std::string_view member, double score) {
  ZsetItem* item = ZsetItem::make(env_.slab, score, member);
  sorted_ = sorted_ && (items_.empty() || items_.back()->before(item));
  items_.push_back(item);
  longest_ = std::max(longest_, member.size());
}

ZsetItem* ZsetBuilder::find_or_add(std::string_view member, double score, bool* added) {
  if (!index_) {
    index_ = std::make_unique<ZsetMembers>(env_.slab, ZsetMemberPolicy{env_.hash_seed});
  }
  uint64_t hash = hash_bytes(member, env_.hash_seed);
  ZsetItem* item = index_->find(hash, member);
  *added = item == nullptr;
  if (item != nullptr) return item;
  add(member, score);
  sorted_ = false;  // scores may change yet
  index_->insert(hash, items_.back());
  return items_.back();
}

const std::vector<ZsetItem*>& ZsetBuilder::sorted() {
  if (sorted_) return items_;
  // The scores beside the addresses: most comparisons read no item.
  struct Scored {
    double score;
    ZsetItem* item;
  };
  std::vector<Scored> order;
  order.reserve(items_.size());
  for (ZsetItem* item : items_) order.push_back({item->score(), item});
  std::sort(order.begin(), order.end(), [](const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score < b.score : a.item->member() < b.item->member();
  });
  for (size_t i = 0; i < order.size(); ++i) items_[i] = order[i].item;
  sorted_ = true;
  return items_;
}

Zset ZsetBuilder::finish() {
  clear_index();
  Zset set(env_, Held());
  if (items_.empty()) return set;
  sorted();
  bool small = items_.size() <= static_cast<size_t>(env_.limits.zset_max_listpack_entries) &&
               longest_ <= static_cast<size_t>(env_.limits.zset_max_listpack_value);
  if (small) {
    Listpack pack(env_.slab);
    for (ZsetItem* item : items_) {
      zset_pack::append(&pack, item->score(), item->member());
      item->release(env_.slab);
    }
    set = Zset(env_, {pack.release(), static_cast<uint8_t>(ZsetEncoding::kListpack)});
  } else {
    ZsetTree* tree = ZsetTree::make(env_.slab, env_.hash_seed);
    tree->adopt_sorted(items_);
    set = Zset(env_, {tree, static_cast<uint8_t>(ZsetEncoding::kTree)});
  }
  items_.clear();
  return set;
}

// ---- what others must know

namespace {

bool is_pack(uint8_t encoding) {
  return static_cast<ZsetEncoding>(encoding) == ZsetEncoding::kListpack;
}
ListpackView pack_in(const void* object) {
  return ListpackView(static_cast<const uint8_t*>(object));
}

bool destroy_some(Slab& slab, void* object, uint8_t encoding, size_t* budget) {
  if (is_pack(encoding)) {
    *budget -= *budget > 0 ? 1 : 0;
    Listpack::destroy(slab, static_cast<uint8_t*>(object));
    return true;
  }
  auto* tree = static_cast<ZsetTree*>(object);
  if (!tree->clear_some(budget)) return false;
  ZsetTree::release(slab, tree);
  return true;
}

void* copy(Slab& slab, const void* object, uint8_t encoding) {
  if (is_pack(encoding)) return Listpack(slab, pack_in(object).bytes()).release();
  auto* from = static_cast<const ZsetTree*>(object);
  ZsetTree* to = ZsetTree::make(slab, from->members().policy().seed);
  from->order().for_each([&](const ZsetItem* item) { to->append(item->score(), item->member()); });
  return to;
}

size_t bytes(const void* object, uint8_t encoding) {
  if (is_pack(encoding)) return Listpack::allocated_bytes(pack_in(object).byte_size());
  return static_cast<const ZsetTree*>(object)->bytes();
}

bool empty(const void* object, uint8_t encoding) {
  if (is_pack(encoding)) return pack_in(object).empty();
  return static_cast<const ZsetTree*>(object)->size() == 0;
}

std::string_view encoding_name(const void*, uint8_t encoding) {
  return is_pack(encoding) ? "listpack" : "skiplist";
}

// In digests Redis writes scores without the short way for whole numbers that it has elsewhere: few
// digits, and an exponent from 1e+8 on.
size_t write_digested_score(char* out, double score) {
  const double size = std::fabs(score);
  if (!(size > 0 && size <= 0x1p62) || std::trunc(size) != size) return write_double(out, score);
  const Decimal decimal = grisu(size);
  const auto count = static_cast<size_t>(decimal.count);
  char* at = out;
  if (score < 0) *at++ = '-';
  if (decimal.power < 8) {
    at = std::copy_n(decimal.digits, count, at);
    return std::fill_n(at, std::max(decimal.power, 0), '0') - out;
  }
  *at++ = decimal.digits[0];
  if (count > 1) *at++ = '.';
  at = std::copy_n(decimal.digits + 1, count - 1, at);
  *at++ = 'e';
  *at++ = '+';
  return at + write_uint64(at, count - 1 + static_cast<size_t>(decimal.power)) - out;
}

// The order of the members makes no difference, each stands with its score.
void digest(const void* object, uint8_t encoding, ValueDigest* digest) {
  ZsetView(Held{const_cast<void*>(object), encoding})
      .for_each([&](std::string_view member, double score) {
        char text[kDoubleTextMax];
        ValueDigest element;
        element.mix(member);
        element.mix({text, write_digested_score(text, score)});
        digest->add(element);
      });
}

}  // namespace

const ObjectOps kZsetOps = {.destroy_some = destroy_some,
                            .copy = copy,
                            .bytes = bytes,
                            .empty = empty,
                            .encoding_name = encoding_name,
                            .digest = digest};

}  // namespace redstart
