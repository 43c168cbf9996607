// JSON documents as keys hold them, and what is shared by all documents of an engine.
#pragma once

#include <string_view>
#include <vector>

#include "types/held.h"
#include "types/json_names.h"
#include "types/json_node.h"
#include "types/json_parse.h"
#include "types/json_path.h"
#include "types/json_print.h"
#include "types/json_select.h"
#include "types/object_ops.h"
#include "types/type.h"
#include "types/type_env.h"

namespace redstart {

// The names of members, and scratch memory that is kept from one command to the next.
struct JsonStore {
  JsonStore(Slab& slab, const uint64_t& hash_seed)
      : names(slab, hash_seed), heap{slab, names}, parser(heap) {}

  JsonNames names;
  const JsonHeap heap;
  JsonParser parser;
  JsonPath path;
  std::vector<const JsonNode*> matches;
  JsonPlaces places;
  JsonText text;
  std::vector<std::string_view> words;    // of the call
  std::vector<JsonNode> results, before;  // of arithmetic
};

// What a key points at. It finds the names without an engine.
struct JsonDocument {
  JsonNames* names;
  JsonNode root;
};

class JsonView {
 public:
  static constexpr Type kType = Type::kJson;

  JsonView() = default;
  JsonView(const TypeEnv&, Held held) : document_(static_cast<JsonDocument*>(held.object)) {}

  // Null: there is no document.
  const JsonNode* root() const { return document_ == nullptr ? nullptr : &document_->root; }
  const JsonNames& names() const { return *document_->names; }

 private:
  const JsonDocument* document_ = nullptr;
};

class Json {
 public:
  static constexpr Type kType = Type::kJson;

  Json(const TypeEnv& env, Held held)
      : env_(&env), document_(static_cast<JsonDocument*>(held.object)) {}

  const TypeEnv& env() const { return *env_; }
  Held held() const { return {document_, 0}; }
  // Null: there is no document. It does not move.
  JsonNode* root() { return document_ == nullptr ? nullptr : &document_->root; }
  // Adopts the value. REQUIRES: there is no document.
  void create(JsonNode root);

 private:
  const TypeEnv* env_;
  JsonDocument* document_;
};

extern const ObjectOps kJsonOps;

}  // namespace redstart
