#include <algorithm>

#include "core/rdb_format.h"
#include "core/rdb_reader.h"
#include "persist/rdb_load_value.h"
#include "persist/rdb_pack.h"
#include "types/hash.h"

namespace redstart::rdb_load {

namespace {

constexpr std::string_view kTwice = "Duplicate hash fields detected";
// Redis keeps 46 bits of an expiry; later than that is no time.
constexpr uint64_t kExpiryMax = (uint64_t{1} << 46) - 1;

// With an expiry each (types 24 and 22), without (4), or in Valkey's form, where it follows the
// value.
class PlainHash final : public RdbElements {
 public:
  PlainHash(const TypeEnv& env, RdbReader& in, uint8_t type, RdbValueLoader::Dialect dialect)
      : in_(in),
        hash_(env, Held()),
        expiry_behind_(type == rdb::kHashExpiryDraft &&
                       dialect == RdbValueLoader::Dialect::kValkey),
        expiry_before_(type != rdb::kHash && !expiry_behind_) {
    if (type == rdb::kHashExpiry) base_ms_ = static_cast<uint64_t>(in.little_int64()) - 1;
    left_ = in.count(2);
    if (left_ > 0) hash_.expect(left_);
  }
  ~PlainHash() override { hash_.drop(); }

  bool read_one() override {
    if (left_ == 0) return false;
    uint64_t expiry = expiry_before_ ? in_.length() : 0;
    if (expiry != 0) expiry += base_ms_;
    // The next string takes the place of this one.
    field_ = in_.string();
    std::string_view value = in_.string();
    if (in_.failed()) return false;
    if (!hash_.set(field_, value)) in_.fail(kTwice);
    if (expiry_behind_) {
      int64_t at_ms = in_.little_int64();
      expiry = at_ms == -1 ? 0 : static_cast<uint64_t>(at_ms);
    }
    if (expiry > kExpiryMax) in_.fail("invalid expireAt time: " + std::to_string(expiry));
    if (in_.failed()) return false;
    if (expiry != 0) hash_.set_expiry(field_, static_cast<int64_t>(expiry));
    return --left_ > 0;
  }
  Held take() override {
    Held held = hash_.held();
    hash_ = Hash(hash_.env(), Held());
    return held;
  }

 private:
  RdbReader& in_;
  Hash hash_;
  const bool expiry_behind_;
  const bool expiry_before_;
  uint64_t base_ms_ = 0;
  uint64_t left_ = 0;
  std::string field_;
};

struct Pack {
  std::optional<Listpack> old;  // owns the bytes of a form that was converted
  std::string_view bytes;
};

Pack read_pack(const TypeEnv& env, RdbReader& in, uint8_t type) {
  Pack pack;
  if (type == rdb::kHashZiplist || type == rdb::kHashZipmap) {
    pack.old =
        type == rdb::kHashZiplist ? read_ziplist(env, in, "Hash ziplist") : read_zipmap(env, in);
    if (pack.old) pack.bytes = pack.old->view().bytes();
  } else {
    pack.bytes = read_listpack(in, "Hash listpack");
  }
  return pack;
}

// The expiry behind each pair is a number, and the pairs stand in its order. `longest` is that of
// the texts.
bool check(ListpackView pack, size_t stride, size_t* longest) {
  *longest = 0;
  if (pack.count() % stride != 0) return false;
  uint64_t last = 1;
  for (uint32_t pos = pack.first(); pos != pack.end(); pos = pack.skip(pos, stride)) {
    uint32_t value = pack.next(pos);
    *longest = std::max({*longest, pack.at(pos).text_size(), pack.at(value).text_size()});
    if (stride == 2) continue;
    ListpackItem expiry = pack.at(pack.next(value));
    if (!expiry.is_number || static_cast<uint64_t>(expiry.number) > kExpiryMax) return false;
    uint64_t at_ms =
        expiry.number == kFieldStays ? UINT64_MAX : static_cast<uint64_t>(expiry.number);
    if (at_ms < last) return false;
    last = at_ms;
  }
  return true;
}

Held unpack(const TypeEnv& env, ListpackView pack, size_t stride) {
  Hash hash(env, Held());
  hash.expect(pack.count() / stride);
  char field_buffer[kIntTextMax], value_buffer[kIntTextMax];
  for (uint32_t pos = pack.first(); pos != pack.end(); pos = pack.skip(pos, stride)) {
    uint32_t value = pack.next(pos);
    std::string_view field = pack.at(pos).view(field_buffer);
    hash.set(field, pack.at(value).view(value_buffer));
    if (stride == 2) continue;
    int64_t at_ms = pack.at(pack.next(value)).number;
    if (at_ms != kFieldStays) hash.set_expiry(field, at_ms);
  }
  return hash.held();
}

}  // namespace

std::unique_ptr<RdbElements> plain_hash(const TypeEnv& env, RdbReader& in, uint8_t type,
                                        RdbValueLoader::Dialect dialect) {
  return std::make_unique<PlainHash>(env, in, type, dialect);
}

Held packed_hash(const TypeEnv& env, RdbReader& in, uint8_t type) {
  bool with_expiry = type == rdb::kHashListpackEx || type == rdb::kHashListpackExDraft;
  size_t stride = with_expiry ? 3 : 2;
  if (type == rdb::kHashListpackEx) in.little_int64();  // the first expiry: a hint for others
  Pack pack = read_pack(env, in, type);
  if (in.failed()) return {};
  ListpackView view(pack.bytes);
  size_t longest;
  if (!check(view, stride, &longest)) {
    in.fail("Hash listpack integrity check failed.");
    return {};
  }
  if (!all_different(view, stride)) {
    in.fail("Hash listpack integrity check failed: listpack with dup elements");
    return {};
  }
  if (view.empty()) return {};
  const Limits& limits = env.limits;
  bool fits = static_cast<int64_t>(view.count() / stride) <= limits.hash_max_listpack_entries &&
              (!pack.old || static_cast<int64_t>(longest) <= limits.hash_max_listpack_value);
  if (!fits) return unpack(env, view, stride);
  HashEncoding encoding = with_expiry ? HashEncoding::kListpackEx : HashEncoding::kListpack;
  uint8_t* own = pack.old ? pack.old->release() : Listpack(env.slab, pack.bytes).release();
  return {own, static_cast<uint8_t>(encoding)};
}

}  // namespace redstart::rdb_load
