// The array family: ranges of indices, answered or added up.
#include <cmath>
#include <cstdio>
#include <optional>

#include "commands/array_access.h"
#include "commands/families.h"

namespace redstart {

namespace {

using array::Range;

void argetrange(Context& c) {
  Range range;
  if (!array::read_range(c, 2, &range)) return;
  ArrayView view;
  if (!find(c, c.key(1), &view)) return;
  if (range.width() > array::kReplyMax) {
    return c.reply.error("ERR range exceeds maximum of 1000000 items");
  }
  c.reply.array(range.width());
  uint64_t next = range.start;
  const uint64_t step = range.reverse() ? UINT64_MAX : 1;  // that is -1
  array::walk(view, range, [&](uint64_t index, ArrayWord word) {
    for (; next != index; next += step) c.reply.null();
    array::answer_word(c.reply, word);
    next += step;
    return true;
  });
  for (; next != range.end + step; next += step) c.reply.null();
}
constexpr CommandSpec kArgetrange = array::reader(
    "argetrange", 4, "key start:integer end:integer",
    "Answers what is at each index of a range of an array.", "O(N) for N indices", argetrange);

void arscan(Context& c) {
  Range range;
  if (!array::read_range(c, 2, &range)) return;
  uint64_t left = UINT64_MAX;
  if (c.argc() == 6) {
    if (!equals_fold(c.arg(4), "LIMIT")) return c.reply.error(err::kSyntax);
    if (!array::read_limit(c, c.arg(5), &left)) return;
  } else if (c.argc() != 4) {
    return c.reply.error(err::wrong_arity(c.spec().name));
  }
  ArrayView view;
  if (!find(c, c.key(1), &view)) return;
  const Reply::Mark mark = c.reply.open_array();
  size_t count = 0;
  array::walk(view, range, [&](uint64_t index, ArrayWord word) {
    c.reply.array(2);
    c.reply.natural(index);
    array::answer_word(c.reply, word);
    count++;
    return --left > 0;
  });
  c.reply.close(mark, count);
}
constexpr CommandSpec kArscan =
    array::reader("arscan", -4, "key start:integer end:integer [LIMIT limit:integer]",
                  "Answers the elements in a range of an array, each with its index.",
                  "O(N) for N elements", arscan);

// ---- AROP ---------------------------------------------------------------------------------------

enum class Operation : uint8_t { kSum, kMin, kMax, kAnd, kOr, kXor, kMatch, kUsed };

std::optional<Operation> operation_of(std::string_view word) {
  constexpr std::string_view kNames[] = {"SUM", "MIN", "MAX", "AND", "OR", "XOR", "MATCH", "USED"};
  for (size_t i = 0; i < std::size(kNames); i++) {
    if (equals_fold(word, kNames[i])) return static_cast<Operation>(i);
  }
  return std::nullopt;
}

bool counts(Operation operation) { return operation >= Operation::kMatch; }
bool is_bitwise(Operation operation) {
  return operation >= Operation::kAnd && operation <= Operation::kXor;
}

// An element as a number; false: it is none.
bool number_of(ArrayWord word, long double* number, std::optional<int64_t>* integer) {
  int64_t value = 0;
  ArrayText scratch;
  if (array_word_decimal(word, number)) return true;
  if (array_word_int(word, &value) || parse_int64(array_word_text(word, scratch), &value)) {
    *integer = value;
    *number = static_cast<long double>(value);
    return true;
  }
  return parse_long_double(array_word_text(word, scratch), number);
}

// A fraction is cut off; what is beyond 64 bits is passed over.
std::optional<int64_t> integer_part(long double number) {
  if (!(number >= static_cast<long double>(INT64_MIN) &&
        number <= static_cast<long double>(INT64_MAX))) {
    return std::nullopt;
  }
  return static_cast<int64_t>(number);
}

class Sum {
 public:
  Sum(Operation operation, std::string_view wanted) : operation_(operation), wanted_(wanted) {}

  void add(ArrayWord word) {
    if (operation_ == Operation::kUsed) {
      count_++;
    } else if (operation_ == Operation::kMatch) {
      ArrayText scratch;
      count_ += array_word_text(word, scratch) == wanted_;
    } else {
      add_number(word);
    }
  }

  void answer(Reply& reply) const {
    if (counts(operation_)) return reply.integer(count_);
    if (count_ == 0) return reply.null();
    if (is_bitwise(operation_)) return reply.integer(bits_);
    char text[64];
    const int size = std::isnan(number_) ? std::snprintf(text, sizeof text, "nan")
                                         : std::snprintf(text, sizeof text, "%.17Lg", number_);
    reply.bulk({text, static_cast<size_t>(size)});
  }

 private:
  void add_number(ArrayWord word) {
    long double number = 0;
    std::optional<int64_t> integer;
    if (!number_of(word, &number, &integer)) return;
    if (is_bitwise(operation_)) {
      if (!integer) integer = integer_part(number);
      if (!integer) return;
    }
    count_++ == 0 ? begin(number, integer.value_or(0)) : combine(number, integer.value_or(0));
  }
  void begin(long double number, int64_t bits) {
    number_ = number;
    bits_ = bits;
  }
  void combine(long double number, int64_t bits) {
    switch (operation_) {
      case Operation::kSum:
        number_ += number;
        break;
      case Operation::kMin:
        if (number < number_) number_ = number;
        break;
      case Operation::kMax:
        if (number > number_) number_ = number;
        break;
      case Operation::kAnd:
        bits_ &= bits;
        break;
      case Operation::kOr:
        bits_ |= bits;
        break;
      default:
        bits_ ^= bits;
        break;
    }
  }

  const Operation operation_;
  const std::string_view wanted_;
  int64_t count_ = 0;  // of what was taken
  long double number_ = 0;
  int64_t bits_ = 0;
};

void arop(Context& c) {
  Range range;
  if (!array::read_range(c, 2, &range)) return;
  const std::optional<Operation> operation = operation_of(c.arg(4));
  if (!operation) return c.reply.error("ERR unknown operation");
  const bool match = *operation == Operation::kMatch;
  if (match && c.argc() != 6) return c.reply.error("ERR MATCH requires a value argument");
  if (!match && c.argc() != 5) return c.reply.error(err::wrong_arity(c.spec().name));
  ArrayView view;
  if (!find(c, c.key(1), &view)) return;
  Sum sum(*operation, match ? c.arg(5) : std::string_view());
  array::walk(view, range, [&](uint64_t, ArrayWord word) {
    sum.add(word);
    return true;
  });
  sum.answer(c.reply);
}
constexpr CommandSpec kArop = array::reader(
    "arop", -5,
    "key start:integer end:integer operation=(SUM|MIN|MAX|AND|OR|XOR|(MATCH value)|USED)",
    "Adds up, compares or counts the elements in a range of an array.", "O(N) for N elements",
    arop);

constexpr const CommandSpec* kCommands[] = {&kArgetrange, &kArscan, &kArop};

}  // namespace

std::span<const CommandSpec* const> array_range_commands() { return kCommands; }

}  // namespace redstart
