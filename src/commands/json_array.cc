// The JSON family, part 3: arrays.
#include <algorithm>

#include "commands/families.h"
#include "commands/json_access.h"
#include "types/json_change.h"

namespace redstart {

namespace {

using json::store;

constexpr std::string_view kNoArrayThere = "ERR Path does not exist or not an array";

// Values that are to be put into arrays, parsed before anything else happens; given back at the
// end: what is put somewhere is a copy.
class Values {
 public:
  explicit Values(Context& c) : c_(c) {}
  ~Values() {
    for (JsonNode value : nodes_) json::discard(c_, value);
  }
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;

  // False: answered.
  bool parse(Args texts) {
    for (std::string_view text : texts) {
      JsonNode node;
      if (!json::parse(c_, text, &node)) return false;
      nodes_.push_back(node);
    }
    return true;
  }
  bool fit_depth(size_t containers) const {
    return std::all_of(nodes_.begin(), nodes_.end(),
                       [&](const JsonNode& node) { return fits_depth(containers, node); });
  }
  void insert(JsonNode* array, uint32_t at) const {
    std::vector<JsonNode> copies;
    for (const JsonNode& node : nodes_) copies.push_back(node.copy(store(c_).heap));
    array->insert(store(c_).heap, at, copies);
  }

 private:
  Context& c_;
  std::vector<JsonNode> nodes_;
};

// What each match became: its size, or -1 for what is no array.
void answer_sizes(Context& c, const std::vector<int64_t>& sizes, std::span<const uint32_t> order) {
  if (!store(c).path.legacy()) {
    c.reply.array(sizes.size());
    for (int64_t size : sizes) size >= 0 ? c.reply.integer(size) : c.reply.null();
    return;
  }
  for (size_t i = order.size(); i-- > 0;) {
    if (sizes[order[i]] >= 0) return c.reply.integer(sizes[order[i]]);
  }
  c.reply.error(kNoArrayThere);
}

// Changes each array of the path, what is inside before what is around it.
void change_arrays(Context& c, Edit<Json>& json, const Event& event, auto&& change) {
  const JsonPlaces& places = store(c).places;
  const std::vector<uint32_t> order = order_for_changes(places, *json->root());
  std::vector<int64_t> sizes(places.size(), -1);
  bool changed = false;
  for (uint32_t i : order) {
    JsonNode* node = follow_json(json->root(), places[i]);
    if (node == nullptr || !node->is_array()) continue;
    change(node);
    sizes[i] = node->size();
    changed = true;
  }
  if (changed) json.commit(event);
  answer_sizes(c, sizes, order);
}

// Calls use(node, place) for each array that the path selects, until one is refused.
bool each_array(Context& c, Edit<Json>& json, auto&& use) {
  const JsonPlaces& places = store(c).places;
  for (size_t i = 0; i < places.size(); i++) {
    const JsonNode* node = follow_json(json->root(), places[i]);
    if (node->is_array() && !use(*node, places[i])) return false;
  }
  return true;
}

void json_arrappend(Context& c) {
  Values values(c);
  if (!values.parse(c.args.subspan(3))) return;
  Edit<Json> json(c, c.key(1));
  if (!json || !json::select_places(c, json, c.arg(2))) return;
  const bool fit = each_array(c, json, [&](const JsonNode&, std::span<const uint32_t> place) {
    return values.fit_depth(place.size() + 1);
  });
  if (!fit) return c.reply.error(json::kTooDeep);
  change_arrays(c, json, event::kJsonArrappend,
                [&](JsonNode* array) { values.insert(array, array->size()); });
}
constexpr CommandSpec kJsonArrappend =
    json::writer("json.arrappend", -4, "key path value+", "Appends to the JSON arrays at a path.",
                 json_arrappend, kDenyOom);

void json_arrinsert(Context& c) {
  int64_t index;
  if (!parse_int64(c.arg(3), &index)) return c.reply.error(err::kNotInteger);
  Values values(c);
  if (!values.parse(c.args.subspan(4))) return;
  Edit<Json> json(c, c.key(1));
  if (!json || !json::select_places(c, json, c.arg(2))) return;
  auto place_in = [&](const JsonNode& array) {
    return index < 0 ? index + static_cast<int64_t>(array.size()) : index;
  };
  std::string_view error;
  each_array(c, json, [&](const JsonNode& array, std::span<const uint32_t> place) {
    const int64_t at = place_in(array);
    if (at < 0 || at > array.size()) {
      error = "ERR index out of bounds";
    } else if (!values.fit_depth(place.size() + 1)) {
      error = json::kTooDeep;
    }
    return error.empty();
  });
  if (!error.empty()) return c.reply.error(error);
  change_arrays(c, json, event::kJsonArrinsert, [&](JsonNode* array) {
    values.insert(array, static_cast<uint32_t>(place_in(*array)));
  });
}
constexpr CommandSpec kJsonArrinsert =
    json::writer("json.arrinsert", -5, "key path index:integer value+",
                 "Inserts into the JSON arrays at a path.", json_arrinsert, kDenyOom);

void json_arrtrim(Context& c) {
  int64_t start, stop;
  if (!parse_int64(c.arg(3), &start) || !parse_int64(c.arg(4), &stop)) {
    return c.reply.error(err::kNotInteger);
  }
  Edit<Json> json(c, c.key(1));
  if (!json || !json::select_places(c, json, c.arg(2))) return;
  change_arrays(c, json, event::kJsonArrtrim, [&](JsonNode* array) {
    const int64_t size = array->size();
    auto place = [&](int64_t index) {
      return index < 0 ? std::max<int64_t>(size + std::max(index, -size), 0) : index;
    };
    const int64_t from = std::min(place(start), size);
    const int64_t to = std::max(from, std::min(place(stop), size - 1) + 1);
    std::vector<JsonNode> taken(static_cast<size_t>(size - (to - from)));
    array->take(store(c).heap, static_cast<uint32_t>(to), static_cast<uint32_t>(size - to),
                taken.data());
    array->take(store(c).heap, 0, static_cast<uint32_t>(from), taken.data() + (size - to));
    for (JsonNode item : taken) json::discard(c, item);
  });
}
constexpr CommandSpec kJsonArrtrim =
    json::writer("json.arrtrim", 5, "key path start:integer stop:integer",
                 "Cuts the JSON arrays at a path down to a range.", json_arrtrim);

// ---- JSON.ARRPOP

struct PopArgs {
  std::string_view path = ".";
  int64_t index = -1;
  enum class Form : uint8_t { kText, kTypes, kTypesDeep } form = Form::kText;
};

// False: answered. A word that is no format is a path, and FORMAT alone, too.
bool read_pop(Context& c, PopArgs* args) {
  size_t at = 2;
  if (c.argc() > 3 && equals_fold(c.arg(2), "FORMAT")) {
    const std::string_view form = c.arg(3);
    if (form == "EXPAND1") {
      args->form = PopArgs::Form::kTypes;
    } else if (form == "EXPAND") {
      args->form = PopArgs::Form::kTypesDeep;
    } else if (form != "STRINGS") {
      c.reply.error("ERR wrong reply format");
      return false;
    }
    if (!json::in_resp3(c)) {
      c.reply.error("ERR FORMAT argument is not supported on RESP2");
      return false;
    }
    at = 4;
  }
  if (at < c.argc()) args->path = c.arg(at++);
  if (at < c.argc() && !parse_int64(c.arg(at), &args->index)) args->index = -1;
  return true;
}

// The item that leaves an array; false for an empty one.
bool pop(Context& c, JsonNode* array, int64_t index, JsonNode* item) {
  const int64_t size = array->size();
  if (size == 0) return false;
  const int64_t at =
      index < 0 ? std::max<int64_t>(size + std::max(index, -size), 0) : std::min(index, size - 1);
  array->take(store(c).heap, static_cast<uint32_t>(at), 1, item);
  return true;
}

struct Popped {
  bool has = false;
  JsonNode item = {};
};

void answer_popped(Context& c, const Popped& popped, PopArgs::Form form) {
  if (!popped.has) return c.reply.null();
  if (form == PopArgs::Form::kText) return json::answer_json(c, popped.item);
  json::answer_types(c, popped.item, form == PopArgs::Form::kTypesDeep);
}

void json_arrpop(Context& c) {
  PopArgs args;
  if (!read_pop(c, &args)) return;
  Edit<Json> json(c, c.key(1));
  if (!json || !json::select_places(c, json, args.path)) return;
  const bool legacy = store(c).path.legacy();
  if (legacy && args.form != PopArgs::Form::kText) {
    return c.reply.error("Legacy paths are supported only with FORMAT STRINGS");
  }
  const JsonPlaces& places = store(c).places;
  std::vector<Popped> popped(places.size());
  const Popped* last = nullptr;
  bool changed = false;
  for (uint32_t i : order_for_changes(places, *json->root())) {
    JsonNode* node = follow_json(json->root(), places[i]);
    if (node == nullptr || !node->is_array()) continue;
    popped[i].has = pop(c, node, args.index, &popped[i].item);
    changed |= popped[i].has;
    last = &popped[i];
  }
  if (changed) json.commit(event::kJsonArrpop);
  if (!legacy) {
    c.reply.array(popped.size());
    for (const Popped& one : popped) answer_popped(c, one, args.form);
  } else {
    last != nullptr ? answer_popped(c, *last, args.form) : c.reply.error(kNoArrayThere);
  }
  for (const Popped& one : popped) json::discard(c, one.item);
}
constexpr CommandSpec kJsonArrpop = json::writer(
    "json.arrpop", -2, "key [FORMAT format=(STRINGS|EXPAND1|EXPAND)] [path [index:integer]]",
    "Takes an item out of the JSON arrays at a path.", json_arrpop);

// ---- to read

void json_arrlen(Context& c) {
  JsonView json;
  if (!find(c, c.key(1), &json)) return;
  const std::string_view path = json::path_arg(c, 2);
  if (!json::compile(c, path)) return;
  const bool legacy = store(c).path.legacy();
  if (json.root() == nullptr) return legacy ? c.reply.null() : c.reply.error(json::kNoKey);
  json::select(c, *json.root());
  const auto& matches = store(c).matches;
  if (legacy) {
    if (matches.empty()) return c.reply.error(json::kNoPath);
    return matches[0]->is_array() ? c.reply.integer(matches[0]->size())
                                  : c.reply.error(kNoArrayThere);
  }
  c.reply.array(matches.size());
  for (const JsonNode* match : matches) {
    match->is_array() ? c.reply.integer(match->size()) : c.reply.null();
  }
}
constexpr CommandSpec kJsonArrlen =
    json::reader("json.arrlen", -2, "key [path]",
                 "Answers how many items the JSON arrays at a path have.", json_arrlen);

// The first item of [start, stop) that equals the value; a stop of 0 is the end. -1: none.
int64_t index_of(const JsonNode& array, const JsonNode& value, int64_t start, int64_t stop) {
  const int64_t size = array.size();
  const int64_t from =
      start < 0 ? std::max<int64_t>(size + std::max(start, -size), 0) : std::min(start, size - 1);
  const int64_t to = stop == 0  ? size
                     : stop < 0 ? std::max<int64_t>(size + std::max(stop, -size), 0)
                                : std::min(stop, size);
  for (int64_t i = std::max<int64_t>(from, 0); i < to; i++) {
    if (equal(array.item(static_cast<uint32_t>(i)), value)) return i;
  }
  return -1;
}

void json_arrindex(Context& c) {
  if (c.argc() > 6) return c.reply.error(err::wrong_arity(c.command.full_name));
  int64_t start = 0, stop = 0;
  if ((c.argc() > 4 && !parse_int64(c.arg(4), &start)) ||
      (c.argc() > 5 && !parse_int64(c.arg(5), &stop))) {
    return c.reply.error(err::kNotInteger);
  }
  JsonView json;
  if (!find(c, c.key(1), &json)) return;
  JsonNode value;
  if (!json::parse(c, c.arg(3), &value)) return;
  if (json.root() == nullptr) {
    c.reply.error(json::kNoPath);
  } else if (json::compile(c, c.arg(2))) {
    json::select(c, *json.root());
    const auto& matches = store(c).matches;
    auto answer = [&](const JsonNode& array) {
      c.reply.integer(index_of(array, value, start, stop));
    };
    if (!store(c).path.legacy()) {
      c.reply.array(matches.size());
      for (const JsonNode* match : matches) match->is_array() ? answer(*match) : c.reply.null();
    } else if (matches.empty()) {
      c.reply.error(json::kNoPath);
    } else {
      matches[0]->is_array() ? answer(*matches[0]) : c.reply.error(json::kNoArray);
    }
  }
  json::discard(c, value);
}
constexpr CommandSpec kJsonArrindex =
    json::reader("json.arrindex", -4, "key path value [start:integer [stop:integer]]",
                 "Answers where a value is in the JSON arrays at a path.", json_arrindex);

constexpr const CommandSpec* kCommands[] = {&kJsonArrappend, &kJsonArrinsert, &kJsonArrtrim,
                                            &kJsonArrpop,    &kJsonArrlen,    &kJsonArrindex};

}  // namespace

std::span<const CommandSpec* const> json_array_commands() { return kCommands; }

}  // namespace redstart
