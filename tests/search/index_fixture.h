// An index with documents, for what is computed from one.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/slab.h"
#include "search/document.h"
#include "search/index.h"
#include "types/json.h"

namespace redstart::search {

class IndexFixture : public testing::Test {
 protected:
  // The words behind SCHEMA.
  void make_index(std::string_view schema) {
    Definition definition;
    definition.prefixes = {""};
    definition.source = Source::kJson;
    std::vector<std::string_view> words;
    for (size_t at = 0; at < schema.size();) {
      const size_t end = std::min(schema.find(' ', at), schema.size());
      words.push_back(schema.substr(at, end - at));
      at = end + 1;
    }
    std::string error;
    ASSERT_TRUE(definition.schema.parse(words, &error)) << error;
    index_ = std::make_unique<Index>(slab_, seed_, std::move(definition));
  }
  void put(std::string_view key, std::string_view json) {
    JsonNode root;
    std::string error;
    ASSERT_TRUE(store_.parser.parse(json, &root, &error)) << json << error;
    Document document(index_->schema());
    document.add_json_document(root, store_.names);
    index_->replace(key, document);
    root.release(store_.heap);
  }
  Query query(std::string_view filter) {
    Query query;
    std::string error;
    EXPECT_TRUE(index_->compile(filter, store_.heap, &query, &error)) << filter << error;
    return query;
  }
  FieldNumber field(std::string_view name) const { return index_->schema().find(name); }

  Slab slab_;
  uint64_t seed_ = 7;
  JsonStore store_{slab_, seed_};
  std::unique_ptr<Index> index_;
};

}  // namespace redstart::search
