#include "types/json_change.h"

#include <algorithm>
#include <cmath>

#include "types/json_names.h"

namespace redstart {

namespace {

bool can_merge(const JsonNode* target, const JsonNode& patch, size_t containers) {
  if (!patch.is_object() || target == nullptr || !target->is_object()) {
    return fits_depth(containers, patch);
  }
  for (uint32_t i = 0; i < patch.size(); i++) {
    const JsonNode& value = patch.item(i);
    if (!value.is_null() && !can_merge(target->find(patch.name(i)), value, containers + 1)) {
      return false;
    }
  }
  return true;
}

void merge(JsonHeap heap, JsonNode* target, const JsonNode& patch, std::vector<JsonNode>* removed) {
  if (!patch.is_object()) {
    removed->push_back(*target);
    *target = patch.copy(heap);
    return;
  }
  if (!target->is_object()) {
    removed->push_back(*target);
    *target = JsonNode::empty_object();
  }
  for (uint32_t i = 0; i < patch.size(); i++) {
    const uint32_t name = patch.name(i);
    uint32_t at = target->position_of(name);
    if (patch.item(i).is_null()) {
      if (at != JsonNode::kNowhere) removed->push_back(target->take_member(heap, at));
      continue;
    }
    if (at == JsonNode::kNowhere) {
      heap.names.hold_again(name);
      at = target->size();
      target->add(heap, name, JsonNode());
    }
    merge(heap, &target->item(at), patch.item(i), removed);
  }
}

// False: it overflows, or is no integer.
bool calculate(JsonArithmetic operation, int64_t a, int64_t b, int64_t* result) {
  switch (operation) {
    case JsonArithmetic::kAdd:
      return !__builtin_add_overflow(a, b, result);
    case JsonArithmetic::kMultiply:
      return !__builtin_mul_overflow(a, b, result);
    case JsonArithmetic::kPower:
      break;
  }
  if (b < 0) return false;
  *result = 1;
  for (; b > 0; b >>= 1) {
    if ((b & 1) != 0 && __builtin_mul_overflow(*result, a, result)) return false;
    if (b > 1 && __builtin_mul_overflow(a, a, &a)) return false;
  }
  return true;
}

}  // namespace

bool fits_depth(size_t containers, const JsonNode& value) {
  return containers + static_cast<size_t>(value.depth()) <= kJsonDepthMax;
}

void remove_json(JsonHeap heap, JsonNode* root, const JsonPlaces& places,
                 std::span<const uint32_t> which, std::vector<JsonNode>* removed) {
  JsonPlaces parents;
  for (uint32_t i : which) {
    JsonNode* node = follow_json(root, places[i]);
    if (node == nullptr) continue;
    removed->push_back(*node);
    *node = JsonNode::gone();
    parents.trail().assign(places[i].begin(), places[i].end() - 1);
    parents.add();
  }
  // What is inside first: then nothing moves that is still to be found.
  std::span<const uint32_t> last;
  bool first = true;
  for (uint32_t i : order_for_changes(parents, *root)) {
    const auto place = parents[i];
    if (!first && std::equal(place.begin(), place.end(), last.begin(), last.end())) continue;
    follow_json(root, place)->drop_gone(heap);
    last = place;
    first = false;
  }
}

bool merge_json(JsonHeap heap, JsonNode* target, const JsonNode& patch, size_t containers,
                std::vector<JsonNode>* removed) {
  if (!can_merge(target, patch, containers)) return false;
  merge(heap, target, patch, removed);
  return true;
}

bool calculate_json(JsonArithmetic operation, const JsonNode& a, const JsonNode& b,
                    JsonNode* result, std::string_view* error) {
  if (a.kind() == JsonNode::Kind::kInt && b.kind() == JsonNode::Kind::kInt) {
    int64_t value;
    if (!calculate(operation, a.integer(), b.integer(), &value)) {
      *error = "ERR numeric overflow";
      return false;
    }
    *result = JsonNode::of(value);
    return true;
  }
  const double value = operation == JsonArithmetic::kAdd        ? a.real() + b.real()
                       : operation == JsonArithmetic::kMultiply ? a.real() * b.real()
                                                                : std::pow(a.real(), b.real());
  if (!std::isfinite(value)) {
    *error = "ERR result is not a number";
    return false;
  }
  *result = JsonNode::of(value);
  return true;
}

}  // namespace redstart
