// An index in the test's hand, fed with JSON text; nothing may be left of it at the end.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/slab.h"
#include "search/index.h"
#include "types/json_build.h"
#include "types/json_names.h"
#include "types/json_reader.h"

namespace redstart::search {

inline std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

class SearchTest : public testing::Test {
 protected:
  ~SearchTest() override {
    const size_t names = names_.bytes();
    index_.reset();
    EXPECT_EQ(slab_.used_bytes(), names);
  }

  void create(std::string_view schema) {
    Definition definition;
    definition.source = Source::kJson;
    definition.prefixes = {""};
    std::string error;
    ASSERT_TRUE(definition.schema.parse(words_of(schema), &error)) << error;
    index_ = std::make_unique<Index>(slab_, seed_, std::move(definition));
  }

  JsonNode json(std::string_view text) {
    JsonBuilder builder(heap_);
    std::string error;
    EXPECT_TRUE(read_json(text, &builder, &error)) << error << ": " << text;
    return builder.finish();
  }
  void put(std::string_view key, std::string_view text) {
    JsonNode node = json(text);
    Document document(index_->schema());
    document.add_json_document(node, names_);
    index_->replace(key, document);
    node.release(heap_);
  }

  Query query(std::string_view filter) {
    Query query;
    std::string error;
    EXPECT_TRUE(index_->compile(filter, heap_, &query, &error)) << error;
    return query;
  }
  FieldNumber field(std::string_view name) const { return index_->schema().find(name); }

  // The keys in the order of the answer, or the error.
  std::string find(std::string_view filter, const FindOptions& options = {}) {
    Query query;
    std::string out;
    if (!index_->compile(filter, heap_, &query, &out)) return out;
    index_->find(query, options, &hits_);
    for (const Hit& hit : hits_) {
      if (!out.empty()) out += ' ';
      out += index_->key(hit.doc);
    }
    return out;
  }
  size_t count(std::string_view filter) { return index_->count(query(filter)); }

  Slab slab_;
  uint64_t seed_ = 5;
  JsonNames names_{slab_, seed_};
  const JsonHeap heap_{slab_, names_};
  std::unique_ptr<Index> index_;
  std::vector<Hit> hits_;  // of the last find()
};

}  // namespace redstart::search
