// The JSON family, part 1: whole values in and out.
#include <algorithm>
#include <utility>

#include "commands/families.h"
#include "commands/json_access.h"
#include "types/json_change.h"

namespace redstart {

namespace {

using json::store;

// ---- JSON.SET and its like: where a value goes

// What a path asks for in a document that is there: existing places, or one new member. Its name
// is held from the start, so that no name is new once changes begin and numbers in places stay what
// they are.
class Target {
 public:
  // Borrows the memory for places that is kept from one command to the next, where it is there.
  explicit Target(JsonStore& store) : places(std::move(store.places)), store_(store) {}
  ~Target() {
    if (adds()) store_.names.let_go(name_);
    if (!moved_) store_.places = std::move(places);
  }
  Target(Target&& other) noexcept : places(std::move(other.places)), store_(other.store_) {
    std::swap(name_, other.name_);
    other.moved_ = true;
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  // A member of places[0], not the places themselves.
  bool adds() const { return name_ != JsonNames::kNone; }
  void add(std::string_view name) { name_ = store_.names.hold(name); }
  uint32_t name() const { return name_; }

  JsonPlaces places;

 private:
  JsonStore& store_;
  uint32_t name_ = JsonNames::kNone;
  bool moved_ = false;
};

enum class Condition : uint8_t { kNone, kNew, kExisting };

// The member that a path names at its end, of the object that the rest of it leads to.
bool find_new_member(Context& c, const JsonNode& root, Target* target) {
  const JsonPath& path = store(c).path;
  if (!path.is_static()) {
    c.reply.error("Err wrong static path");
    return false;
  }
  if (path.is_root()) {
    c.reply.error("Err path must end with object key to set");
    return false;
  }
  const JsonPath::Step last = path.step(path.end() - 1);
  if (last.kind == JsonPath::StepKind::kName) {
    target->add(path.name(last.from).text);
    select_json_places(path, path.end() - 1, root, JsonOrder::kOuterFirst, &target->places);
    return true;
  }
  select_json_places(path, path.end(), root, JsonOrder::kOuterFirst, &target->places);
  if (target->places.size() == 0) {
    c.reply.error("ERR array index out of range");
    return false;
  }
  target->places.clear();  // it is there: nothing new
  return true;
}

// For the compiled path. False: answered. What is selected does not depend on the order of "..".
bool find_target(Context& c, const JsonNode& root, Condition condition, Target* target) {
  const JsonPath& path = store(c).path;
  if (condition != Condition::kNew) {
    select_json_places(path, path.end(), root, JsonOrder::kOuterFirst, &target->places);
    if (target->places.size() > 0 || condition == Condition::kExisting) return true;
  }
  return find_new_member(c, root, target);
}

struct Updated {
  bool any = false;
  bool all = true;
  void note(bool one) {
    any |= one;
    all &= one;
  }
};

// Both adopt the value if they answer true.
bool set_at(Context& c, JsonNode* root, std::span<const uint32_t> place, JsonNode value) {
  JsonNode* node = follow_json(root, place);
  if (node == nullptr || !fits_depth(place.size(), value)) return false;
  json::discard(c, *node);
  *node = value;
  return true;
}

bool add_at(Context& c, JsonNode* root, std::span<const uint32_t> place, uint32_t name,
            JsonNode value) {
  JsonNode* object = follow_json(root, place);
  if (object == nullptr || !object->is_object() || object->find(name) != nullptr) return false;
  if (!fits_depth(place.size() + 1, value)) return false;
  store(c).names.hold_again(name);
  object->add(store(c).heap, name, value);
  return true;
}

// Adopts the value: the last place gets it, those before it get copies.
Updated update(Context& c, JsonNode* root, const Target& target, JsonNode value) {
  Updated updated;
  static constexpr uint32_t kFirst[] = {0};
  std::span<const uint32_t> order(kFirst, target.places.size() > 0 ? 1 : 0);
  std::vector<uint32_t> several;
  if (target.places.size() > 1) order = several = outermost(target.places, *root);
  updated.all = !order.empty();
  for (size_t i = 0; i < order.size(); i++) {
    const bool last = i + 1 == order.size();
    JsonNode one = last ? value : value.copy(store(c).heap);
    if (last) value = JsonNode();
    const auto place = target.places[order[i]];
    const bool done =
        target.adds() ? add_at(c, root, place, target.name(), one) : set_at(c, root, place, one);
    if (!done) json::discard(c, one);
    updated.note(done);
  }
  json::discard(c, value);
  return updated;
}

// The whole document. Adopts the value.
void set_root(Context& c, Edit<Json>& json, JsonNode value) {
  if (!json.exists()) return json->create(value);
  const JsonNode old = *json->root();
  *json->root() = value;
  json::discard(c, old);
}

// FORMAT STRING or JSON, which are the same. False: answered.
bool read_format(Context& c, size_t* at) {
  if (++*at == c.argc()) {
    c.reply.error(err::wrong_arity(c.command.full_name));
    return false;
  }
  const std::string_view format = c.arg(*at);
  if (format == "STRING" || format == "JSON") return true;
  c.reply.error(format == "BSON" ? "ERR the format BSON is not supported" : "ERR wrong format");
  return false;
}

bool read_set_options(Context& c, Condition* condition, JsonFloats* floats) {
  for (size_t i = 4; i < c.argc(); i++) {
    const std::string_view word = c.arg(i);
    if (equals_fold(word, "NX") && *condition == Condition::kNone) {
      *condition = Condition::kNew;
    } else if (equals_fold(word, "XX") && *condition == Condition::kNone) {
      *condition = Condition::kExisting;
    } else if (equals_fold(word, "FORMAT")) {
      if (!read_format(c, &i)) return false;
    } else if (equals_fold(word, "FPHA")) {
      if (++i == c.argc()) {
        c.reply.error(err::wrong_arity(c.command.full_name));
        return false;
      }
      *floats = json_floats(c.arg(i));
      if (*floats == JsonFloats::kNone) {
        c.reply.error("ERR invalid FPHA type");
        return false;
      }
    } else {
      c.reply.error(err::kSyntax);
      return false;
    }
  }
  return true;
}

bool is_root_path(std::string_view path) { return path == "$" || path == "."; }

void json_set(Context& c) {
  Condition condition = Condition::kNone;
  JsonFloats floats = JsonFloats::kNone;
  if (!read_set_options(c, &condition, &floats)) return;
  Edit<Json> json(c, c.key(1));
  if (!json) return;
  JsonNode value;
  if (!json::parse(c, c.arg(3), &value, floats)) return;
  if (is_root_path(c.arg(2))) {
    if (json.exists() ? condition == Condition::kNew : condition == Condition::kExisting) {
      value.release(store(c).heap);
      return c.reply.null();
    }
    set_root(c, json, value);
    json.commit(event::kJsonSet);
    return c.reply.ok();
  }
  Target target(store(c));
  if (!json.exists()) {
    condition == Condition::kExisting ? c.reply.null() : c.reply.error(json::kNewBelowRoot);
  } else if (json::compile(c, c.arg(2)) && find_target(c, *json->root(), condition, &target)) {
    const Updated updated = update(c, json->root(), target, value);
    if (updated.any) json.commit(event::kJsonSet);
    if (updated.all) return c.reply.ok();
    const bool no_parent = target.adds() && target.places.size() == 0;
    return no_parent && c.session.dialect == Dialect::kUpstash
               ? c.reply.error("ERR missing key at non-terminal path level")
               : c.reply.null();
  }
  json::discard(c, value);
}
constexpr CommandSpec kJsonSet = json::writer(
    "json.set", -4,
    "key path value [NX|XX] [FPHA fpha-type=(BF16|FP16|FP32|FP64)] [FORMAT format=(STRING|JSON)]",
    "Sets the JSON value at a path.", json_set, kDenyOom);

// ---- JSON.MSET

struct Setting {
  explicit Setting(JsonStore& store) : target(store) {}

  Target target;
  JsonNode value = {};
  bool root = false;
};

// Everything is looked at before anything is changed. False: answered.
bool prepare(Context& c, size_t at, Setting* setting) {
  JsonView json;
  if (!find(c, c.key(at), &json)) return false;
  setting->root = is_root_path(c.arg(at + 1));
  if (!setting->root) {
    if (json.root() == nullptr) {
      c.reply.error(json::kNewBelowRoot);
      return false;
    }
    if (!json::compile(c, c.arg(at + 1))) return false;
    if (!find_target(c, *json.root(), Condition::kNone, &setting->target)) return false;
  }
  return json::parse(c, c.arg(at + 2), &setting->value);
}

void json_mset(Context& c) {
  if (c.argc() % 3 != 1) return c.reply.error(err::wrong_arity(c.command.full_name));
  std::vector<Setting> settings;
  bool good = true;
  for (size_t at = 1; at < c.argc() && good; at += 3) {
    good = prepare(c, at, &settings.emplace_back(store(c)));
  }
  bool all = true;
  for (size_t i = 0; i < settings.size(); i++) {
    Setting& setting = settings[i];
    if (good) {
      Edit<Json> json(c, c.key(1 + 3 * i));
      const JsonNode value = std::exchange(setting.value, JsonNode());
      if (setting.root) {
        set_root(c, json, value);
        json.commit(event::kJsonMset);
      } else {
        const Updated updated = update(c, json->root(), setting.target, value);
        if (updated.any) json.commit(event::kJsonMset);
        all &= updated.all;
      }
    }
    json::discard(c, setting.value);
  }
  if (good) all ? c.reply.ok() : c.reply.null();
}
constexpr CommandSpec kJsonMset = {.name = "json.mset",
                                   .arity = -4,
                                   .flags = kWrite | kDenyOom,
                                   .group = Group::kJson,
                                   .keys = key_range(kKeyRw | kKeyUpdate, 1, -3, 3),
                                   .args = "triplet=(key path value)+",
                                   .summary = "Sets JSON values at paths of several keys.",
                                   .since = "2.6.0",
                                   .complexity = "O(N) for documents of N values",
                                   .run = json_mset};

// ---- JSON.MERGE

void merge_places(Context& c, Edit<Json>& json, const Target& target, const JsonNode& patch) {
  bool any = false;
  std::vector<JsonNode> removed;
  for (size_t i = 0; i < target.places.size(); i++) {
    const auto place = target.places[i];
    if (target.adds()) {
      JsonNode value = patch.copy(store(c).heap);
      const bool added = add_at(c, json->root(), place, target.name(), value);
      if (!added) json::discard(c, value);
      any |= added;
    } else if (JsonNode* node = follow_json(json->root(), place)) {
      any |= merge_json(store(c).heap, node, patch, place.size(), &removed);
    }
  }
  for (JsonNode value : removed) json::discard(c, value);
  if (!any) return c.reply.null();
  json.commit(event::kJsonMerge);
  c.reply.ok();
}

void json_merge(Context& c) {
  for (size_t i = 4; i < c.argc(); i++) {
    if (!equals_fold(c.arg(i), "FORMAT")) return c.reply.error(err::kSyntax);
    if (!read_format(c, &i)) return;
  }
  Edit<Json> json(c, c.key(1));
  if (!json) return;
  JsonNode patch;
  if (!json::parse(c, c.arg(3), &patch)) return;
  if (!json.exists()) {
    if (!is_root_path(c.arg(2))) {
      c.reply.error(json::kNewBelowRoot);
      return json::discard(c, patch);
    }
    json->create(patch);
    json.commit(event::kJsonMerge);
    return c.reply.ok();
  }
  // Not by the dialect's order: it would show in the result.
  Target target(store(c));
  if (json::compile(c, c.arg(2)) && find_target(c, *json->root(), Condition::kNone, &target)) {
    merge_places(c, json, target, patch);
  }
  json::discard(c, patch);
}
constexpr CommandSpec kJsonMerge =
    json::writer("json.merge", -4, "key path value [FORMAT format=(STRING|JSON)]",
                 "Merges a JSON value into those at a path.", json_merge, kDenyOom);

// ---- JSON.DEL

void json_del(Context& c) {
  if (c.argc() > 3) return c.reply.error(err::wrong_arity(c.command.full_name));
  const std::string_view path = json::path_arg(c, 2);
  Edit<Json> json(c, c.key(1));
  if (!json) return;
  if (!json.exists()) return c.reply.integer(0);
  if (is_root_path(path)) {
    json.erase(event::kJsonDel);
    return c.reply.integer(1);
  }
  if (!json::select_places(c, json, path)) return;
  const JsonPlaces& places = store(c).places;
  std::vector<JsonNode> removed;
  remove_json(store(c).heap, json->root(), places, outermost(places, *json->root()), &removed);
  for (JsonNode value : removed) json::discard(c, value);
  const auto deleted = static_cast<int64_t>(removed.size());
  // Who deletes the last that there is deletes the key.
  if (deleted > 0 && json->root()->size() == 0) {
    json.erase(event::kJsonDel);
  } else if (deleted > 0) {
    json.commit(event::kJsonDel);
  }
  c.reply.integer(deleted);
}
constexpr CommandSpec kJsonDel =
    json::writer("json.del", -2, "key [path]", "Deletes the JSON values at a path.", json_del);
constexpr CommandSpec kJsonForget =
    json::writer("json.forget", -2, "key [path]", "Deletes the JSON values at a path.", json_del);

// ---- JSON.GET

enum class Form : uint8_t { kText, kTypes, kTypesDeep };

struct GetArgs {
  explicit GetArgs(std::vector<std::string_view>& paths) : paths(paths) { paths.clear(); }

  JsonLayout layout;
  Form form = Form::kText;
  std::vector<std::string_view>& paths;
  bool legacy = true;  // all of them
};

// EXPAND1 and EXPAND have no meaning in RESP2.
std::string_view read_form(std::string_view word, bool in_resp3, Form* form) {
  if (word == "EXPAND1") {
    *form = Form::kTypes;
  } else if (word == "EXPAND") {
    *form = Form::kTypesDeep;
  } else if (word != "STRING") {
    return "ERR wrong reply format";
  }
  if (!in_resp3) *form = Form::kText;
  return {};
}

bool read_get(Context& c, GetArgs* args) {
  for (size_t i = 2; i < c.argc(); i++) {
    const std::string_view word = c.arg(i);
    std::string_view* text = equals_fold(word, "INDENT")    ? &args->layout.indent
                             : equals_fold(word, "NEWLINE") ? &args->layout.newline
                             : equals_fold(word, "SPACE")   ? &args->layout.space
                                                            : nullptr;
    const bool form = text == nullptr && equals_fold(word, "FORMAT");
    if (form && !json::in_resp3(c) && args->paths.empty()) {
      c.reply.error("ERR FORMAT argument is not supported on RESP2");
      return false;
    }
    if (text == nullptr && !form) {
      if (equals_fold(word, "NOESCAPE")) continue;  // of RedisJSON 1
      args->paths.push_back(word);
      args->legacy &= JsonPath::is_legacy(word);
      continue;
    }
    if (++i == c.argc()) {
      c.reply.error(err::wrong_arity(c.command.full_name));
      return false;
    }
    if (!form) {
      *text = c.arg(i);
    } else if (auto bad = read_form(c.arg(i), json::in_resp3(c), &args->form); !bad.empty()) {
      c.reply.error(bad);
      return false;
    }
  }
  if (args->paths.empty()) args->paths.push_back(".");
  return true;
}

void print_matches(const std::vector<const JsonNode*>& matches, JsonPrinter* printer) {
  printer->begin('[');
  for (const JsonNode* match : matches) {
    printer->next();
    printer->node(*match);
  }
  printer->end(']');
}

// One path: its matches as an array, or its value.
void get_one(Context& c, const JsonNode& root, const GetArgs& args) {
  if (!json::compile(c, args.paths[0])) return;
  json::select(c, root);
  const auto& matches = store(c).matches;
  JsonPrinter printer(store(c).names, &store(c).text, args.layout);
  if (!args.legacy) {
    print_matches(matches, &printer);
  } else if (!matches.empty()) {
    printer.node(*matches[0]);
  } else {
    return c.reply.error(json::kNoPath);
  }
  json::answer_text(c);
}

// Several: an object of paths. One that cannot be read is left out.
void get_several(Context& c, const JsonNode& root, const GetArgs& args) {
  JsonPrinter printer(store(c).names, &store(c).text, args.layout);
  printer.begin('{');
  std::string error;
  for (size_t i = 0; i < args.paths.size(); i++) {
    const std::string_view path = args.paths[i];
    const auto here = args.paths.begin() + static_cast<ptrdiff_t>(i);
    if (std::find(args.paths.begin(), here, path) != here) continue;
    if (!store(c).path.compile(path, store(c).names, &error)) continue;
    json::select(c, root);
    const auto& matches = store(c).matches;
    if (args.legacy && matches.empty()) {
      store(c).text.clear();
      return c.reply.error(json::kNoPath);
    }
    printer.member(path);
    args.legacy ? printer.node(*matches[0]) : print_matches(matches, &printer);
  }
  printer.end('}');
  json::answer_text(c);
}

// An array per path, whichever kind it is. All paths are read before the answer begins.
void get_types(Context& c, const JsonNode& root, const GetArgs& args) {
  for (std::string_view path : args.paths) {
    if (!json::compile(c, path)) return;
  }
  c.reply.array(args.paths.size());
  std::string error;
  for (std::string_view path : args.paths) {
    store(c).path.compile(path, store(c).names, &error);
    json::select(c, root);
    c.reply.array(store(c).matches.size());
    for (const JsonNode* match : store(c).matches)
      json::answer_types(c, *match, args.form == Form::kTypesDeep);
  }
}

void json_get(Context& c) {
  GetArgs args(store(c).words);
  if (!read_get(c, &args)) return;
  JsonView json;
  if (!find(c, c.key(1), &json)) return;
  if (json.root() == nullptr) return c.reply.null();
  if (args.form != Form::kText) return get_types(c, *json.root(), args);
  args.paths.size() == 1 ? get_one(c, *json.root(), args) : get_several(c, *json.root(), args);
}
constexpr CommandSpec kJsonGet = json::reader("json.get", -2,
                                              "key [INDENT indent] [NEWLINE newline] [SPACE space] "
                                              "[FORMAT format=(STRING|EXPAND1|EXPAND)] [path]+",
                                              "Answers the JSON values at paths.", json_get);

// ---- JSON.MGET

void json_mget(Context& c) {
  const std::string_view path = c.arg(c.argc() - 1);
  std::string error;
  const bool good = store(c).path.compile(path, store(c).names, &error);
  c.reply.array(c.argc() - 2);
  for (size_t i = 1; i + 1 < c.argc(); i++) {
    const Entry* entry = c.keys.find(c.key(i));
    if (!good || entry == nullptr || entry->type() != Json::kType) {
      c.reply.null();
      continue;
    }
    const JsonView json(c.engine.type_env(), held_by(*entry));
    // Members that no document had when the path was compiled are in this one neither.
    json::select(c, *json.root());
    const auto& matches = store(c).matches;
    JsonPrinter printer(store(c).names, &store(c).text);
    if (!store(c).path.legacy()) {
      print_matches(matches, &printer);
    } else if (!matches.empty()) {
      printer.node(*matches[0]);
    } else {
      c.reply.null();
      continue;
    }
    json::answer_text(c);
  }
}
constexpr CommandSpec kJsonMget = {.name = "json.mget",
                                   .arity = -3,
                                   .flags = kReadonly,
                                   .group = Group::kJson,
                                   .keys = key_range(kKeyRead, 1, -2, 1),
                                   .args = "key+ path",
                                   .summary = "Answers the JSON values at a path of several keys.",
                                   .complexity = "O(N) for documents of N values",
                                   .run = json_mget};

constexpr const CommandSpec* kCommands[] = {&kJsonSet,    &kJsonMset, &kJsonMerge, &kJsonDel,
                                            &kJsonForget, &kJsonGet,  &kJsonMget};

}  // namespace

std::span<const CommandSpec* const> json_commands() { return kCommands; }

}  // namespace redstart
