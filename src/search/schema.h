// What an index is made of: which keys it takes, and which fields of their values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "search/language.h"

namespace redstart::search {

enum class FieldType : uint8_t { kText, kU64, kI64, kF64, kBool, kDate, kKeyword, kFacet };
inline constexpr int kFieldTypeCount = 8;
inline constexpr size_t kFieldsMax = 1024;

inline bool is_number(FieldType type) {
  return type == FieldType::kU64 || type == FieldType::kI64 || type == FieldType::kF64;
}

// Whether its values are texts, which a dictionary keeps.
inline bool has_terms(FieldType type) {
  return type == FieldType::kText || type == FieldType::kKeyword || type == FieldType::kFacet;
}

struct Field {
  std::string name;  // a path with points: "author.name"
  FieldType type = FieldType::kText;
  bool fast = false;
  bool nostem = false;
  bool notokenize = false;
  std::string from = {};  // empty: the value is where the name says

  // Where in a value the field is found.
  std::string_view source() const { return from.empty() ? name : from; }
  // Whether queries may sort by it and aggregations read it.
  bool sortable() const { return fast || type == FieldType::kKeyword || type == FieldType::kFacet; }

  bool operator==(const Field&) const = default;
};

// The words behind the name that make such a field: "TEXT", "NOSTEM", "FROM", "path".
std::vector<std::string_view> words_of(const Field& field);

// "TEXT", "U64", ...
std::string_view field_type_name(FieldType type);

using FieldNumber = uint32_t;  // its place in Schema::fields()
inline constexpr FieldNumber kNoField = UINT32_MAX;

class Schema {
 public:
  // The words behind SCHEMA: name TYPE [FAST] [NOSTEM] [NOTOKENIZE] [FROM path], any number of
  // times. False: `error` says why, as the reply says it.
  bool parse(std::span<const std::string_view> words, std::string* error);

  std::span<const Field> fields() const { return fields_; }
  const Field& field(FieldNumber number) const { return fields_[number]; }
  // kNoField: there is none of this name.
  FieldNumber find(std::string_view name) const;

  bool operator==(const Schema& other) const { return fields_ == other.fields_; }

 private:
  std::vector<Field> fields_;
};

// What kind of value holds a document; of a stream each entry is one.
enum class Source : uint8_t { kHash, kString, kJson, kStream };
// "HASH", "STRING", "JSON", "STREAM"; the word in any letter case.
std::string_view source_name(Source source);
bool parse_source(std::string_view word, Source* source);

// All that SEARCH.CREATE says of an index but its name.
struct Definition {
  Source source = Source::kHash;
  std::vector<std::string> prefixes = {};  // of a stream the one whole key
  Language language = Language::kEnglish;
  Schema schema = {};

  // Whether the index takes the key.
  bool takes(std::string_view key) const;
  // What EXISTSOK means by "identical": the order of prefixes does not count.
  bool same(const Definition& other) const;
};

// Whether prefixes are fit for an index: one at least, none beginning with another. False: `error`
// says why.
bool check_prefixes(std::span<const std::string> prefixes, std::string* error);

}  // namespace redstart::search
