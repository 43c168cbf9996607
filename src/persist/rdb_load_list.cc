#include "core/listpack.h"
#include "core/rdb_format.h"
#include "core/rdb_reader.h"
#include "persist/rdb_load_value.h"
#include "persist/rdb_pack.h"
#include "types/list.h"

namespace redstart::rdb_load {

namespace {

constexpr auto kSmall = static_cast<uint8_t>(ListEncoding::kListpack);
constexpr auto kLarge = static_cast<uint8_t>(ListEncoding::kNodes);

class PlainList final : public RdbElements {
 public:
  PlainList(const TypeEnv& env, RdbReader& in) : in_(in), list_(env, Held()), left_(in.count(1)) {}
  ~PlainList() override { list_.drop(); }

  bool read_one() override {
    if (left_ == 0) return false;
    std::string_view text = in_.string();
    if (in_.failed()) return false;
    list_.push(ListEnd::kBack, text);
    return --left_ > 0;
  }
  Held take() override {
    Held held = list_.held();
    list_ = List(list_.env(), Held());
    return held;
  }

 private:
  RdbReader& in_;
  List list_;
  uint64_t left_;
};

// A listpack that the slab holds becomes a list. Takes it over.
Held adopt_pack(const TypeEnv& env, Listpack pack) {
  if (pack.empty()) return {};
  ListLimit limit(env.limits.list_max_listpack_size);
  if (!limit.exceeded(pack.byte_size(), pack.count())) return {pack.release(), kSmall};
  ListNodes* nodes = ListNodes::make(env.slab, env.limits.list_max_listpack_size);
  nodes->adopt(env.slab, pack.release());
  return {nodes, kLarge};
}

constexpr std::string_view kBroken = "Quicklist integrity check failed.";

class NodeList final : public RdbElements {
 public:
  NodeList(const TypeEnv& env, RdbReader& in, uint8_t type)
      : env_(env), in_(in), ziplists_(type == rdb::kListNodesZiplist), left_(in.count(1)) {}
  ~NodeList() override {
    if (held_.object) List(env_, held_).drop();
  }

  bool read_one() override {
    if (left_ == 0) return false;
    uint64_t form = ziplists_ ? uint64_t{rdb::kNodePacked} : in_.length();
    if (form == rdb::kNodePlain) {
      const std::string_view text = in_.string();
      // What has a node of its own is large.
      if (text.empty()) in_.fail(kBroken);
      add_text(text);
    } else if (form == rdb::kNodePacked) {
      add_pack();
    } else {
      in_.fail(kBroken);
    }
    return !in_.failed() && --left_ > 0;
  }
  Held take() override {
    Held held = held_;
    held_ = {};
    return held;
  }

 private:
  void add_text(std::string_view text) {
    if (in_.failed()) return;
    ListLimit limit(env_.limits.list_max_listpack_size);
    if (limit.is_giant(text.size())) return large().push_back(env_.slab, text);
    List list(env_, held_);
    list.push(ListEnd::kBack, text);
    held_ = list.held();
  }

  void add_pack() {
    if (ziplists_) {
      std::optional<Listpack> pack = read_ziplist(env_, in_, "Ziplist");
      if (pack) add(std::move(*pack));
      return;
    }
    std::string_view bytes = read_listpack(in_, "Listpack");
    if (!in_.failed()) add(Listpack(env_.slab, bytes));
  }

  // The first node may be the whole list.
  void add(Listpack pack) {
    if (pack.empty()) return;
    if (!held_.object) {
      held_ = adopt_pack(env_, std::move(pack));
    } else {
      large().adopt(env_.slab, pack.release());
    }
  }

  ListNodes& large() {
    if (!held_.object || held_.encoding == kSmall) {
      ListNodes* nodes = ListNodes::make(env_.slab, env_.limits.list_max_listpack_size);
      if (held_.object) nodes->adopt(env_.slab, static_cast<uint8_t*>(held_.object));
      held_ = {nodes, kLarge};
    }
    return *static_cast<ListNodes*>(held_.object);
  }

  const TypeEnv& env_;
  RdbReader& in_;
  const bool ziplists_;
  uint64_t left_;
  Held held_;
};

}  // namespace

std::unique_ptr<RdbElements> plain_list(const TypeEnv& env, RdbReader& in) {
  return std::make_unique<PlainList>(env, in);
}

std::unique_ptr<RdbElements> list_nodes(const TypeEnv& env, RdbReader& in, uint8_t type) {
  return std::make_unique<NodeList>(env, in, type);
}

Held packed_list(const TypeEnv& env, RdbReader& in) {
  std::optional<Listpack> pack = read_ziplist(env, in, "List ziplist");
  return pack ? adopt_pack(env, std::move(*pack)) : Held();
}

}  // namespace redstart::rdb_load
