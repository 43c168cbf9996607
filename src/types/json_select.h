// What a path selects in a document.
//
// Matches come in RedisJSON's order: a step ".." gives the matches of a value before those of what
// is inside of it. Upstash gives those inside first.
//
// Recursion is as deep as the document and the path together: both are bounded.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "types/json_node.h"
#include "types/json_path.h"

namespace redstart {

enum class JsonOrder : uint8_t { kOuterFirst, kInnerFirst };

// Values, to be read.
void select_json(const JsonPath& path, const JsonNode& root, JsonOrder order,
                 std::vector<const JsonNode*>* matches);

// Places, to be changed: they survive changes that do not move them. A place is the steps from the
// root to it, each an index or the number of a name.
class JsonPlaces {
 public:
  size_t size() const { return ends_.size(); }
  std::span<const uint32_t> operator[](size_t i) const {
    const size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::span(steps_).subspan(begin, ends_[i] - begin);
  }
  void clear() {
    trail_.clear();
    steps_.clear();
    ends_.clear();
  }
  // The steps to where a walk is; add() makes them a place.
  std::vector<uint32_t>& trail() { return trail_; }
  void add() {
    steps_.insert(steps_.end(), trail_.begin(), trail_.end());
    ends_.push_back(steps_.size());
  }

 private:
  std::vector<uint32_t> trail_;
  std::vector<uint32_t> steps_;
  std::vector<size_t> ends_;
};

// Answers the same places as select_json() values. `end` cuts steps off the path.
void select_json_places(const JsonPath& path, uint32_t end, const JsonNode& root, JsonOrder order,
                        JsonPlaces* places);

// Null: there is no such place (any more).
JsonNode* follow_json(JsonNode* root, std::span<const uint32_t> place);

// The order in which places can be changed without any change moving a later one: what is inside
// before what is around it, higher indexes first. Answers positions in `places`.
std::vector<uint32_t> order_for_changes(const JsonPlaces& places, const JsonNode& root);
// Of these, those that are in no other one, each once: what to replace or delete.
std::vector<uint32_t> outermost(const JsonPlaces& places, const JsonNode& root);

}  // namespace redstart
