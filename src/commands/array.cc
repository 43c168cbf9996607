// The array family: elements by their index, and those that are appended at the cursor.
#include "commands/array_access.h"
#include "commands/families.h"

namespace redstart {

namespace {

using array::answer_at;
using array::parse_index;
using array::read_index;

// ---- elements by their index --------------------------------------------------------------------

void arset(Context& c) {
  uint64_t first = 0;
  if (!read_index(c, c.arg(2), &first)) return;
  const uint64_t values = c.argc() - 3;
  if (values - 1 > kArrayIndexMax - first) return c.reply.error("ERR array index overflow");
  Edit<Array> array(c, c.key(1));
  if (!array) return;
  int64_t added = 0;
  for (uint64_t i = 0; i < values; i++) added += array->set(first + i, c.arg(3 + i));
  c.reply.integer(added);
  array.commit(event::kArset);
}
constexpr CommandSpec kArset =
    array::writer("arset", -4, kKeyUpdate, "key index:integer value+",
                  "Sets elements of an array at consecutive indices from one on.",
                  "O(N) for N values", arset, kDenyOom | kFast);

void armset(Context& c) {
  if (c.argc() % 2 != 0) return c.reply.error(err::wrong_arity(c.spec().name));
  uint64_t index = 0;
  for (size_t i = 2; i < c.argc(); i += 2) {
    if (!read_index(c, c.arg(i), &index)) return;
  }
  Edit<Array> array(c, c.key(1));
  if (!array) return;
  int64_t added = 0;
  for (size_t i = 2; i < c.argc(); i += 2) {
    parse_index(c.arg(i), &index);
    added += array->set(index, c.arg(i + 1));
  }
  c.reply.integer(added);
  array.commit(event::kArmset);
}
constexpr CommandSpec kArmset = array::writer(
    "armset", -4, kKeyUpdate, "key data=(index:integer value)+",
    "Sets elements of an array, each at its index.", "O(N) for N pairs", armset, kDenyOom | kFast);

void arget(Context& c) {
  ArrayView view;
  if (!find(c, c.key(1), &view)) return;
  uint64_t index = 0;
  if (read_index(c, c.arg(2), &index)) answer_at(c.reply, view, index);
}
constexpr CommandSpec kArget =
    array::reader("arget", 3, "key index:integer", "Answers the element of an array at an index.",
                  "O(1)", arget, kFast);

void armget(Context& c) {
  ArrayView view;
  if (!find(c, c.key(1), &view)) return;
  uint64_t index = 0;
  for (size_t i = 2; i < c.argc(); i++) {
    if (!read_index(c, c.arg(i), &index)) return;
  }
  c.reply.array(c.argc() - 2);
  for (size_t i = 2; i < c.argc(); i++) {
    parse_index(c.arg(i), &index);
    answer_at(c.reply, view, index);
  }
}
constexpr CommandSpec kArmget = array::reader(
    "armget", -3, "key index:integer+", "Answers the elements of an array at the given indices.",
    "O(N) for N indices", armget, kFast);

void answer_erased(Context& c, Edit<Array>& array, uint64_t erased, const Event& event) {
  c.reply.natural(erased);
  if (erased > 0) array.commit(event);
}

void ardel(Context& c) {
  uint64_t index = 0;
  for (size_t i = 2; i < c.argc(); i++) {
    if (!read_index(c, c.arg(i), &index)) return;
  }
  Edit<Array> array(c, c.key(1));
  if (!array) return;
  uint64_t erased = 0;
  for (size_t i = 2; i < c.argc(); i++) {
    parse_index(c.arg(i), &index);
    erased += array->erase(index, index);
  }
  answer_erased(c, array, erased, event::kArdel);
}
constexpr CommandSpec kArdel = array::writer(
    "ardel", -3, kKeyDelete, "key index:integer+",
    "Deletes the elements of an array at the given indices.", "O(N) for N indices", ardel, kFast);

void ardelrange(Context& c) {
  if (c.argc() % 2 != 0) return c.reply.error(err::wrong_arity(c.spec().name));
  array::Range range;
  for (size_t i = 2; i < c.argc(); i += 2) {
    if (!array::read_range(c, i, &range)) return;
  }
  Edit<Array> array(c, c.key(1));
  if (!array) return;
  uint64_t erased = 0;
  for (size_t i = 2; i < c.argc(); i += 2) {
    array::read_range(c, i, &range);
    erased += array->erase(range.low(), range.high());
  }
  answer_erased(c, array, erased, event::kArdelrange);
}
constexpr CommandSpec kArdelrange =
    array::writer("ardelrange", -4, kKeyDelete, "key range=(start:integer end:integer)+",
                  "Deletes the elements of an array in the given ranges of indices.",
                  "O(N) for N elements that are deleted", ardelrange, 0);

// ---- at the cursor ------------------------------------------------------------------------------

void arinsert(Context& c) {
  Edit<Array> array(c, c.key(1));
  if (!array) return;
  const uint64_t first = array->view().next();
  const uint64_t values = c.argc() - 2;
  if (first > kArrayIndexMax || values - 1 > kArrayIndexMax - first) {
    return c.reply.error("ERR insert index overflow");
  }
  for (uint64_t i = 0; i < values; i++) array->set(first + i, c.arg(2 + i));
  array->set_cursor(first + values - 1);
  c.reply.natural(first + values - 1);
  array.commit(event::kArinsert);
}
constexpr CommandSpec kArinsert = array::writer(
    "arinsert", -3, kKeyUpdate, "key value+", "Appends elements to an array, where its cursor is.",
    "O(N) for N values", arinsert, kDenyOom | kFast);

void arring(Context& c) {
  int64_t size = 0;
  if (!parse_int64(c.arg(2), &size)) return c.reply.error("ERR invalid size");
  if (size <= 0) return c.reply.error("ERR size must be positive");
  Edit<Array> array(c, c.key(1));
  if (!array) return;
  const auto places = static_cast<uint64_t>(size);
  array->fit_ring(places);
  uint64_t at = 0;
  for (size_t i = 3; i < c.argc(); i++) {
    at = array->view().next() % places;
    array->set(at, c.arg(i));
    array->set_cursor(at);
  }
  c.reply.natural(at);
  array.commit(event::kArring);
}
constexpr CommandSpec kArring = array::writer(
    "arring", -4, kKeyUpdate, "key size:integer value+",
    "Appends elements to an array that keeps only as many as its size, the latest.",
    "O(M) for M values, O(N+M) when N elements move because the size is another", arring, kDenyOom);

void arseek(Context& c) {
  uint64_t next = 0;
  if (!parse_index(c.arg(2), &next)) return c.reply.error(array::kBadIndex);
  Edit<Array> array(c, c.key(1));
  if (!array) return;
  if (!array.exists()) return c.reply.integer(0);
  array->set_cursor(next - 1);
  c.reply.integer(1);
  array.commit(event::kArseek);
}
constexpr CommandSpec kArseek = array::writer(
    "arseek", 3, kKeyUpdate, "key index:integer",
    "Puts the cursor of an array, where the next element is appended.", "O(1)", arseek, kFast);

void arnext(Context& c) {
  ArrayView view;
  if (!find(c, c.key(1), &view)) return;
  view.next() > kArrayIndexMax ? c.reply.null() : c.reply.natural(view.next());
}
constexpr CommandSpec kArnext = array::reader(
    "arnext", 2, "key", "Answers the index at which the next element of an array is appended.",
    "O(1)", arnext, kFast);

// From the cursor backwards, around the end of the array.
void answer_last(Context& c, const ArrayView& view, uint64_t wanted, bool latest_first) {
  const uint64_t length = view.length();
  const uint64_t count = wanted < length ? wanted : length;
  if (count > view.count() && count > array::kReplyMax) {
    return c.reply.error("ERR count exceeds maximum of 1000000 items");
  }
  const uint64_t latest = view.cursor() >= length ? length - 1 : view.cursor();
  const uint64_t oldest = latest + (latest + 1 < count ? length : 0) + 1 - count;
  c.reply.array(count);
  uint64_t at = latest_first ? latest : oldest;
  for (uint64_t i = 0; i < count; i++) {
    answer_at(c.reply, view, at);
    if (latest_first) {
      at = at == 0 ? length - 1 : at - 1;
    } else {
      at = at + 1 == length ? 0 : at + 1;
    }
  }
}

void arlastitems(Context& c) {
  int64_t count = 0;
  if (!parse_int64(c.arg(2), &count)) return c.reply.error("ERR invalid COUNT");
  if (count <= 0) return c.reply.array(0);
  if (c.argc() > 4) return c.reply.error(err::wrong_arity(c.spec().name));
  const bool latest_first = c.argc() == 4;
  if (latest_first && !equals_fold(c.arg(3), "REV")) return c.reply.error(err::kSyntax);
  ArrayView view;
  if (!find(c, c.key(1), &view)) return;
  if (!view.exists()) return c.reply.array(0);
  answer_last(c, view, static_cast<uint64_t>(count), latest_first);
}
constexpr CommandSpec kArlastitems =
    array::reader("arlastitems", -3, "key count:integer [REV]",
                  "Answers the elements of an array that were appended last.",
                  "O(N) for N elements", arlastitems);

// ---- about an array -----------------------------------------------------------------------------

void arlen(Context& c) {
  ArrayView view;
  if (find(c, c.key(1), &view)) c.reply.natural(view.length());
}
constexpr CommandSpec kArlen =
    array::reader("arlen", 2, "key", "Answers one more than the highest index of an array.", "O(1)",
                  arlen, kFast);

void arcount(Context& c) {
  ArrayView view;
  if (find(c, c.key(1), &view)) c.reply.natural(view.count());
}
constexpr CommandSpec kArcount =
    array::reader("arcount", 2, "key", "Counts the elements of an array.", "O(1)", arcount, kFast);

// Leaves with at least half of their places in use are what Redis calls dense.
struct LeafFigures {
  uint64_t dense = 0;
  uint64_t sparse = 0;
  uint64_t in_dense = 0;
  uint64_t in_sparse = 0;
};

LeafFigures leaf_figures(const ArrayView& view) {
  LeafFigures figures;
  view.walk_leaves([&](const ArrayNode& leaf) {
    const bool dense = 2 * leaf.count() >= ArrayNode::kPlaces;
    (dense ? figures.dense : figures.sparse)++;
    (dense ? figures.in_dense : figures.in_sparse) += leaf.count();
  });
  return figures;
}

double ratio(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void arinfo(Context& c) {
  const bool full = c.argc() == 3 && equals_fold(c.arg(2), "FULL");
  if (c.argc() > 2 && !full) return c.reply.error(err::kSyntax);
  ArrayView view;
  if (!find(c, c.key(1), &view)) return;
  if (!view.exists()) return c.reply.error(err::kNoSuchKey);
  auto figure = [&](std::string_view name, uint64_t value) {
    c.reply.bulk(name);
    c.reply.natural(value);
  };
  auto mean = [&](std::string_view name, double value) {
    c.reply.bulk(name);
    c.reply.dbl(value);
  };
  const ArrayFigures figures = view.figures();
  c.reply.map(full ? 12 : 7);
  figure("count", view.count());
  figure("len", view.length());
  figure("next-insert-index", view.next() > kArrayIndexMax ? 0 : view.next());
  figure("slices", figures.leaves);
  figure("directory-size", figures.inner_nodes);
  figure("super-dir-entries", 0);
  figure("slice-size", ArrayNode::kPlaces);
  if (!full) return;
  const LeafFigures leaves = leaf_figures(view);
  figure("dense-slices", leaves.dense);
  figure("sparse-slices", leaves.sparse);
  mean("avg-dense-size", leaves.dense == 0 ? 0 : ArrayNode::kPlaces);
  mean("avg-dense-fill", ratio(leaves.in_dense, leaves.dense * ArrayNode::kPlaces));
  mean("avg-sparse-size", ratio(leaves.in_sparse, leaves.sparse));
}
constexpr CommandSpec kArinfo =
    array::reader("arinfo", -2, "key [FULL]", "Tells how an array is kept.",
                  "O(1), with FULL O(N) for N parts of the array", arinfo);

constexpr const CommandSpec* kCommands[] = {
    &kArset,  &kArmset, &kArget,  &kArmget,      &kArdel, &kArdelrange, &kArinsert,
    &kArring, &kArseek, &kArnext, &kArlastitems, &kArlen, &kArcount,    &kArinfo};

}  // namespace

std::span<const CommandSpec* const> array_commands() { return kCommands; }

}  // namespace redstart
