#include <cmath>
#include <limits>

#include "base/numbers.h"
#include "core/rdb_format.h"
#include "core/rdb_reader.h"
#include "persist/rdb_load_value.h"
#include "persist/rdb_pack.h"
#include "types/zset.h"

namespace redstart::rdb_load {

namespace {

constexpr std::string_view kTwice = "Zset with dup elements";
constexpr std::string_view kNan = "Zset with NAN score detected";

// A byte of length, or one of three that stand for a score by themselves.
double read_text_score(RdbReader& in) {
  constexpr uint8_t kNanByte = 253, kInfinity = 254, kMinusInfinity = 255;
  uint8_t size = in.byte();
  if (size == kInfinity) return std::numeric_limits<double>::infinity();
  if (size == kMinusInfinity) return -std::numeric_limits<double>::infinity();
  if (size == kNanByte) return std::numeric_limits<double>::quiet_NaN();
  double score = std::numeric_limits<double>::quiet_NaN();
  parse_double(in.raw(size), &score);
  return score;
}

class PlainZset final : public RdbElements {
 public:
  PlainZset(const TypeEnv& env, RdbReader& in, uint8_t type)
      : in_(in), builder_(env), as_text_(type == rdb::kZsetText), left_(in.count(2)) {}

  bool read_one() override {
    if (left_ == 0) return false;
    bool added = false;
    std::string_view member = in_.string();
    if (in_.failed()) return false;
    ZsetItem* item = builder_.find_or_add(member, 0, &added);
    double score = as_text_ ? read_text_score(in_) : in_.little_double();
    item->set_score(score);
    if (!added) in_.fail(kTwice);
    if (std::isnan(score)) in_.fail(kNan);
    return !in_.failed() && --left_ > 0;
  }
  Held take() override { return in_.failed() ? Held() : builder_.finish().held(); }

 private:
  RdbReader& in_;
  ZsetBuilder builder_;
  const bool as_text_;
  uint64_t left_;
};

bool read_score(const ListpackItem& item, double* score) {
  *score = static_cast<double>(item.number);
  return item.is_number || parse_double(item.text, score);
}

// Looks at members, scores and their order. False: it is broken.
bool check(ListpackView pack, bool* in_order) {
  *in_order = true;
  if (pack.count() % 2 != 0 || !all_different(pack, 2)) return false;
  uint32_t before = pack.end();
  double last_score = 0;
  char buffer[kIntTextMax];
  for (uint32_t pos = pack.first(); pos != pack.end(); pos = pack.skip(pos, 2)) {
    double score;
    if (!read_score(pack.at(pack.next(pos)), &score) || std::isnan(score)) return false;
    if (before != pack.end()) {
      *in_order &= last_score < score ||
                   (last_score == score &&
                    zset_pack::compare_member(pack, before, pack.at(pos).view(buffer)) < 0);
    }
    before = pos;
    last_score = score;
  }
  return true;
}

}  // namespace

std::unique_ptr<RdbElements> plain_zset(const TypeEnv& env, RdbReader& in, uint8_t type) {
  return std::make_unique<PlainZset>(env, in, type);
}

Held packed_zset(const TypeEnv& env, RdbReader& in, uint8_t type) {
  std::optional<Listpack> old;
  std::string_view bytes;
  if (type == rdb::kZsetZiplist) {
    old = read_ziplist(env, in, "Zset ziplist");
    if (old) bytes = old->view().bytes();
  } else {
    bytes = read_listpack(in, "Zset listpack");
  }
  if (in.failed()) return {};
  ListpackView pack(bytes);
  bool in_order;
  if (!check(pack, &in_order)) {
    in.fail("Zset listpack integrity check failed.");
    return {};
  }
  if (pack.empty()) return {};
  auto entries = static_cast<int64_t>(pack.count() / 2);
  if (in_order && entries <= env.limits.zset_max_listpack_entries) {
    uint8_t* own = old ? old->release() : Listpack(env.slab, bytes).release();
    return {own, static_cast<uint8_t>(ZsetEncoding::kListpack)};
  }
  ZsetBuilder builder(env);
  char buffer[kIntTextMax];
  for (uint32_t pos = pack.first(); pos != pack.end(); pos = pack.skip(pos, 2)) {
    builder.add(pack.at(pos).view(buffer), zset_pack::score_behind(pack, pos));
  }
  return builder.finish().held();
}

}  // namespace redstart::rdb_load
