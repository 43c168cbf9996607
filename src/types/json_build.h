// Builds a JSON value out of what a parser meets, in the order of the text.
//
//   builder.begin_object(); builder.name("a"); builder.integer(1); builder.end_object();
//   JsonNode node = builder.finish();
//
// A name that comes twice in an object keeps its place and takes the last value. What was begun and
// is not wanted any more goes with clear(). The stacks are kept from one value to the next.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "types/json_node.h"

namespace redstart {

class JsonBuilder {
 public:
  explicit JsonBuilder(JsonHeap heap) : heap_(heap) {}
  ~JsonBuilder() { clear(); }
  JsonBuilder(const JsonBuilder&) = delete;
  JsonBuilder& operator=(const JsonBuilder&) = delete;

  void null() { values_.emplace_back(); }
  void boolean(bool value) { values_.push_back(JsonNode::of(value)); }
  void integer(int64_t value) { values_.push_back(JsonNode::of(value)); }
  void natural(uint64_t value) { values_.push_back(JsonNode::of_natural(value)); }
  void real(double value) { values_.push_back(JsonNode::of(value)); }
  void text(std::string_view value) { values_.push_back(JsonNode::of_text(heap_, value)); }
  void name(std::string_view name);

  void begin_array() { begin(); }
  void end_array();
  void begin_object() { begin(); }
  void end_object();

  // The value that came last, and those of the array that is being built: they may be exchanged for
  // others that hold no memory.
  JsonNode& last() { return values_.back(); }
  template <typename Use>
  void each_of_array(Use use) {
    for (size_t i = frames_.back().values; i < values_.size(); i++) use(values_[i]);
  }

  // REQUIRES: one whole value came.
  JsonNode finish();
  void clear();

 private:
  // Where a container's values and names begin in the stacks.
  struct Frame {
    size_t values;
    size_t names;
  };

  void begin() { frames_.push_back({values_.size(), names_.size()}); }

  JsonHeap heap_;
  std::vector<JsonNode> values_;
  std::vector<uint32_t> names_;
  std::vector<Frame> frames_;
};

}  // namespace redstart
