#include "types/json_select.h"

#include <algorithm>
#include <compare>
#include <optional>

namespace redstart {

namespace {

using StepKind = JsonPath::StepKind;
using TermKind = JsonPath::TermKind;
using TestKind = JsonPath::TestKind;

class Selector {
 public:
  Selector(const JsonPath& path, const JsonNode& root, JsonOrder order)
      : path_(path), root_(root), inner_first_(order == JsonOrder::kInnerFirst) {}

  void to(std::vector<const JsonNode*>* matches) { matches_ = matches; }
  void to(JsonPlaces* places) { places_ = places; }
  // The steps [at, end) from this value on.
  void walk(uint32_t at, uint32_t end, const JsonNode& node);

 private:
  // What a term of a filter is worth: nothing, a value, or several.
  struct Worth {
    TermKind kind = TermKind::kNull;
    int64_t integer = 0;
    double real = 0;
    std::string_view text = {};
    const JsonNode* node = nullptr;  // kCurrent: this value
    size_t from = 0, to = 0;         // or these of found_, none or several
    bool is_path() const { return kind == TermKind::kCurrent; }
  };

  void child(uint32_t at, uint32_t end, const JsonNode& parent, uint32_t position);
  void deep(uint32_t at, uint32_t end, const JsonNode& node);
  void names(const JsonPath::Step& step, uint32_t at, uint32_t end, const JsonNode& node);
  void indexes(const JsonPath::Step& step, uint32_t at, uint32_t end, const JsonNode& node);
  void slice(const JsonPath::Step& step, uint32_t at, uint32_t end, const JsonNode& node);

  bool passes(uint32_t test, const JsonNode& node);
  bool compares(const JsonPath::Test& test, const JsonNode& node);
  Worth worth(const JsonPath::Term& term, const JsonNode& node);
  static Worth worth_of(const JsonNode& node);
  template <class Holds>
  bool any_pair(const Worth& a, const Worth& b, Holds&& holds);
  static std::optional<std::partial_ordering> order(const Worth& a, const Worth& b);
  static bool equals(const Worth& a, const Worth& b);
  bool matches(const Worth& text, const Worth& pattern, uint32_t regex) const;

  const JsonPath& path_;
  const JsonNode& root_;
  const bool inner_first_;
  std::vector<const JsonNode*>* matches_ = nullptr;
  JsonPlaces* places_ = nullptr;
  std::vector<const JsonNode*> found_;  // values of the paths in filters
};

void Selector::walk(uint32_t at, uint32_t end, const JsonNode& node) {
  if (at == end) {
    if (matches_ != nullptr) matches_->push_back(&node);
    if (places_ != nullptr) places_->add();
    return;
  }
  const JsonPath::Step& step = path_.step(at);
  if (step.kind == StepKind::kDeep) return deep(at, end, node);
  if (!node.is_container()) return;
  switch (step.kind) {
    case StepKind::kName:
    case StepKind::kNames:
      return names(step, at, end, node);
    case StepKind::kIndexes:
      return indexes(step, at, end, node);
    case StepKind::kSlice:
      return slice(step, at, end, node);
    case StepKind::kAll:
      for (uint32_t i = 0; i < node.size(); i++) child(at + 1, end, node, i);
      return;
    case StepKind::kFilter:
      for (uint32_t i = 0; i < node.size(); i++) {
        if (passes(step.from, node.item(i))) child(at + 1, end, node, i);
      }
      return;
    case StepKind::kDeep:
      return;
  }
}

void Selector::child(uint32_t at, uint32_t end, const JsonNode& parent, uint32_t position) {
  if (places_ == nullptr) return walk(at, end, parent.item(position));
  places_->trail().push_back(parent.is_array() ? position : parent.name(position));
  walk(at, end, parent.item(position));
  places_->trail().pop_back();
}

void Selector::deep(uint32_t at, uint32_t end, const JsonNode& node) {
  if (!inner_first_) walk(at + 1, end, node);
  if (node.is_container()) {
    for (uint32_t i = 0; i < node.size(); i++) child(at, end, node, i);
  }
  if (inner_first_) walk(at + 1, end, node);
}

void Selector::names(const JsonPath::Step& step, uint32_t at, uint32_t end, const JsonNode& node) {
  if (!node.is_object()) return;
  for (uint32_t i = step.from; i < step.to; i++) {
    const uint32_t number = path_.name(i).number;
    if (number == JsonNames::kNone) continue;
    const uint32_t position = node.position_of(number);
    if (position != JsonNode::kNowhere) child(at + 1, end, node, position);
  }
}

void Selector::indexes(const JsonPath::Step& step, uint32_t at, uint32_t end,
                       const JsonNode& node) {
  if (!node.is_array()) return;
  const int64_t size = node.size();
  for (uint32_t i = step.from; i < step.to; i++) {
    int64_t index = path_.number(i);
    if (index < 0) index = std::max<int64_t>(index + size, 0);
    if (index < size) child(at + 1, end, node, static_cast<uint32_t>(index));
  }
}

void Selector::slice(const JsonPath::Step& step, uint32_t at, uint32_t end, const JsonNode& node) {
  if (!node.is_array()) return;
  const int64_t size = node.size();
  auto place = [&](int64_t index) {
    return index < 0 ? std::max<int64_t>(index + size, 0) : std::min(index, size);
  };
  const int64_t given_from = path_.number(step.from);
  const int64_t given_to = path_.number(step.from + 1);
  const int64_t by = path_.number(step.from + 2);
  const int64_t from = given_from == JsonPath::kOpen ? 0 : place(given_from);
  const int64_t to = given_to == JsonPath::kOpen ? size : place(given_to);
  for (int64_t i = from; i < to; i += std::min(by, size)) {
    child(at + 1, end, node, static_cast<uint32_t>(i));
  }
}

// ---- filters

bool Selector::passes(uint32_t at, const JsonNode& node) {
  const JsonPath::Test& test = path_.test(at);
  switch (test.kind) {
    case TestKind::kOr:
      return passes(test.left, node) || passes(test.right, node);
    case TestKind::kAnd:
      return passes(test.left, node) && passes(test.right, node);
    case TestKind::kNot:
      return !passes(test.left, node);
    default:
      break;
  }
  const size_t mark = found_.size();
  const bool passed = compares(test, node);
  found_.resize(mark);
  return passed;
}

bool Selector::compares(const JsonPath::Test& test, const JsonNode& node) {
  const Worth left = worth(path_.term(test.left), node);
  if (test.kind == TestKind::kExists) {
    if (left.is_path()) return left.node != nullptr || left.to > left.from;
    return left.kind != TermKind::kFalse;
  }
  const Worth right = worth(path_.term(test.right), node);
  auto ordered = [&](auto wanted) {
    return any_pair(left, right, [&](const Worth& a, const Worth& b) {
      auto found = order(a, b);
      return found && wanted(*found);
    });
  };
  switch (test.kind) {
    case TestKind::kEqual:
      return any_pair(left, right, equals);
    case TestKind::kDiffers:
      return !any_pair(left, right, equals);
    case TestKind::kLess:
      return ordered([](std::partial_ordering o) { return o < 0; });
    case TestKind::kLessOrEqual:
      return ordered([](std::partial_ordering o) { return o <= 0; });
    case TestKind::kGreater:
      return ordered([](std::partial_ordering o) { return o > 0; });
    case TestKind::kGreaterOrEqual:
      return ordered([](std::partial_ordering o) { return o >= 0; });
    default:
      return any_pair(left, right, [&](const Worth& a, const Worth& b) {
        return matches(a, b, path_.term(test.right).regex);
      });
  }
}

// A path is worth its one match, or the list of them; the caller gives the list back.
Selector::Worth Selector::worth(const JsonPath::Term& term, const JsonNode& node) {
  Worth worth{term.kind, term.integer, term.real, term.text};
  if (term.kind != TermKind::kCurrent && term.kind != TermKind::kRoot) return worth;
  worth.kind = TermKind::kCurrent;
  const JsonNode& start = term.kind == TermKind::kCurrent ? node : root_;
  if (term.from == term.to) {
    worth.node = &start;
    return worth;
  }
  worth.from = found_.size();
  Selector inner(path_, root_, JsonOrder::kOuterFirst);
  inner.to(&found_);
  inner.walk(term.from, term.to, start);
  worth.to = found_.size();
  if (worth.to - worth.from == 1) worth.node = found_[worth.from];
  return worth;
}

Selector::Worth Selector::worth_of(const JsonNode& node) {
  Worth worth{TermKind::kCurrent, 0, 0, {}, &node};
  switch (node.kind()) {
    case JsonNode::Kind::kNull:
      worth.kind = TermKind::kNull;
      break;
    case JsonNode::Kind::kFalse:
      worth.kind = TermKind::kFalse;
      break;
    case JsonNode::Kind::kTrue:
      worth.kind = TermKind::kTrue;
      break;
    case JsonNode::Kind::kInt:
      worth.kind = TermKind::kInt;
      worth.integer = node.integer();
      break;
    case JsonNode::Kind::kNatural:
    case JsonNode::Kind::kReal:
      worth.kind = TermKind::kReal;
      worth.real = node.real();
      break;
    case JsonNode::Kind::kShortText:
    case JsonNode::Kind::kLongText:
      worth.kind = TermKind::kText;
      worth.text = node.text();
      break;
    default:
      break;
  }
  return worth;
}

// Of several values on a side, one is enough.
template <class Holds>
bool Selector::any_pair(const Worth& a, const Worth& b, Holds&& holds) {
  auto each = [&](const Worth& worth, auto&& use) {
    if (!worth.is_path()) return use(worth);
    if (worth.node != nullptr) return use(worth_of(*worth.node));
    for (size_t i = worth.from; i < worth.to; i++) {
      if (use(worth_of(*found_[i]))) return true;
    }
    return false;
  };
  return each(a, [&](const Worth& left) {
    return each(b, [&](const Worth& right) { return holds(left, right); });
  });
}

// Nothing: they cannot be compared.
std::optional<std::partial_ordering> Selector::order(const Worth& a, const Worth& b) {
  auto is_number = [](const Worth& w) {
    return w.kind == TermKind::kInt || w.kind == TermKind::kReal;
  };
  auto is_bool = [](const Worth& w) {
    return w.kind == TermKind::kTrue || w.kind == TermKind::kFalse;
  };
  if (a.kind == TermKind::kInt && b.kind == TermKind::kInt) return a.integer <=> b.integer;
  if (is_number(a) && is_number(b)) {
    auto real = [](const Worth& w) {
      return w.kind == TermKind::kInt ? static_cast<double>(w.integer) : w.real;
    };
    return real(a) <=> real(b);
  }
  if (a.kind == TermKind::kText && b.kind == TermKind::kText) return a.text <=> b.text;
  if (is_bool(a) && is_bool(b)) return (a.kind == TermKind::kTrue) <=> (b.kind == TermKind::kTrue);
  if (a.kind == TermKind::kNull && b.kind == TermKind::kNull) return 0 <=> 0;
  return std::nullopt;
}

bool Selector::equals(const Worth& a, const Worth& b) {
  if (a.node != nullptr && b.node != nullptr) return equal(*a.node, *b.node);
  auto found = order(a, b);
  return found && *found == 0;
}

bool Selector::matches(const Worth& text, const Worth& pattern, uint32_t regex) const {
  if (text.kind != TermKind::kText || pattern.kind != TermKind::kText) return false;
  if (regex != JsonPath::kNoRegex) return path_.regex(regex).search(text.text);
  Regex compiled;
  return compiled.compile(pattern.text) && compiled.search(text.text);
}

// ---- places

// Less: `a` is changed before `b`.
std::strong_ordering change_order(std::span<const uint32_t> a, std::span<const uint32_t> b,
                                  const JsonNode& root) {
  const JsonNode* node = &root;
  for (size_t i = 0; i < a.size() && i < b.size(); i++) {
    if (a[i] != b[i]) return node->is_array() ? b[i] <=> a[i] : a[i] <=> b[i];
    node = node->is_array() ? &node->item(a[i]) : node->find(a[i]);
  }
  return b.size() <=> a.size();
}

}  // namespace

void select_json(const JsonPath& path, const JsonNode& root, JsonOrder order,
                 std::vector<const JsonNode*>* matches) {
  matches->clear();
  Selector selector(path, root, order);
  selector.to(matches);
  selector.walk(path.begin(), path.end(), root);
}

void select_json_places(const JsonPath& path, uint32_t end, const JsonNode& root, JsonOrder order,
                        JsonPlaces* places) {
  places->clear();
  Selector selector(path, root, order);
  selector.to(places);
  selector.walk(path.begin(), end, root);
}

JsonNode* follow_json(JsonNode* root, std::span<const uint32_t> place) {
  JsonNode* node = root;
  for (uint32_t step : place) {
    if (node->is_array()) {
      if (step >= node->size()) return nullptr;
      node = &node->item(step);
    } else {
      node = node->is_object() ? node->find(step) : nullptr;
      if (node == nullptr) return nullptr;
    }
  }
  return node;
}

std::vector<uint32_t> order_for_changes(const JsonPlaces& places, const JsonNode& root) {
  std::vector<uint32_t> order(places.size());
  for (uint32_t i = 0; i < order.size(); i++) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return change_order(places[a], places[b], root) < 0;
  });
  return order;
}

std::vector<uint32_t> outermost(const JsonPlaces& places, const JsonNode& root) {
  std::vector<uint32_t> order = order_for_changes(places, root);
  // What is around something comes behind it, so the kept ones are found from the end.
  std::vector<uint32_t> kept;
  for (size_t i = order.size(); i-- > 0;) {
    const auto place = places[order[i]];
    if (!kept.empty()) {
      const auto around = places[kept.back()];
      if (place.size() >= around.size() &&
          std::equal(around.begin(), around.end(), place.begin())) {
        continue;
      }
    }
    kept.push_back(order[i]);
  }
  std::reverse(kept.begin(), kept.end());
  return kept;
}

}  // namespace redstart
