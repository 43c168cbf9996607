// Reads what a key holds into the fields that an index wants of it.
#pragma once

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "base/numbers.h"
#include "core/listpack.h"
#include "search/document.h"
#include "search/schema.h"
#include "types/json_node.h"
#include "types/type.h"
#include "types/type_env.h"

namespace redstart {

class Entry;
class StreamEntry;

// The type of value that a source of documents is kept in.
Type type_of(search::Source source);

// For one index. What it has read is good until it reads on or goes.
class IndexReader {
 public:
  IndexReader(const TypeEnv& env, const search::Definition& definition);
  ~IndexReader();
  IndexReader(const IndexReader&) = delete;
  IndexReader& operator=(const IndexReader&) = delete;

  // False: the value is no document of this index. REQUIRES: not of a stream.
  bool read(const Entry& entry);
  void read(const StreamEntry& entry);

  const search::Document& document() const { return document_; }

 private:
  void read_hash(const Entry& entry);
  bool read_text(const Entry& entry);
  void add(search::FieldNumber field, const ListpackItem& value);
  void forget();

  const TypeEnv& env_;
  const search::Definition& definition_;
  search::Document document_;
  JsonNode parsed_;                                     // of a text
  std::vector<std::array<char, kIntTextMax>> numbers_;  // as text, by field
  std::deque<std::string> texts_;  // of a stream's entry, which shows each only in passing
};

// A text that holds a JSON object. False: it does not. The node is the caller's.
bool parse_json_object(const TypeEnv& env, std::string_view text, JsonNode* node);

}  // namespace redstart
