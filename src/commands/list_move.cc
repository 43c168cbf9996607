// The lists family: elements from one list to another, and from the first of several lists.
#include <string>

#include "commands/families.h"
#include "commands/list_access.h"
#include "engine/arg_reader.h"

namespace redstart {

namespace {

// The key of the source is also that of the destination.
void rotate(Context& c, ListEnd from, ListEnd to) {
  Edit<List> list(c, c.key(1));
  if (!list) return;
  if (!list.exists()) return c.reply.null();
  std::string element = list->view().at(from == ListEnd::kFront ? 0 : list->size() - 1).to_string();
  list->pop(from);
  list->push(to, element);
  c.reply.bulk(element);
  list.commit(push_event(to));
  list.guard().also(pop_event(from));
}

void move(Context& c, ListEnd from, ListEnd to) {
  if (c.arg(1) == c.arg(2)) return rotate(c, from, to);
  Edit<List> source(c, c.key(1));
  if (!source) return;
  if (!source.exists()) return c.reply.null();
  Edit<List> destination(c, c.key(2));
  if (!destination) return;
  char buffer[kIntTextMax];
  ListView elements = source->view();
  std::string_view element =
      elements.at(from == ListEnd::kFront ? 0 : elements.size() - 1).view(buffer);
  c.reply.bulk(element);
  destination->push(to, element);
  destination.commit(push_event(to));
  source->pop(from);
  source.commit(pop_event(from));
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

struct LmpopCall {
  size_t keys = 0;  // from argument 2 on
  ListEnd end = ListEnd::kFront;
  int64_t count = 1;
};

bool read_lmpop(Context& c, LmpopCall* call) {
  ArgReader args(c.args, 1);
  auto positive = [&](std::string_view error) {
    int64_t value = args.integer(error);
    if (value < 1) args.fail(error);
    return value;
  };
  int64_t keys = positive("ERR numkeys should be greater than 0");
  if (args.ok() && static_cast<uint64_t>(keys) >= args.left()) args.fail(err::kSyntax);
  if (args.ok()) {
    call->keys = static_cast<size_t>(keys);
    args = ArgReader(c.args, 2 + call->keys);
    std::optional<ListEnd> end = list_end_of(args.next());
    if (!end) args.fail(err::kSyntax);
    call->end = end.value_or(ListEnd::kFront);
  }
  if (args.option("COUNT")) call->count = positive("ERR count should be greater than 0");
  if (!args.done()) c.reply.error(args.error());
  return args.ok();
}

void lmpop(Context& c) {
  LmpopCall call;
  if (!read_lmpop(c, &call)) return;
  for (size_t i = 2; i < 2 + call.keys; i++) {
    Edit<List> list(c, c.key(i));
    if (!list) return;
    if (!list.exists()) continue;
    size_t count = std::min(static_cast<size_t>(call.count), list->size());
    c.reply.array(2);
    c.reply.bulk(c.arg(i));
    pop_elements(c, list, call.end, count);
    c.propagate_as({call.end == ListEnd::kFront ? "LPOP" : "RPOP", c.arg(i),
                    int64_text(static_cast<int64_t>(count))});
    return;
  }
  c.reply.null_array();
}
constexpr KeySpecs keys_of_lmpop() {
  KeySpecs specs;
  specs.count = 1;
  specs.items[0] = {.flags = kKeyRw | kKeyAccess | kKeyDelete,
                    .begin = KeySpec::Begin::kIndex,
                    .index = 1,
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
    .keys = keys_of_lmpop(),
    .args = "numkeys:integer key+ where=(LEFT|RIGHT) [COUNT count:integer]",
    .summary = "Takes elements from the first of several lists that has any.",
    .since = "7.0.0",
    .complexity = "O(N+M) for N keys and M elements that are taken",
    .run = lmpop};

}  // namespace

std::span<const CommandSpec* const> list_move_commands() {
  static constexpr const CommandSpec* kAll[] = {&kLmove, &kRpoplpush, &kLmpop};
  return kAll;
}

}  // namespace redstart
