// What the files of the lists family share: ends, ranges, elements as replies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ascii.h"
#include "commands/collection.h"
#include "types/list.h"

namespace redstart {

namespace event {
inline constexpr Event kLpush{EventClass::kList, "lpush"};
inline constexpr Event kRpush{EventClass::kList, "rpush"};
inline constexpr Event kLpop{EventClass::kList, "lpop"};
inline constexpr Event kRpop{EventClass::kList, "rpop"};
inline constexpr Event kLset{EventClass::kList, "lset"};
inline constexpr Event kLinsert{EventClass::kList, "linsert"};
inline constexpr Event kLrem{EventClass::kList, "lrem"};
inline constexpr Event kLtrim{EventClass::kList, "ltrim"};
}  // namespace event

// LEFT or RIGHT; nothing for another word.
inline std::optional<ListEnd> list_end_of(std::string_view word) {
  if (equals_fold(word, "LEFT")) return ListEnd::kFront;
  if (equals_fold(word, "RIGHT")) return ListEnd::kBack;
  return std::nullopt;
}

inline const Event& push_event(ListEnd end) {
  return end == ListEnd::kFront ? event::kLpush : event::kRpush;
}
inline const Event& pop_event(ListEnd end) {
  return end == ListEnd::kFront ? event::kLpop : event::kRpop;
}

// The elements [from, from + count) as an array, in the order in which that end would give them.
inline void answer_elements(Reply& reply, const ListView& list, size_t from, size_t count,
                            ListEnd first = ListEnd::kFront) {
  reply.array(count);
  auto answer = [&](const ListpackItem& item) {
    answer_item(reply, item);
    return true;
  };
  if (first == ListEnd::kFront) {
    list.each(from, count, answer);
  } else {
    list.each_backward(from + count - 1, count, answer);
  }
}

// Answers and pops `count` elements. REQUIRES: 0 < count <= size.
inline void pop_elements(Context& c, Edit<List>& list, ListEnd end, size_t count) {
  size_t from = end == ListEnd::kFront ? 0 : list->size() - count;
  answer_elements(c.reply, list->view(), from, count, end);
  list->erase(from, count);
  list.commit(pop_event(end));
}

// A range as LRANGE and LTRIM take it: both ends included, negative ones from the end.
struct ListRange {
  size_t from = 0;
  size_t count = 0;
};

inline ListRange list_range(int64_t start, int64_t stop, size_t list_size) {
  auto size = static_cast<int64_t>(list_size);
  if (start < 0) start = start < -size ? 0 : start + size;
  if (stop < 0) stop += size;
  if (stop >= size) stop = size - 1;
  if (start > stop) return {};
  return {static_cast<size_t>(start), static_cast<size_t>(stop - start + 1)};
}

}  // namespace redstart
