#include "lua/sort.h"

#include <algorithm>
#include <cmath>

#include "lua/meta.h"
#include "lua/thread.h"

namespace redstart::lua {

namespace {

// Where equal elements cannot be told apart any algorithm will do.
bool sort_plain(Table* table) {
  Value* begin = table->array;
  Value* end = begin + table->array_count;
  bool numbers = true, strings = true;
  for (const Value* v = begin; v < end; v++) {
    numbers &= v->is_number() && !std::isnan(v->num);
    strings &= v->is_string();
  }
  if (numbers) {
    std::sort(begin, end, [](const Value& a, const Value& b) { return a.num < b.num; });
  } else if (strings) {
    std::sort(begin, end, [](const Value& a, const Value& b) { return a.text() < b.text(); });
  }
  return numbers || strings;
}

// Otherwise the order in which equal elements end up is the algorithm's, and scripts may have come
// to rely on it: so this is the quicksort the reference uses, median of three and the smaller part
// first. The order function may do anything, even to the table; elements are fetched each time.
class Quicksort {
 public:
  Quicksort(Call& call, Table* table, Value* pivot) : call_(call), table_(table), pivot_at_(pivot - call.thread.stack) {}

  bool run(int64_t low, int64_t high) {
    while (low < high) {
      if (!order_pair(low, high)) return false;
      if (high - low == 1) return true;
      const int64_t middle = (low + high) / 2;
      if (!order_triple(low, middle, high)) return false;
      if (high - low == 2) return true;
      pivot() = get(middle);
      if (!swap(middle, high - 1)) return false;
      int64_t split;
      if (!partition(low, high, &split)) return false;
      if (split - low < high - split) {
        if (!run(low, split - 1)) return false;
        low = split + 1;
      } else {
        if (!run(split + 1, high)) return false;
        high = split - 1;
      }
    }
    return true;
  }

 private:
  Value& pivot() { return call_.thread.stack[pivot_at_]; }
  const Value& get(int64_t i) { return table_->get_index(i); }
  bool set(int64_t i, const Value& value) {
    return table_->set_index(call_.state.heap(), i, value) || call_.state.fail_out_of_memory();
  }
  bool swap(int64_t i, int64_t j) {
    const Value a = get(i), b = get(j);
    return set(i, b) && set(j, a);
  }
  bool before(const Value& a, const Value& b, bool* result) {
    if (call_[1].is_nil()) return less(call_.state, a, b, result);
    const Value both[] = {a, b};
    Value answer;
    if (!call_.invoke(call_[1], both, &answer)) return false;
    *result = !answer.is_false();
    return true;
  }
  bool order_pair(int64_t low, int64_t high) {
    bool wrong;
    return before(get(high), get(low), &wrong) && (!wrong || swap(low, high));
  }
  bool order_triple(int64_t low, int64_t middle, int64_t high) {
    bool wrong;
    if (!before(get(middle), get(low), &wrong)) return false;
    if (wrong) return swap(middle, low);
    return order_pair(middle, high);
  }
  // The pivot stands at high - 1; low and high are on their right sides already.
  bool partition(int64_t low, int64_t high, int64_t* split) {
    int64_t i = low, j = high - 1;
    for (;;) {
      bool passes = true;
      for (;;) {
        if (!before(get(++i), pivot(), &passes)) return false;
        if (!passes) break;
        if (i > high) return invalid();
      }
      for (;;) {
        if (!before(pivot(), get(--j), &passes)) return false;
        if (!passes) break;
        if (j < low) return invalid();
      }
      if (j < i) break;
      if (!swap(i, j)) return false;
    }
    *split = i;
    return swap(high - 1, i);
  }
  bool invalid() {
    call_.fail("invalid order function for sorting");
    return false;
  }

  Call& call_;
  Table* const table_;
  const ptrdiff_t pivot_at_;
};

}  // namespace

bool sort(Call& call, Table* table) {
  if (call[1].is_nil() && sort_plain(table)) return true;
  Value* pivot = call.keep(Value());
  return pivot && Quicksort(call, table, pivot).run(1, table->length());
}

}  // namespace redstart::lua
