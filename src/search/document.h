// The fields of one document, gathered before it goes into an index.
//
// A value that does not fit the type of its field is passed over, as if the field were not there.
// A field may come several times: each value is indexed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "search/schema.h"
#include "types/json_names.h"
#include "types/json_node.h"

namespace redstart::search {

class Document {
 public:
  // A value as its column keeps it (columns.h says how), or a text.
  struct Value {
    FieldNumber field;
    uint64_t code;
    std::string_view text;  // of TEXT, KEYWORD and FACET
  };

  explicit Document(const Schema& schema) : schema_(schema) {}

  void clear() { values_.clear(); }

  // A field of a hash: its text is read as the type wants it. REQUIRES: texts live until the
  // document is in its index or cleared (so in all of these).
  void add_text(FieldNumber field, std::string_view text);
  // A value of a JSON document; of an array each element.
  void add_json(FieldNumber field, const JsonNode& value);
  // All fields of the schema that are in this document.
  void add_json_document(const JsonNode& root, const JsonNames& names);

  // In the order in which they came.
  const std::vector<Value>& values() const { return values_; }

 private:
  static const JsonNode* member(const JsonNode& object, std::string_view name,
                                const JsonNames& names);
  void add_number(FieldNumber field, const JsonNode& value);
  void add_at(FieldNumber field, std::string_view path, const JsonNode& node,
              const JsonNames& names);
  void put(FieldNumber field, uint64_t code) { values_.push_back({field, code, {}}); }

  const Schema& schema_;
  std::vector<Value> values_;
};

}  // namespace redstart::search
