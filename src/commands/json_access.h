// What the files of the JSON family share.
//
// A "$" path is answered with an array, one element per match; an older path ("legacy") with what
// concerns its one value, bare. See types/json_path.h.
#pragma once

#include <string>
#include <string_view>

#include "base/ascii.h"
#include "commands/collection.h"
#include "types/json.h"

namespace redstart {

namespace event {
inline constexpr Event kJsonSet{EventClass::kModule, "json.set"};
inline constexpr Event kJsonMset{EventClass::kModule, "json.mset"};
inline constexpr Event kJsonMerge{EventClass::kModule, "json.merge"};
inline constexpr Event kJsonDel{EventClass::kModule, "json.del"};
inline constexpr Event kJsonNumincrby{EventClass::kModule, "json.numincrby"};
inline constexpr Event kJsonNummultby{EventClass::kModule, "json.nummultby"};
inline constexpr Event kJsonNumpowby{EventClass::kModule, "json.numpowby"};
inline constexpr Event kJsonToggle{EventClass::kModule, "json.toggle"};
inline constexpr Event kJsonStrappend{EventClass::kModule, "json.strappend"};
inline constexpr Event kJsonClear{EventClass::kModule, "json.clear"};
inline constexpr Event kJsonArrappend{EventClass::kModule, "json.arrappend"};
inline constexpr Event kJsonArrinsert{EventClass::kModule, "json.arrinsert"};
inline constexpr Event kJsonArrpop{EventClass::kModule, "json.arrpop"};
inline constexpr Event kJsonArrtrim{EventClass::kModule, "json.arrtrim"};
}  // namespace event

namespace json {

inline constexpr std::string_view kNoKey =
    "ERR could not perform this operation on a key that doesn't exist";
inline constexpr std::string_view kNoPath = "ERR Path does not exist";
inline constexpr std::string_view kNewBelowRoot = "ERR new objects must be created at the root";
inline constexpr std::string_view kTooDeep = "ERR recursion limit exceeded";
inline constexpr std::string_view kNoText = "WRONGTYPE wrong type of path value - expected string";
inline constexpr std::string_view kNoObject =
    "WRONGTYPE wrong type of path value - expected object";
inline constexpr std::string_view kNoArray = "WRONGTYPE wrong type of path value - expected array";

inline JsonStore& store(Context& c) { return *c.engine.type_env().json; }

// Upstash's ".." gives what is inside first.
inline JsonOrder order(const Context& c) {
  return c.session.dialect == Dialect::kUpstash ? JsonOrder::kInnerFirst : JsonOrder::kOuterFirst;
}

// RedisJSON has forms of their own for RESP3, not only other types.
inline bool in_resp3(const Context& c) { return c.reply.has_attributes(); }

// The path of the call, the root in the older form where it has none. False: answered.
bool compile(Context& c, std::string_view path);
inline std::string_view path_arg(const Context& c, size_t at) {
  return at < c.argc() ? c.arg(at) : std::string_view(".");
}
// False: no JSON, answered. The node is the caller's.
bool parse(Context& c, std::string_view text, JsonNode* node,
           JsonFloats floats = JsonFloats::kNone);

// The values that the compiled path selects, in store().matches.
void select(Context& c, const JsonNode& root);
// For a command that changes what a path selects, in store().places: opens nothing, finds the key
// (an error without it), compiles, selects. False: answered.
bool select_places(Context& c, Edit<Json>& json, std::string_view path);

// Gives a value back that has left its document, in slices if it is large.
void discard(Context& c, JsonNode value);

// As a bulk string of JSON text.
void answer_json(Context& c, const JsonNode& node);
// The text that was printed into store().text.
void answer_text(Context& c);

// With RESP3's own types: scalars as they are; objects and arrays as JSON text, or `deep`.
void answer_types(Context& c, const JsonNode& node, bool deep);

std::string_view type_name(const JsonNode& node);

constexpr CommandSpec reader(std::string_view name, int arity, std::string_view args,
                             std::string_view summary, Handler run) {
  return {.name = name,
          .arity = arity,
          .flags = kReadonly,
          .group = Group::kJson,
          .keys = one_key(kKeyRead),
          .args = args,
          .summary = summary,
          .complexity = "O(N) for a document of N values",
          .run = run};
}
constexpr CommandSpec writer(std::string_view name, int arity, std::string_view args,
                             std::string_view summary, Handler run, uint32_t flags = 0) {
  return {.name = name,
          .arity = arity,
          .flags = kWrite | flags,
          .group = Group::kJson,
          .keys = one_key(kKeyRw | kKeyAccess | kKeyUpdate),
          .args = args,
          .summary = summary,
          .complexity = "O(N) for a document of N values",
          .run = run};
}

}  // namespace json
}  // namespace redstart
