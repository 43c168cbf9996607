// The best documents of many, kept while the others pass by.
#pragma once

#include <algorithm>
#include <vector>

#include "search/columns.h"

namespace redstart::search {

// Keeps the first `count` of what is offered, in the order of Before(a, b); what is equal comes in
// the order in which it was offered.
template <class Value, class Before>
class Ranking {
 public:
  struct Item {
    Value value;
    DocNumber doc;
  };

  Ranking(size_t count, Before before) : count_(count), before_(before) {}

  // REQUIRES: documents ascend.
  void offer(const Value& value, DocNumber doc) {
    if (heap_.size() < count_) {
      heap_.push_back({value, doc});
      std::push_heap(heap_.begin(), heap_.end(), order());
    } else if (count_ > 0 && before_(value, heap_.front().value)) {
      std::pop_heap(heap_.begin(), heap_.end(), order());
      heap_.back() = {value, doc};
      std::push_heap(heap_.begin(), heap_.end(), order());
    }
  }
  // Nothing may be offered after that.
  const std::vector<Item>& sorted() {
    std::sort_heap(heap_.begin(), heap_.end(), order());
    return heap_;
  }

 private:
  // The front of the heap is the last of those that are kept.
  auto order() const {
    return [this](const Item& a, const Item& b) {
      if (before_(a.value, b.value)) return true;
      return !before_(b.value, a.value) && a.doc < b.doc;
    };
  }

  const size_t count_;
  const Before before_;
  std::vector<Item> heap_;
};

}  // namespace redstart::search
