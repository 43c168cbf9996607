// The lists family: one list. What takes several of them stands in list_move.cc.
#include <string>

#include "commands/families.h"
#include "commands/list_access.h"
#include "engine/arg_reader.h"

namespace redstart {

namespace {

constexpr std::string_view kBadRange =
    "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";

// An integer whose negative is one, too.
bool read_signed(Context& c, std::string_view text, int64_t* value) {
  std::string_view error;
  if (!parse_int64(text, value)) {
    error = err::kNotInteger;
  } else if (*value == INT64_MIN) {
    error = kBadRange;
  }
  if (!error.empty()) c.reply.error(error);
  return error.empty();
}

// Where `index` is in a list of this size, from the end when negative; `size` if nowhere.
size_t index_in(int64_t index, size_t size) {
  if (index < 0) index += static_cast<int64_t>(size);
  return index < 0 || static_cast<size_t>(index) >= size ? size : static_cast<size_t>(index);
}

// ---- the ends -----------------------------------------------------------------------------------

void push(Context& c, ListEnd end, bool only_existing) {
  Edit<List> list(c, c.key(1));
  if (!list) return;
  if (only_existing && !list.exists()) return c.reply.integer(0);
  list->push(end, c.args.subspan(2));
  c.reply.integer(static_cast<int64_t>(list->size()));
  list.commit(push_event(end));
}

void lpush(Context& c) { push(c, ListEnd::kFront, false); }
constexpr CommandSpec kLpush = {
    .name = "lpush",
    .arity = -3,
    .flags = kWrite | kDenyOom | kFast,
    .group = Group::kList,
    .keys = one_key(kKeyRw | kKeyInsert),
    .args = "key element+",
    .summary = "Puts elements before the first one of a list, which is created if needed.",
    .complexity = "O(1) for each element",
    .run = lpush};

void rpush(Context& c) { push(c, ListEnd::kBack, false); }
constexpr CommandSpec kRpush = {
    .name = "rpush",
    .arity = -3,
    .flags = kWrite | kDenyOom | kFast,
    .group = Group::kList,
    .keys = one_key(kKeyRw | kKeyInsert),
    .args = "key element+",
    .summary = "Puts elements behind the last one of a list, which is created if needed.",
    .complexity = "O(1) for each element",
    .run = rpush};

void lpushx(Context& c) { push(c, ListEnd::kFront, true); }
constexpr CommandSpec kLpushx = {
    .name = "lpushx",
    .arity = -3,
    .flags = kWrite | kDenyOom | kFast,
    .group = Group::kList,
    .keys = one_key(kKeyRw | kKeyInsert),
    .args = "key element+",
    .summary = "Puts elements before the first one of a list that exists.",
    .since = "2.2.0",
    .complexity = "O(1) for each element",
    .run = lpushx};

void rpushx(Context& c) { push(c, ListEnd::kBack, true); }
constexpr CommandSpec kRpushx = {
    .name = "rpushx",
    .arity = -3,
    .flags = kWrite | kDenyOom | kFast,
    .group = Group::kList,
    .keys = one_key(kKeyRw | kKeyInsert),
    .args = "key element+",
    .summary = "Puts elements behind the last one of a list that exists.",
    .since = "2.2.0",
    .complexity = "O(1) for each element",
    .run = rpushx};

void pop_one(Context& c, ListEnd end) {
  Edit<List> list(c, c.key(1));
  if (!list) return;
  if (!list.exists()) return c.reply.null();
  answer_item(c.reply, list->view().at(end == ListEnd::kFront ? 0 : list->size() - 1));
  list->pop(end);
  list.commit(pop_event(end));
}

void pop(Context& c, ListEnd end) {
  if (c.argc() == 2) return pop_one(c, end);
  if (c.argc() > 3) return c.reply.error(err::wrong_arity(c.spec().name));
  int64_t count = 0;
  if (!parse_int64(c.arg(2), &count) || count < 0) return c.reply.error(err::kNotPositive);
  Edit<List> list(c, c.key(1));
  if (!list) return;
  if (!list.exists()) return c.reply.null_array();
  if (count == 0) return c.reply.array(0);
  pop_elements(c, list, end, std::min(static_cast<size_t>(count), list->size()));
}

void lpop(Context& c) { pop(c, ListEnd::kFront); }
constexpr CommandSpec kLpop = {.name = "lpop",
                               .arity = -2,
                               .flags = kWrite | kFast,
                               .group = Group::kList,
                               .keys = one_key(kKeyRw | kKeyAccess | kKeyDelete),
                               .args = "key [count:integer]",
                               .summary = "Takes the first element of a list, or the first ones.",
                               .complexity = "O(N) for N elements that are taken",
                               .run = lpop};

void rpop(Context& c) { pop(c, ListEnd::kBack); }
constexpr CommandSpec kRpop = {.name = "rpop",
                               .arity = -2,
                               .flags = kWrite | kFast,
                               .group = Group::kList,
                               .keys = one_key(kKeyRw | kKeyAccess | kKeyDelete),
                               .args = "key [count:integer]",
                               .summary = "Takes the last element of a list, or the last ones.",
                               .complexity = "O(N) for N elements that are taken",
                               .run = rpop};

// ---- reading ------------------------------------------------------------------------------------

void llen(Context& c) {
  ListView list;
  if (!find(c, c.key(1), &list)) return;
  c.reply.integer(static_cast<int64_t>(list.size()));
}
constexpr CommandSpec kLlen = {.name = "llen",
                               .arity = 2,
                               .flags = kReadonly | kFast,
                               .group = Group::kList,
                               .keys = one_key(kKeyRo),
                               .args = "key",
                               .summary = "Answers how many elements a list has.",
                               .run = llen};

void lindex(Context& c) {
  ListView list;
  if (!find(c, c.key(1), &list)) return;
  if (list.empty()) return c.reply.null();
  int64_t index = 0;
  if (!parse_int64(c.arg(2), &index)) return c.reply.error(err::kNotInteger);
  size_t at = index_in(index, list.size());
  if (at == list.size()) return c.reply.null();
  answer_item(c.reply, list.at(at));
}
constexpr CommandSpec kLindex = {
    .name = "lindex",
    .arity = 3,
    .flags = kReadonly,
    .group = Group::kList,
    .keys = one_key(kKeyRead),
    .args = "key index:integer",
    .summary = "Answers the element at an index of a list.",
    .complexity = "O(N) for N elements up to the nearer end, O(1) at the ends",
    .run = lindex};

void lrange(Context& c) {
  int64_t start = 0, stop = 0;
  if (!parse_int64(c.arg(2), &start) || !parse_int64(c.arg(3), &stop)) {
    return c.reply.error(err::kNotInteger);
  }
  ListView list;
  if (!find(c, c.key(1), &list)) return;
  auto [from, count] = list_range(start, stop, list.size());
  answer_elements(c.reply, list, from, count);
}
constexpr CommandSpec kLrange = {
    .name = "lrange",
    .arity = 4,
    .flags = kReadonly,
    .group = Group::kList,
    .keys = one_key(kKeyRead),
    .args = "key start:integer stop:integer",
    .summary = "Answers the elements of a part of a list.",
    .complexity = "O(S+N) for a start S elements from the nearer end and N elements answered",
    .run = lrange};

struct LposOptions {
  int64_t rank = 1;    // negative: from the end
  int64_t count = -1;  // not given; 0 is all
  int64_t max_compared = 0;
};

bool read_lpos_options(Context& c, LposOptions* options) {
  ArgReader args(c.args, 3);
  auto not_negative = [&](std::string_view error) {
    int64_t value = args.integer(error);
    if (value < 0) args.fail(error);
    return value;
  };
  while (args.more()) {
    if (args.option("RANK")) {
      options->rank = args.integer();
      if (args.ok() && options->rank == INT64_MIN) args.fail(kBadRange);
      if (args.ok() && options->rank == 0) {
        args.fail(
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or "
            "use negative to start from the end of the list");
      }
    } else if (args.option("COUNT")) {
      options->count = not_negative("ERR COUNT can't be negative");
    } else if (args.option("MAXLEN")) {
      options->max_compared = not_negative("ERR MAXLEN can't be negative");
    } else {
      args.fail(err::kSyntax);
    }
  }
  if (!args.ok()) c.reply.error(args.error());
  return args.ok();
}

void lpos(Context& c) {
  LposOptions options;
  if (!read_lpos_options(c, &options)) return;
  ListView list;
  if (!find(c, c.key(1), &list)) return;
  bool many = options.count >= 0;
  bool backward = options.rank < 0;
  int64_t to_skip = std::abs(options.rank) - 1;
  size_t size = list.size();
  size_t limit = size;
  if (options.max_compared) limit = std::min(limit, static_cast<size_t>(options.max_compared));

  Reply::Mark mark;
  if (many) mark = c.reply.open_array();
  size_t seen = 0, answered = 0;
  auto compare = [&](const ListpackItem& item) {
    size_t index = backward ? size - 1 - seen : seen;
    seen++;
    if (!item.equals(c.arg(2)) || to_skip-- > 0) return true;
    c.reply.integer(static_cast<int64_t>(index));
    answered++;
    return many && answered != static_cast<size_t>(options.count);
  };
  if (backward) {
    list.each_backward(size - 1, limit, compare);
  } else {
    list.each(0, limit, compare);
  }
  if (many) return c.reply.close(mark, answered);
  if (answered == 0) c.reply.null();
}
constexpr CommandSpec kLpos = {
    .name = "lpos",
    .arity = -3,
    .flags = kReadonly,
    .group = Group::kList,
    .keys = one_key(kKeyRead),
    .args = "key element [RANK rank:integer] [COUNT num-matches:integer] [MAXLEN len:integer]",
    .summary = "Answers the index of an element of a list, or the indexes of all like it.",
    .since = "6.0.6",
    .complexity = "O(N) for N elements that are compared",
    .run = lpos};

// ---- changing -----------------------------------------------------------------------------------

void lset(Context& c) {
  Edit<List> list(c, c.key(1));
  if (!list) return;
  if (!list.exists()) return c.reply.error(err::kNoSuchKey);
  int64_t index = 0;
  if (!parse_int64(c.arg(2), &index)) return c.reply.error(err::kNotInteger);
  size_t at = index_in(index, list->size());
  if (at == list->size()) {
    // Redis makes room for the element before it looks for the place.
    list->expect(c.args.subspan(3));
    list.settle();
    return c.reply.error(err::kIndexOutOfRange);
  }
  list->set(at, c.arg(3));
  list.commit(event::kLset);
  c.reply.ok();
}
constexpr CommandSpec kLset = {
    .name = "lset",
    .arity = 4,
    .flags = kWrite | kDenyOom,
    .group = Group::kList,
    .keys = one_key(kKeyRw | kKeyUpdate),
    .args = "key index:integer element",
    .summary = "Replaces the element at an index of a list.",
    .complexity = "O(N) for N elements up to the nearer end, O(1) at the ends",
    .run = lset};

void ltrim(Context& c) {
  int64_t start = 0, stop = 0;
  if (!parse_int64(c.arg(2), &start) || !parse_int64(c.arg(3), &stop)) {
    return c.reply.error(err::kNotInteger);
  }
  Edit<List> list(c, c.key(1));
  if (!list) return;
  c.reply.ok();
  if (!list.exists()) return;
  auto [from, count] = list_range(start, stop, list->size());
  // The end first: positions before it stay what they are.
  list->erase(from + count, list->size() - from - count);
  list->erase(0, from);
  list.commit(event::kLtrim);
}
constexpr CommandSpec kLtrim = {.name = "ltrim",
                                .arity = 4,
                                .flags = kWrite,
                                .group = Group::kList,
                                .keys = one_key(kKeyRw | kKeyDelete),
                                .args = "key start:integer stop:integer",
                                .summary = "Keeps a part of a list and removes the rest.",
                                .complexity = "O(N) for N elements that are removed",
                                .run = ltrim};

void lrem(Context& c) {
  int64_t count = 0;
  if (!read_signed(c, c.arg(2), &count)) return;
  Edit<List> list(c, c.key(1));
  if (!list) return;
  size_t max = count == 0 ? SIZE_MAX : static_cast<size_t>(std::abs(count));
  size_t removed = list->remove(c.arg(3), max, count < 0 ? ListEnd::kBack : ListEnd::kFront);
  if (removed > 0) list.commit(event::kLrem);
  c.reply.integer(static_cast<int64_t>(removed));
}
constexpr CommandSpec kLrem = {
    .name = "lrem",
    .arity = 4,
    .flags = kWrite,
    .group = Group::kList,
    .keys = one_key(kKeyRw | kKeyDelete),
    .args = "key count:integer element",
    .summary = "Removes elements that equal a value: all, the first ones or the last ones.",
    .complexity = "O(N+M) for a list of N elements of which M are removed",
    .run = lrem};

void linsert(Context& c) {
  bool after = equals_fold(c.arg(2), "AFTER");
  if (!after && !equals_fold(c.arg(2), "BEFORE")) return c.reply.error(err::kSyntax);
  Edit<List> list(c, c.key(1));
  if (!list) return;
  if (!list.exists()) return c.reply.integer(0);
  if (!list->insert(c.arg(3), after, c.arg(4))) {
    list.settle();
    return c.reply.integer(-1);
  }
  c.reply.integer(static_cast<int64_t>(list->size()));
  list.commit(event::kLinsert);
}
constexpr CommandSpec kLinsert = {
    .name = "linsert",
    .arity = 5,
    .flags = kWrite | kDenyOom,
    .group = Group::kList,
    .keys = one_key(kKeyRw | kKeyInsert),
    .args = "key where=(BEFORE|AFTER) pivot element",
    .summary = "Puts an element before or after another one of a list.",
    .since = "2.2.0",
    .complexity = "O(N) for N elements up to the pivot",
    .run = linsert};

}  // namespace

std::span<const CommandSpec* const> list_commands() {
  static constexpr const CommandSpec* kAll[] = {&kLpush, &kRpush, &kLpushx, &kRpushx, &kLpop,
                                                &kRpop,  &kLlen,  &kLindex, &kLrange, &kLpos,
                                                &kLset,  &kLtrim, &kLrem,   &kLinsert};
  return kAll;
}

}  // namespace redstart
