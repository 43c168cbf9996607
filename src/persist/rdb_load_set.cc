#include "core/rdb_format.h"
#include "core/rdb_reader.h"
#include "persist/rdb_load_value.h"
#include "persist/rdb_pack.h"
#include "types/intset.h"
#include "types/set.h"

namespace redstart::rdb_load {

namespace {

constexpr std::string_view kTwice = "Duplicate set members detected";

// So many members come that nothing else holds them.
void become_table(Set* set) { set->expect({}, SIZE_MAX / 2); }

class PlainSet final : public RdbElements {
 public:
  PlainSet(const TypeEnv& env, RdbReader& in) : in_(in), set_(env, Held()), left_(in.count(1)) {
    // As Redis has it: what could be an intset begins as one.
    if (static_cast<int64_t>(left_) > env.limits.set_max_intset_entries) become_table(&set_);
  }
  ~PlainSet() override { set_.drop(); }

  bool read_one() override {
    if (left_ == 0) return false;
    std::string_view member = in_.string();
    if (in_.failed()) return false;
    if (!set_.add(member)) in_.fail(kTwice);
    return !in_.failed() && --left_ > 0;
  }
  Held take() override {
    Held held = set_.held();
    set_ = Set(set_.env(), Held());
    return held;
  }

 private:
  RdbReader& in_;
  Set set_;
  uint64_t left_;
};

// One that is larger than our own limit becomes a table.
Held unpack(const TypeEnv& env, SetView packed) {
  Set set(env, Held());
  become_table(&set);
  packed.for_each([&](const SetItem& item) { set.add(item); });
  return set.held();
}

Held held_bytes(const void* bytes, SetEncoding encoding) {
  return {const_cast<void*>(bytes), static_cast<uint8_t>(encoding)};
}

}  // namespace

std::unique_ptr<RdbElements> plain_set(const TypeEnv& env, RdbReader& in) {
  return std::make_unique<PlainSet>(env, in);
}

Held packed_set(const TypeEnv& env, RdbReader& in, uint8_t type) {
  if (type == rdb::kSetIntset) {
    std::string_view bytes = in.string();
    if (in.failed()) return {};
    if (IntsetView::validate(bytes)) {
      in.fail("Intset integrity check failed.");
      return {};
    }
    // Where the reader has it, it may stand at any address; the view copies what it reads.
    IntsetView ints(reinterpret_cast<const uint8_t*>(bytes.data()));
    if (ints.count() == 0) return {};
    if (static_cast<int64_t>(ints.count()) > env.limits.set_max_intset_entries) {
      return unpack(env, SetView(held_bytes(bytes.data(), SetEncoding::kIntset)));
    }
    return held_bytes(Intset::copy(env.slab, bytes), SetEncoding::kIntset);
  }
  std::string_view bytes = read_listpack(in, "Set listpack");
  if (in.failed()) return {};
  ListpackView pack(bytes);
  if (pack.empty()) return {};
  if (!all_different(pack, 1)) {
    in.fail(kTwice);
    return {};
  }
  if (static_cast<int64_t>(pack.count()) > env.limits.set_max_listpack_entries) {
    return unpack(env, SetView(held_bytes(bytes.data(), SetEncoding::kListpack)));
  }
  return held_bytes(Listpack(env.slab, bytes).release(), SetEncoding::kListpack);
}

}  // namespace redstart::rdb_load
