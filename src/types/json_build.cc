#include "types/json_build.h"

#include <span>

#include "types/json_names.h"

namespace redstart {

namespace {

constexpr size_t kKeptStack = 4096;

template <class T>
void forget(std::vector<T>* stack) {
  stack->clear();
  if (stack->capacity() > kKeptStack) stack->shrink_to_fit();
}

}  // namespace

void JsonBuilder::name(std::string_view name) { names_.push_back(heap_.names.hold(name)); }

void JsonBuilder::end_array() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  JsonNode array = JsonNode::array_of(heap_, std::span(values_).subspan(frame.values));
  values_.resize(frame.values);
  values_.push_back(array);
}

void JsonBuilder::end_object() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  JsonNode object = JsonNode::object_of(heap_, std::span(names_).subspan(frame.names),
                                        std::span(values_).subspan(frame.values));
  names_.resize(frame.names);
  values_.resize(frame.values);
  values_.push_back(object);
}

JsonNode JsonBuilder::finish() {
  JsonNode node = values_.back();
  values_.pop_back();
  clear();
  return node;
}

void JsonBuilder::clear() {
  for (JsonNode& value : values_) value.release(heap_);
  for (uint32_t name : names_) heap_.names.let_go(name);
  forget(&values_);
  forget(&names_);
  forget(&frames_);
}

}  // namespace redstart
