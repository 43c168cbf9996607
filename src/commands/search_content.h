// The content of documents in the reply of SEARCH.QUERY: read from their keys, selected,
// highlighted.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/search_access.h"
#include "commands/search_args.h"
#include "types/json.h"

namespace redstart {

class SearchContent {
 public:
  // For the matches of one query.
  SearchContent(Context& c, IndexValue& index, const search::Query& query, const QueryCall& call);

  // An array of [field, value]; of whole JSON documents the field is "$". False: the key is gone.
  // Nothing has been answered then. `key` is that of the document.
  bool answer(std::string_view key);

 private:
  // The words to be marked in what is found at a path.
  struct Mark {
    search::FieldNumber field;
    std::vector<std::string> terms;  // sorted
  };
  using Visit = std::function<void(std::string_view field, std::string_view value)>;

  void answer_fields(const std::function<void(const Visit&)>& each);
  void answer_hash(const Entry& entry);
  bool answer_entry(std::string_view id);
  void answer_text(const Entry& entry);
  void answer_json(const Entry& entry);
  void answer_document(const JsonNode& root);
  void answer_selected(const JsonNode& root);
  void mark_document(JsonNode* root);
  void mark_value(const Mark& mark, JsonNode* value);
  // The text with the words of the field marked; itself if there are none.
  std::string_view marked(std::string_view source, std::string_view text);

  Context& c_;
  IndexValue& index_;
  const QueryCall& call_;
  JsonStore& store_;
  std::vector<Mark> marks_;
  std::string marked_;
};

}  // namespace redstart
