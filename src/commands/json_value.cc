// The JSON family, part 2: values of one type, and what is told about values.
#include "commands/families.h"
#include "commands/json_access.h"
#include "types/json_change.h"

namespace redstart {

namespace {

using json::store;

// ---- to read

// For each match of a "$" path: what it answers, or nothing for another type.
template <class Fits, class Answer>
void answer_each(Context& c, Fits&& fits, Answer&& answer) {
  c.reply.array(store(c).matches.size());
  for (const JsonNode* match : store(c).matches) fits(*match) ? answer(*match) : c.reply.null();
}

// Finds the key and what the path selects. Null: answered, an absent key as asked for.
const JsonNode* find_matches(Context& c, bool* legacy, std::string_view no_key_error) {
  JsonView json;
  if (!find(c, c.key(1), &json)) return nullptr;
  if (!json::compile(c, json::path_arg(c, 2))) return nullptr;
  *legacy = store(c).path.legacy();
  if (json.root() == nullptr) {
    *legacy || no_key_error.empty() ? c.reply.null() : c.reply.error(no_key_error);
    return nullptr;
  }
  json::select(c, *json.root());
  return json.root();
}

void json_type(Context& c) {
  JsonView json;
  if (!find(c, c.key(1), &json)) return;
  std::string error;
  const bool good = store(c).path.compile(json::path_arg(c, 2), store(c).names, &error);
  const bool legacy = store(c).path.legacy();
  if (!good && !legacy && json.root() != nullptr) return c.reply.error(error);
  if (json::in_resp3(c)) c.reply.array(1);
  if (json.root() == nullptr || !good) return c.reply.null();
  json::select(c, *json.root());
  if (legacy) {
    const auto& matches = store(c).matches;
    return matches.empty() ? c.reply.null() : c.reply.bulk(json::type_name(*matches[0]));
  }
  answer_each(
      c, [](const JsonNode&) { return true; },
      [&](const JsonNode& node) { c.reply.bulk(json::type_name(node)); });
}
constexpr CommandSpec kJsonType = json::reader(
    "json.type", -2, "key [path]", "Answers the types of the JSON values at a path.", json_type);

void json_strlen(Context& c) {
  bool legacy;
  if (find_matches(c, &legacy, json::kNoKey) == nullptr) return;
  auto length = [&](const JsonNode& node) {
    c.reply.integer(static_cast<int64_t>(node.text().size()));
  };
  if (!legacy)
    return answer_each(
        c, [](const JsonNode& n) { return n.is_text(); }, length);
  const auto& matches = store(c).matches;
  if (matches.empty()) return c.reply.error(json::kNoPath);
  matches[0]->is_text() ? length(*matches[0]) : c.reply.error(json::kNoText);
}
constexpr CommandSpec kJsonStrlen =
    json::reader("json.strlen", -2, "key [path]",
                 "Answers how many bytes the JSON strings at a path have.", json_strlen);

void json_objlen(Context& c) {
  bool legacy;
  if (find_matches(c, &legacy, "ERR Path does not exist or not an object") == nullptr) return;
  auto length = [&](const JsonNode& node) { c.reply.integer(node.size()); };
  if (!legacy)
    return answer_each(
        c, [](const JsonNode& n) { return n.is_object(); }, length);
  const auto& matches = store(c).matches;
  if (matches.empty()) return c.reply.null();
  matches[0]->is_object() ? length(*matches[0]) : c.reply.error(json::kNoObject);
}
constexpr CommandSpec kJsonObjlen =
    json::reader("json.objlen", -2, "key [path]",
                 "Answers how many members the JSON objects at a path have.", json_objlen);

void json_objkeys(Context& c) {
  bool legacy;
  if (find_matches(c, &legacy, json::kNoKey) == nullptr) return;
  auto names = [&](const JsonNode& node) {
    c.reply.array(node.size());
    for (uint32_t i = 0; i < node.size(); i++) c.reply.bulk(store(c).names.text(node.name(i)));
  };
  if (!legacy)
    return answer_each(
        c, [](const JsonNode& n) { return n.is_object(); }, names);
  const auto& matches = store(c).matches;
  if (matches.empty()) return c.reply.null();
  matches[0]->is_object() ? names(*matches[0])
                          : c.reply.error("ERR Path does not exist or not an object");
}
constexpr CommandSpec kJsonObjkeys =
    json::reader("json.objkeys", -2, "key [path]",
                 "Answers the names of the members of the JSON objects at a path.", json_objkeys);

// As Redis's own types: a container is an array that begins with its bracket.
void answer_resp(Context& c, const JsonNode& node) {
  switch (node.kind()) {
    case JsonNode::Kind::kNull:
      return c.reply.null();
    case JsonNode::Kind::kFalse:
      return c.reply.status("false");
    case JsonNode::Kind::kTrue:
      return c.reply.status("true");
    case JsonNode::Kind::kInt:
      return c.reply.integer(node.integer());
    case JsonNode::Kind::kNatural:
    case JsonNode::Kind::kReal:
      return c.reply.dbl(node.real());
    case JsonNode::Kind::kShortText:
    case JsonNode::Kind::kLongText:
      return c.reply.bulk(node.text());
    case JsonNode::Kind::kArray:
      c.reply.array(size_t{1} + node.size());
      c.reply.status("[");
      break;
    case JsonNode::Kind::kObject:
      c.reply.array(1 + size_t{2} * node.size());
      c.reply.status("{");
      break;
  }
  for (uint32_t i = 0; i < node.size(); i++) {
    if (node.is_object()) c.reply.bulk(store(c).names.text(node.name(i)));
    answer_resp(c, node.item(i));
  }
}

void json_resp(Context& c) {
  bool legacy;
  if (find_matches(c, &legacy, {}) == nullptr) return;
  const auto& matches = store(c).matches;
  if (legacy) {
    return matches.empty() ? c.reply.error(json::kNoPath) : answer_resp(c, *matches[0]);
  }
  answer_each(
      c, [](const JsonNode&) { return true; }, [&](const JsonNode& node) { answer_resp(c, node); });
}
constexpr CommandSpec kJsonResp =
    json::reader("json.resp", -2, "key [path]",
                 "Answers the JSON values at a path in the types of RESP.", json_resp);

// ---- to change

// A change of each match that fits: answers what it became. Nothing is committed when nothing fits.
struct Outcome {
  bool fits;
  int64_t value;
};

std::vector<Outcome> change_each(Context& c, Edit<Json>& json, const Event& event, auto&& change) {
  const JsonPlaces& places = store(c).places;
  std::vector<Outcome> outcomes(places.size());
  bool changed = false;
  for (size_t i = 0; i < places.size(); i++) {
    JsonNode* node = follow_json(json->root(), places[i]);
    outcomes[i].fits = node != nullptr && change(node, &outcomes[i].value);
    changed |= outcomes[i].fits;
  }
  if (changed) json.commit(event);
  return outcomes;
}

// The last one that fitted; null if none did.
const Outcome* last_fitting(const std::vector<Outcome>& outcomes) {
  for (size_t i = outcomes.size(); i-- > 0;) {
    if (outcomes[i].fits) return &outcomes[i];
  }
  return nullptr;
}

void answer_outcomes(Context& c, const std::vector<Outcome>& outcomes) {
  c.reply.array(outcomes.size());
  for (const Outcome& outcome : outcomes) {
    outcome.fits ? c.reply.integer(outcome.value) : c.reply.null();
  }
}

void json_toggle(Context& c) {
  Edit<Json> json(c, c.key(1));
  if (!json || !json::select_places(c, json, c.arg(2))) return;
  auto outcomes = change_each(c, json, event::kJsonToggle, [](JsonNode* node, int64_t* value) {
    if (!node->is_bool()) return false;
    *node = JsonNode::of(!node->boolean());
    *value = node->boolean();
    return true;
  });
  if (!store(c).path.legacy()) return answer_outcomes(c, outcomes);
  const Outcome* last = last_fitting(outcomes);
  if (last == nullptr) return c.reply.error("ERR Path does not exist or not a bool");
  c.reply.bulk(last->value != 0 ? "true" : "false");
}
constexpr CommandSpec kJsonToggle = json::writer(
    "json.toggle", 3, "key path", "Turns the JSON booleans at a path around.", json_toggle);

void json_strappend(Context& c) {
  if (c.argc() > 4) return c.reply.error(err::wrong_arity(c.command.full_name));
  Edit<Json> json(c, c.key(1));
  if (!json || !json::select_places(c, json, c.argc() == 4 ? c.arg(2) : ".")) return;
  const JsonPlaces& places = store(c).places;
  bool any = false;
  for (size_t i = 0; i < places.size(); i++) any |= follow_json(json->root(), places[i])->is_text();
  JsonNode more;
  if (any && !json::parse(c, c.arg(c.argc() - 1), &more)) return;
  if (any && !more.is_text()) {
    json::discard(c, more);
    return c.reply.error(json::kNoText);
  }
  auto outcomes = change_each(c, json, event::kJsonStrappend, [&](JsonNode* node, int64_t* size) {
    if (!node->is_text()) return false;
    node->append(store(c).heap, more.text());
    *size = static_cast<int64_t>(node->text().size());
    return true;
  });
  json::discard(c, more);
  if (!store(c).path.legacy()) return answer_outcomes(c, outcomes);
  const Outcome* last = last_fitting(outcomes);
  last != nullptr ? c.reply.integer(last->value)
                  : c.reply.error("ERR Path does not exist or not a string");
}
constexpr CommandSpec kJsonStrappend =
    json::writer("json.strappend", -3, "key [path] value", "Appends to the JSON strings at a path.",
                 json_strappend, kDenyOom);

// ---- numbers

// Either all numbers of the path are changed or none. False: answered.
bool calculate_all(Context& c, JsonNode* root, JsonArithmetic operation, const JsonNode& operand) {
  const JsonPlaces& places = store(c).places;
  std::vector<JsonNode>& before = store(c).before;
  std::vector<JsonNode>& results = store(c).results;
  before.clear();
  results.clear();
  std::string_view error;
  for (size_t i = 0; i < places.size(); i++) {
    JsonNode* node = follow_json(root, places[i]);
    before.push_back(node->is_number() ? *node : JsonNode());
    results.push_back(JsonNode());
    if (!node->is_number()) continue;
    if (!calculate_json(operation, *node, operand, &results.back(), &error)) break;
    *node = results.back();
  }
  if (error.empty()) return true;
  for (size_t i = before.size() - 1; i-- > 0;) {
    if (before[i].is_number()) *follow_json(root, places[i]) = before[i];
  }
  c.reply.error(error);
  return false;
}

void answer_numbers(Context& c, const std::vector<JsonNode>& results) {
  if (json::in_resp3(c)) {
    c.reply.array(results.size());
    for (const JsonNode& result : results) {
      if (result.is_null()) {
        c.reply.null();
      } else if (result.kind() == JsonNode::Kind::kInt) {
        c.reply.integer(result.integer());
      } else {
        c.reply.dbl(result.real());
      }
    }
    return;
  }
  if (store(c).path.legacy()) {
    for (size_t i = results.size(); i-- > 0;) {
      if (results[i].is_number()) return json::answer_json(c, results[i]);
    }
    return c.reply.error("ERR Path does not exist or does not contains a number");
  }
  JsonPrinter printer(store(c).names, &store(c).text);
  printer.begin('[');
  for (const JsonNode& result : results) {
    printer.next();
    printer.node(result);
  }
  printer.end(']');
  json::answer_text(c);
}

void change_numbers(Context& c, JsonArithmetic operation, const Event& event) {
  Edit<Json> json(c, c.key(1));
  if (!json || !json::select_places(c, json, c.arg(2))) return;
  JsonNode operand;
  if (!json::parse(c, c.arg(3), &operand)) return;
  if (!operand.is_number()) {
    json::discard(c, operand);
    return c.reply.error("ERR bad input number");
  }
  if (!calculate_all(c, json->root(), operation, operand)) return;
  for (const JsonNode& result : store(c).results) {
    if (result.is_null()) continue;
    json.commit(event);
    break;
  }
  answer_numbers(c, store(c).results);
}

void json_numincrby(Context& c) { change_numbers(c, JsonArithmetic::kAdd, event::kJsonNumincrby); }
constexpr CommandSpec kJsonNumincrby =
    json::writer("json.numincrby", 4, "key path value:double",
                 "Adds to the JSON numbers at a path.", json_numincrby);

void json_nummultby(Context& c) {
  change_numbers(c, JsonArithmetic::kMultiply, event::kJsonNummultby);
}
constexpr CommandSpec kJsonNummultby =
    json::writer("json.nummultby", 4, "key path value:double",
                 "Multiplies the JSON numbers at a path.", json_nummultby);

void json_numpowby(Context& c) { change_numbers(c, JsonArithmetic::kPower, event::kJsonNumpowby); }
constexpr CommandSpec kJsonNumpowby =
    json::writer("json.numpowby", 4, "key path value:double",
                 "Raises the JSON numbers at a path to a power.", json_numpowby);

void json_clear(Context& c) {
  if (c.argc() > 3) return c.reply.error(err::wrong_arity(c.command.full_name));
  Edit<Json> json(c, c.key(1));
  if (!json || !json::select_places(c, json, json::path_arg(c, 2))) return;
  // A value inside one that has been cleared is gone: what is around counts, in either dialect.
  int64_t cleared = 0;
  for (uint32_t i : outermost(store(c).places, *json->root())) {
    JsonNode* node = follow_json(json->root(), store(c).places[i]);
    JsonNode none = node->is_array()    ? JsonNode::empty_array()
                    : node->is_object() ? JsonNode::empty_object()
                                        : JsonNode::of(int64_t{0});
    const bool full =
        node->is_container() ? node->size() > 0 : node->is_number() && node->real() != 0;
    if (!full) continue;
    json::discard(c, *node);
    *node = none;
    cleared++;
  }
  if (cleared > 0) json.commit(event::kJsonClear);
  c.reply.integer(cleared);
}
constexpr CommandSpec kJsonClear =
    json::writer("json.clear", -2, "key [path]",
                 "Empties the JSON containers and zeroes the numbers at a path.", json_clear);

// ---- JSON.DEBUG

// What a value takes, itself included.
int64_t memory_of(const JsonNode& node) {
  size_t all = SIZE_MAX;
  return static_cast<int64_t>(sizeof(JsonNode) + node.weigh(&all));
}

void debug_memory(Context& c) {
  if (c.argc() < 3 || c.argc() > 4) return c.reply.error(err::wrong_arity(c.command.full_name));
  JsonView json;
  if (!find(c, c.key(2), &json)) return;
  if (!json::compile(c, json::path_arg(c, 3))) return;
  const bool legacy = store(c).path.legacy();
  if (json.root() == nullptr) return legacy ? c.reply.integer(0) : c.reply.array(0);
  json::select(c, *json.root());
  const auto& matches = store(c).matches;
  if (legacy) {
    return matches.empty() ? c.reply.error(json::kNoPath) : c.reply.integer(memory_of(*matches[0]));
  }
  answer_each(
      c, [](const JsonNode&) { return true; },
      [&](const JsonNode& node) { c.reply.integer(memory_of(node)); });
}

void json_debug(Context& c) {
  if (equals_fold(c.arg(1), "MEMORY")) return debug_memory(c);
  if (!equals_fold(c.arg(1), "HELP")) {
    return c.reply.error("ERR unknown subcommand - try `JSON.DEBUG HELP`");
  }
  c.reply.array(2);
  c.reply.bulk("MEMORY <key> [path] - reports memory usage");
  c.reply.bulk("HELP                - this message");
}
constexpr CommandSpec kJsonDebug = {.name = "json.debug",
                                    .arity = -2,
                                    .flags = kReadonly,
                                    .group = Group::kJson,
                                    .keys = {.items = {{.flags = kKeyRead,
                                                        .begin = KeySpec::Begin::kKeyword,
                                                        .index = 1,
                                                        .keyword = "MEMORY"}},
                                             .count = 1},
                                    .args = "(MEMORY key [path])|HELP",
                                    .summary = "Tells how JSON values are kept.",
                                    .complexity = "O(N) for a document of N values",
                                    .run = json_debug};

constexpr const CommandSpec* kCommands[] = {
    &kJsonType,      &kJsonStrlen,    &kJsonObjlen,    &kJsonObjkeys,  &kJsonResp,  &kJsonToggle,
    &kJsonStrappend, &kJsonNumincrby, &kJsonNummultby, &kJsonNumpowby, &kJsonClear, &kJsonDebug};

}  // namespace

std::span<const CommandSpec* const> json_value_commands() { return kCommands; }

}  // namespace redstart
