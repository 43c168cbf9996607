// The lists family: elements from one list to another, and from the first of several lists.
#include <string>

#include "commands/families.h"
#include "commands/list_access.h"
#include "commands/timeout.h"
#include "engine/arg_reader.h"
#include "engine/blocking.h"

namespace redstart {

namespace {

enum class Moved { kDone, kNothingThere, kRefused };

// The key of the source is also that of the destination.
Moved rotate(Context& c, ListEnd from, ListEnd to) {
  Edit<List> list(c, c.key(1));
  if (!list) return Moved::kRefused;
  if (!list.exists()) return Moved::kNothingThere;
  std::string element = list->view().at(from == ListEnd::kFront ? 0 : list->size() - 1).to_string();
  list->pop(from);
  list->push(to, element);
  c.reply.bulk(element);
  list.commit(push_event(to));
  list.guard().also(pop_event(from));
  return Moved::kDone;
}

// Nothing is answered when nothing is there.
Moved try_to_move(Context& c, ListEnd from, ListEnd to) {
  if (c.arg(1) == c.arg(2)) return rotate(c, from, to);
  Edit<List> source(c, c.key(1));
  if (!source) return Moved::kRefused;
  if (!source.exists()) return Moved::kNothingThere;
  Edit<List> destination(c, c.key(2));
  if (!destination) return Moved::kRefused;
  char buffer[kIntTextMax];
  ListView elements = source->view();
  std::string_view element =
      elements.at(from == ListEnd::kFront ? 0 : elements.size() - 1).view(buffer);
  c.reply.bulk(element);
  const uint64_t dirty_before = c.unit.dirty();
  destination->push(to, element);
  destination.commit(push_event(to));
  source->pop(from);
  source.commit(pop_event(from));
  c.unit.count_as_one(dirty_before);
  return Moved::kDone;
}

void move(Context& c, ListEnd from, ListEnd to) {
  if (try_to_move(c, from, to) == Moved::kNothingThere) c.reply.null();
}

void lmove(Context& c) {
  std::optional<ListEnd> from = list_end_of(c.arg(3)), to = list_end_of(c.arg(4));
  if (!from || !to) return c.reply.error(err::kSyntax);
  move(c, *from, *to);
}
constexpr CommandSpec kLmove = {
    .name = "lmove",
    .arity = 5,
    .flags = kWrite | kDenyOom,
    .group = Group::kList,
    .keys = two_keys(kKeyRw | kKeyAccess | kKeyDelete, kKeyRw | kKeyInsert),
    .args = "source:key destination:key wherefrom=(LEFT|RIGHT) whereto=(LEFT|RIGHT)",
    .summary = "Takes an element from an end of a list and puts it to an end of another.",
    .since = "6.2.0",
    .run = lmove};

void rpoplpush(Context& c) { move(c, ListEnd::kBack, ListEnd::kFront); }
constexpr CommandSpec kRpoplpush = {
    .name = "rpoplpush",
    .arity = 3,
    .flags = kWrite | kDenyOom,
    .group = Group::kList,
    .keys = two_keys(kKeyRw | kKeyAccess | kKeyDelete, kKeyRw | kKeyInsert),
    .args = "source:key destination:key",
    .summary = "Takes the last element of a list and makes it the first one of another.",
    .since = "1.2.0",
    .deprecated = "6.2.0:`LMOVE` with the `RIGHT` and `LEFT` arguments",
    .run = rpoplpush};

Moved move_or_wait(Context& c, ListEnd from, ListEnd to, int64_t timeout_ms) {
  Moved moved = try_to_move(c, from, to);
  if (moved == Moved::kNothingThere &&
      !wait_for_keys(c, {c.args.subspan(1, 1), Type::kList, timeout_ms})) {
    c.reply.null();
  }
  return moved;
}

void blmove(Context& c) {
  std::optional<ListEnd> from = list_end_of(c.arg(3)), to = list_end_of(c.arg(4));
  if (!from || !to) return c.reply.error(err::kSyntax);
  int64_t timeout_ms;
  if (!read_timeout(c, c.arg(5), TimeoutUnit::kSeconds, &timeout_ms)) return;
  if (move_or_wait(c, *from, *to, timeout_ms) != Moved::kDone) return;
  c.propagate_as({"LMOVE", c.arg(1), c.arg(2), c.arg(3), c.arg(4)});
}
constexpr CommandSpec kBlmove = {
    .name = "blmove",
    .arity = 6,
    .flags = kWrite | kDenyOom | kBlocking,
    .group = Group::kList,
    .keys = two_keys(kKeyRw | kKeyAccess | kKeyDelete, kKeyRw | kKeyInsert),
    .args = "source:key destination:key wherefrom=(LEFT|RIGHT) whereto=(LEFT|RIGHT) "
            "timeout:double",
    .summary = "Moves an element from one list to another, waiting for one if there is none.",
    .since = "6.2.0",
    .run = blmove};

void brpoplpush(Context& c) {
  int64_t timeout_ms;
  if (!read_timeout(c, c.arg(3), TimeoutUnit::kSeconds, &timeout_ms)) return;
  if (move_or_wait(c, ListEnd::kBack, ListEnd::kFront, timeout_ms) != Moved::kDone) return;
  c.propagate_as({"RPOPLPUSH", c.arg(1), c.arg(2)});
}
constexpr CommandSpec kBrpoplpush = {
    .name = "brpoplpush",
    .arity = 4,
    .flags = kWrite | kDenyOom | kBlocking,
    .group = Group::kList,
    .keys = two_keys(kKeyRw | kKeyAccess | kKeyDelete, kKeyRw | kKeyInsert),
    .args = "source:key destination:key timeout:double",
    .summary = "Moves the last element of a list to the front of another, waiting for one if "
               "there is none.",
    .since = "2.2.0",
    .deprecated = "6.2.0:`BLMOVE` with the `RIGHT` and `LEFT` arguments",
    .run = brpoplpush};

// ---- the first of several lists

// Pops one element of the first list that has any, or waits for one.
void pop_or_wait(Context& c, ListEnd end) {
  int64_t timeout_ms;
  if (!read_timeout(c, c.args.back(), TimeoutUnit::kSeconds, &timeout_ms)) return;
  const Args keys = c.args.subspan(1, c.argc() - 2);
  for (size_t i = 1; i <= keys.size(); i++) {
    Edit<List> list(c, c.key(i));
    if (!list) return;
    if (!list.exists()) continue;
    c.reply.array(2);
    c.reply.bulk(c.arg(i));
    answer_item(c.reply, list->view().at(end == ListEnd::kFront ? 0 : list->size() - 1));
    list->pop(end);
    list.commit(pop_event(end));
    return c.propagate_as({end == ListEnd::kFront ? "LPOP" : "RPOP", c.arg(i)});
  }
  if (!wait_for_keys(c, {keys, Type::kList, timeout_ms})) c.reply.null_array();
}

void blpop(Context& c) { pop_or_wait(c, ListEnd::kFront); }
constexpr CommandSpec kBlpop = {
    .name = "blpop",
    .arity = -3,
    .flags = kWrite | kBlocking,
    .group = Group::kList,
    .keys = key_range(kKeyRw | kKeyAccess | kKeyDelete, 1, -2, 1),
    .args = "key+ timeout:double",
    .summary = "Takes the first element of the first list that has any, or waits for one.",
    .since = "2.0.0",
    .complexity = "O(N) for N keys",
    .run = blpop};

void brpop(Context& c) { pop_or_wait(c, ListEnd::kBack); }
constexpr CommandSpec kBrpop = {
    .name = "brpop",
    .arity = -3,
    .flags = kWrite | kBlocking,
    .group = Group::kList,
    .keys = key_range(kKeyRw | kKeyAccess | kKeyDelete, 1, -2, 1),
    .args = "key+ timeout:double",
    .summary = "Takes the last element of the first list that has any, or waits for one.",
    .since = "2.0.0",
    .complexity = "O(N) for N keys",
    .run = brpop};

struct LmpopCall {
  size_t first_key = 0;
  size_t keys = 0;
  ListEnd end = ListEnd::kFront;
  int64_t count = 1;
};

// `at`: the argument with the number of keys.
bool read_lmpop(Context& c, size_t at, LmpopCall* call) {
  ArgReader args(c.args, at);
  auto positive = [&](std::string_view error) {
    int64_t value = args.integer(error);
    if (value < 1) args.fail(error);
    return value;
  };
  int64_t keys = positive("ERR numkeys should be greater than 0");
  if (args.ok() && static_cast<uint64_t>(keys) >= args.left()) args.fail(err::kSyntax);
  if (args.ok()) {
    call->first_key = at + 1;
    call->keys = static_cast<size_t>(keys);
    args = ArgReader(c.args, at + 1 + call->keys);
    std::optional<ListEnd> end = list_end_of(args.next());
    if (!end) args.fail(err::kSyntax);
    call->end = end.value_or(ListEnd::kFront);
  }
  if (args.option("COUNT")) call->count = positive("ERR count should be greater than 0");
  if (!args.done()) c.reply.error(args.error());
  return args.ok();
}

// False: there is nothing to pop, and nothing was answered.
bool pop_first_of(Context& c, const LmpopCall& call) {
  for (size_t i = call.first_key; i < call.first_key + call.keys; i++) {
    Edit<List> list(c, c.key(i));
    if (!list) return true;
    if (!list.exists()) continue;
    size_t count = std::min(static_cast<size_t>(call.count), list->size());
    c.reply.array(2);
    c.reply.bulk(c.arg(i));
    pop_elements(c, list, call.end, count);
    c.propagate_as({call.end == ListEnd::kFront ? "LPOP" : "RPOP", c.arg(i),
                    int64_text(static_cast<int64_t>(count))});
    return true;
  }
  return false;
}

void lmpop(Context& c) {
  LmpopCall call;
  if (!read_lmpop(c, 1, &call)) return;
  if (!pop_first_of(c, call)) c.reply.null_array();
}
constexpr KeySpecs keys_of_lmpop(int count_at) {
  KeySpecs specs;
  specs.count = 1;
  specs.items[0] = {.flags = kKeyRw | kKeyAccess | kKeyDelete,
                    .begin = KeySpec::Begin::kIndex,
                    .index = static_cast<int16_t>(count_at),
                    .find = KeySpec::Find::kCount,
                    .a = 0,
                    .b = 1,
                    .c = 1};
  return specs;
}
constexpr CommandSpec kLmpop = {
    .name = "lmpop",
    .arity = -4,
    .flags = kWrite,
    .group = Group::kList,
    .keys = keys_of_lmpop(1),
    .args = "numkeys:integer key+ where=(LEFT|RIGHT) [COUNT count:integer]",
    .summary = "Takes elements from the first of several lists that has any.",
    .since = "7.0.0",
    .complexity = "O(N+M) for N keys and M elements that are taken",
    .run = lmpop};

void blmpop(Context& c) {
  LmpopCall call;
  if (!read_lmpop(c, 2, &call)) return;
  int64_t timeout_ms;
  if (!read_timeout(c, c.arg(1), TimeoutUnit::kSeconds, &timeout_ms)) return;
  if (pop_first_of(c, call)) return;
  const Args keys = c.args.subspan(call.first_key, call.keys);
  if (!wait_for_keys(c, {keys, Type::kList, timeout_ms})) c.reply.null_array();
}
constexpr CommandSpec kBlmpop = {
    .name = "blmpop",
    .arity = -5,
    .flags = kWrite | kBlocking,
    .group = Group::kList,
    .keys = keys_of_lmpop(2),
    .args = "timeout:double numkeys:integer key+ where=(LEFT|RIGHT) [COUNT count:integer]",
    .summary = "Takes elements from the first of several lists that has any, or waits for some.",
    .since = "7.0.0",
    .complexity = "O(N+M) for N keys and M elements that are taken",
    .run = blmpop};

}  // namespace

std::span<const CommandSpec* const> list_move_commands() {
  static constexpr const CommandSpec* kAll[] = {&kLmove,      &kRpoplpush, &kLmpop, &kBlmove,
                                               &kBrpoplpush, &kBlpop,     &kBrpop, &kBlmpop};
  return kAll;
}

}  // namespace redstart
