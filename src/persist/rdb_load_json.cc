// Values of RedisJSON's module, as items: a kind, then what it says. Since its second version one
// text, before that a tree.
#include <cmath>

#include "base/utf8.h"
#include "core/rdb_reader.h"
#include "persist/rdb_json.h"
#include "persist/rdb_module.h"
#include "types/json.h"

namespace redstart {

namespace {

// The kinds of values in the tree of version 0.
enum OldNode : uint64_t {
  kOldNull = 0x1,
  kOldText = 0x2,
  kOldReal = 0x4,
  kOldInteger = 0x8,
  kOldBoolean = 0x10,
  kOldObject = 0x20,
  kOldArray = 0x40,
  kOldMember = 0x80,
};

class ItemReader : public ModuleReader {
 public:
  explicit ItemReader(RdbReader& in) : ModuleReader(in, "A JSON document") {}

  double real() {
    const double value = ModuleReader::real();
    if (!std::isfinite(value)) fail_for("a number that is none");
    return failed() ? 0 : value;
  }
  std::string_view text() {
    const std::string_view text = ModuleReader::text();
    if (!valid_utf8(text)) fail_for("a text that is not UTF-8");
    return failed() ? std::string_view() : text;
  }
};

bool read_old_node(RdbReader& in, JsonBuilder& builder, int depth) {
  ItemReader items(in);
  auto contents = [&](auto&& each) {
    if (depth == kJsonDepthMax) in.fail("A JSON document is nested too deeply");
    for (uint64_t left = items.natural(); left > 0 && !in.failed(); left--) each();
  };
  switch (items.natural()) {
    case kOldNull:
      builder.null();
      break;
    case kOldText:
      builder.text(items.text());
      break;
    case kOldReal:
      builder.real(items.real());
      break;
    case kOldInteger:
      builder.integer(items.integer());
      break;
    case kOldBoolean:
      builder.boolean(items.text() == "1");
      break;
    case kOldObject:
      builder.begin_object();
      contents([&] {
        if (items.natural() != kOldMember)
          return in.fail("A JSON object has something else inside");
        builder.name(items.text());
        read_old_node(in, builder, depth + 1);
      });
      if (!in.failed()) builder.end_object();
      break;
    case kOldArray:
      builder.begin_array();
      contents([&] { read_old_node(in, builder, depth + 1); });
      if (!in.failed()) builder.end_array();
      break;
    default:
      in.fail("A JSON document has a value of unknown kind");
      break;
  }
  return !in.failed();
}

Held read_old(const TypeEnv& env, RdbReader& in) {
  JsonBuilder builder(env.json->heap);
  if (!read_old_node(in, builder, 0)) return {};
  Json json(env, {});
  json.create(builder.finish());
  return json.held();
}

}  // namespace

Held read_json(const TypeEnv& env, RdbReader& in, int version) {
  ItemReader items(in);
  Held held;
  if (version == 0) {
    held = read_old(env, in);
  } else if (version == 2 || version == 3) {
    JsonNode root;
    std::string error;
    const std::string_view text = items.text();
    if (in.failed()) return {};
    if (!env.json->parser.parse(text, &root, &error)) {
      in.fail("A JSON document cannot be read: " + error);
      return {};
    }
    Json json(env, {});
    json.create(root);
    held = json.held();
    // Once there was the name of an index and of a path behind it.
    if (version == 2 && items.natural() > 0) {
      items.text();
      items.text();
    }
  } else {
    in.fail("A JSON document is of version " + std::to_string(version) +
            ", which is not known here");
  }
  if (!in.failed()) items.end();
  if (!in.failed() || held.object == nullptr) return held;
  size_t all = SIZE_MAX;
  kJsonOps.destroy_some(env.slab, held.object, held.encoding, &all);
  return {};
}

}  // namespace redstart
