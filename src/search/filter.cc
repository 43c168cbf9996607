#include "search/filter.h"

#include <utility>

#include "search/field_filter.h"
#include "types/json_build.h"
#include "types/json_names.h"
#include "types/json_reader.h"

namespace redstart::search {

namespace {

using Kind = Clause::Kind;

// Clauses that stand for many terms, each of which takes a bit for every document.
constexpr size_t kWideClausesMax = 1024;

ClausePtr make(Kind kind) { return std::make_unique<Clause>(kind); }

size_t wide_clauses(const Clause& clause) {
  size_t count = clause.kind == Kind::kFuzzy || clause.kind == Kind::kPattern ||
                 clause.kind == Kind::kTermRange || clause.kind == Kind::kFacet || clause.prefix;
  for (const auto* parts : {&clause.all, &clause.any, &clause.none}) {
    for (const ClausePtr& part : *parts) count += wide_clauses(*part);
  }
  return count;
}

// A node that goes with its scope.
class ReadJson {
 public:
  explicit ReadJson(JsonHeap heap) : heap_(heap) {}
  ~ReadJson() { node_.release(heap_); }

  bool read(std::string_view text, std::string* error) {
    JsonBuilder builder(heap_);
    if (!read_json(text, &builder, error)) return false;
    node_ = builder.finish();
    return true;
  }
  const JsonNode& node() const { return node_; }

 private:
  JsonHeap heap_;
  JsonNode node_;
};

class FilterParser {
 public:
  FilterParser(const Schema& schema, Analyzer* analyzer, const JsonNames& names, std::string* error)
      : schema_(schema), analyzer_(analyzer), names_(names), error_(*error) {}

  // Null: there is an error (so below).
  ClausePtr filter(const JsonNode& node) {
    if (!node.is_object()) return fail("ERR A filter must be a JSON object");
    return members(node, 0, node.size());
  }

 private:
  ClausePtr fail(std::string text) {
    error_ = std::move(text);
    return nullptr;
  }

  // All of these members of a filter.
  ClausePtr members(const JsonNode& node, uint32_t begin, uint32_t end) {
    ClausePtr group = make(Kind::kGroup);
    bool has_should = false;
    for (uint32_t i = begin; i < end; i++) {
      const std::string_view name = names_.text(node.name(i));
      if (!member(name, node.item(i), group.get())) return nullptr;
      has_should |= name == "$should";
    }
    if (!group->all.empty()) return group;
    group->needs_any = has_should;
    if (!has_should) {
      // Nothing but $mustNot finds nothing, nothing at all everything.
      group->all.push_back(make(group->none.empty() ? Kind::kAll : Kind::kNone));
    }
    return group;
  }

  bool member(std::string_view name, const JsonNode& value, Clause* group) {
    if (name == "$must" || name == "$and") return filters(name, value, &group->all);
    if (name == "$should") return conditions(name, value, &group->any);
    if (name == "$mustNot") return conditions(name, value, &group->none);
    if (name == "$or") {
      ClausePtr either = make(Kind::kGroup);
      either->needs_any = true;
      if (!conditions(name, value, &either->any)) return false;
      group->all.push_back(std::move(either));
      return true;
    }
    if (name == "$boost") return read_boost(value, &group->boost);
    if (needs_embeddings(name, &error_)) return false;
    if (name.starts_with('$')) {
      return fail("ERR Unknown operator: " + std::string(name)) != nullptr;
    }
    ClausePtr clause = field(name, value);
    if (clause == nullptr) return false;
    group->all.push_back(std::move(clause));
    return true;
  }

  bool read_boost(const JsonNode& value, double* boost) {
    if (!value.is_number()) return fail("ERR $boost must be a number") != nullptr;
    *boost = value.real();
    return true;
  }

  // As filters(), but of an object each member is a condition of its own; its $boost is of all.
  bool conditions(std::string_view name, const JsonNode& value, std::vector<ClausePtr>* clauses) {
    if (!value.is_object()) return filters(name, value, clauses);
    double boost = 1;
    for (uint32_t i = 0; i < value.size(); i++) {
      if (names_.text(value.name(i)) == "$boost") {
        if (!read_boost(value.item(i), &boost)) return false;
        continue;
      }
      ClausePtr clause = members(value, i, i + 1);
      if (clause == nullptr) return false;
      clauses->push_back(std::move(clause));
    }
    for (const ClausePtr& clause : *clauses) clause->boost *= boost;
    return true;
  }

  bool filters(std::string_view name, const JsonNode& value, std::vector<ClausePtr>* clauses) {
    if (!value.is_array() && !value.is_object()) {
      fail("ERR " + std::string(name) + " must be a filter or an array of filters");
      return false;
    }
    const uint32_t count = value.is_array() ? value.size() : 1;
    for (uint32_t i = 0; i < count; i++) {
      ClausePtr clause = filter(value.is_array() ? value.item(i) : value);
      if (clause == nullptr) return false;
      clauses->push_back(std::move(clause));
    }
    return true;
  }

  ClausePtr field(std::string_view name, const JsonNode& value) {
    const FieldNumber number = schema_.find(name);
    if (number == kNoField) return fail("ERR Unknown field: " + std::string(name));
    return parse_field_filter(number, schema_.field(number), value, names_, analyzer_, &error_);
  }

  const Schema& schema_;
  Analyzer* const analyzer_;
  const JsonNames& names_;
  std::string& error_;
};

}  // namespace

ClausePtr parse_filter(std::string_view text, const Schema& schema, Analyzer* analyzer,
                       JsonHeap heap, std::string* error) {
  ReadJson json(heap);
  if (!json.read(text, error)) {
    *error = "ERR The filter is not valid JSON: " + *error;
    return nullptr;
  }
  ClausePtr root = FilterParser(schema, analyzer, heap.names, error).filter(json.node());
  if (root != nullptr && wide_clauses(*root) > kWideClausesMax) {
    *error = "ERR The filter has more than " + std::to_string(kWideClausesMax) +
             " conditions that stand for many terms";
    return nullptr;
  }
  return root;
}

}  // namespace redstart::search
