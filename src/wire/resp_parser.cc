#include "wire/resp_parser.h"

#include <climits>
#include <cstring>

#include "base/ascii.h"
#include "base/numbers.h"
#include "wire/resp_inline.h"

namespace redstart {

namespace {

// Room kept for arguments between windows; one giant command should not hold its memory for ever.
constexpr size_t kArgsKept = 4096;
// A partial command of more arguments changes hands instead of being copied.
constexpr size_t kArgsCopied = 32;

// Assignment of an empty vector's braces would keep the memory.
template <class T>
void release(std::vector<T>* items) {
  std::vector<T>().swap(*items);
}

// Most headers are "$3\r\n" or "$16\r\n". Answers the digits' value and moves on, or -1 where a
// closer look is needed.
inline int64_t read_short_header(const char*& at, const char* end) {
  if (end - at < 5 || !ascii_digit(at[1])) return -1;
  if (at[2] == '\r') {
    const int64_t value = at[1] - '0';
    at += 4;
    return value;
  }
  if (at[1] == '0' || !ascii_digit(at[2]) || at[3] != '\r') return -1;
  const int64_t value = (at[1] - '0') * 10 + (at[2] - '0');
  at += 5;
  return value;
}

}  // namespace

std::string_view RespParser::second_word(std::string_view bytes) {
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  if (at == end || *at != '*' || read_short_header(at, end) < 2) return {};
  int64_t size = 0;
  for (int word = 1; word <= 2; word++) {
    at += word == 2 ? size + 2 : 0;
    if (at >= end || *at != '$') return {};
    size = read_short_header(at, end);
    if (size < 0 || end - at < size + 2) return {};
  }
  return {at, static_cast<size_t>(size)};
}

RespParser::Step RespParser::fail(std::string_view what) {
  error_ = "Protocol error: ";
  error_.append(what);
  return Step::kError;
}

// A line of the form <sign><digits>\r\n. Leaves `at` behind it, the sign unchecked.
RespParser::Step RespParser::read_header(const char*& at, const char* end,
                                         std::string_view too_long, int64_t* value, bool* valid) {
  const auto available = static_cast<size_t>(end - at);
  const char* line_end = static_cast<const char*>(memchr(at, '\r', available));
  if (!line_end) return available > kLineMax ? fail(too_long) : Step::kNeedMore;
  if (line_end + 1 == end) return Step::kNeedMore;
  *valid = parse_int64({at + 1, static_cast<size_t>(line_end - at - 1)}, value);
  at = line_end + 2;
  return Step::kDone;
}

RespParser::Step RespParser::read_args_left(const char*& at, const char* end,
                                            const Limits& limits) {
  int64_t count = read_short_header(at, end);
  if (count < 0) {
    bool valid;
    const Step step = read_header(at, end, "too big mbulk count string", &count, &valid);
    if (step != Step::kDone) return step;
    if (!valid || count > INT_MAX) return fail("invalid multibulk length");
  }
  if (count > kUnauthenticatedArgs && !limits.authenticated) {
    return fail("unauthenticated multibulk length");
  }
  args_left_ = count < 0 ? 0 : count;
  return Step::kDone;
}

RespParser::Step RespParser::read_bulk_size(const char*& at, const char* end,
                                            const Limits& limits) {
  const char sign = *at;
  int64_t size;
  bool valid;
  const Step step = read_header(at, end, "too big bulk count string", &size, &valid);
  if (step != Step::kDone) return step;
  if (sign != '$') {
    const char shown = sign == '\r' || sign == '\n' ? ' ' : sign;
    return fail(std::string("expected '$', got '") + shown + "'");
  }
  if (!valid || size < 0 || static_cast<uint64_t>(size) > limits.bulk_max) {
    return fail("invalid bulk length");
  }
  if (size > kUnauthenticatedBulk && !limits.authenticated) {
    return fail("unauthenticated bulk length");
  }
  bulk_size_ = size;
  return Step::kDone;
}

RespParser::Step RespParser::parse_args(const char*& at, const char* end, const Limits& limits,
                                        RespWindow* window) {
  while (args_left_ > 0) {
    if (bulk_size_ == kUnknownSize) {
      if (at == end) return Step::kNeedMore;
      if (*at == '$') bulk_size_ = read_short_header(at, end);
      if (bulk_size_ == kUnknownSize) {
        const Step step = read_bulk_size(at, end, limits);
        if (step != Step::kDone) return step;
      }
    }
    const size_t in_buffer = supplied_ ? 0 : static_cast<size_t>(bulk_size_);
    if (static_cast<size_t>(end - at) < in_buffer + 2) return Step::kNeedMore;
    if (!supplied_) window->args.emplace_back(at, in_buffer);
    at += in_buffer + 2;
    supplied_ = false;
    bulk_size_ = kUnknownSize;
    args_left_--;
  }
  return Step::kDone;
}

RespParser::Step RespParser::parse_inline(const char*& at, const char* end, RespWindow* window) {
  const auto available = static_cast<size_t>(end - at);
  const char* newline = static_cast<const char*>(memchr(at, '\n', available));
  if (!newline) return available > kLineMax ? fail("too big inline request") : Step::kNeedMore;
  const char* line_end = newline > at && newline[-1] == '\r' ? newline - 1 : newline;

  std::vector<std::string> words;
  if (!split_inline({at, static_cast<size_t>(line_end - at)}, &words)) {
    return fail("unbalanced quotes in request");
  }
  at = newline + 1;
  if (words.empty()) return Step::kDone;
  window->inline_words.push_back(std::move(words));
  for (const std::string& word : window->inline_words.back()) window->args.emplace_back(word);
  return Step::kDone;
}

RespParser::Step RespParser::parse_command(const char*& at, const char* end, const Limits& limits,
                                           RespWindow* window) {
  if (args_left_ == 0) {
    if (*at != '*') return parse_inline(at, end, window);
    const Step step = read_args_left(at, end, limits);
    if (step != Step::kDone) return step;
  }
  return parse_args(at, end, limits, window);
}

RespParser::Result RespParser::parse(std::string_view bytes, size_t commands_max,
                                     const Limits& limits, RespWindow* window) {
  window->commands.clear();
  window->args.clear();
  if (!window->inline_words.empty()) window->inline_words.clear();
  const char* at = bytes.data();
  const char* end = at + bytes.size();
  if (args_left_ > 0) {
    restore_partial(at, window);
    at += position_;
  } else if (window->args.capacity() > kArgsKept) {
    window->args.shrink_to_fit();
  }

  consumed_ = 0;
  while (at < end || args_left_ > 0) {
    if (window->commands.size() == commands_max) return Result::kFull;
    const size_t first = window->commands.empty()
                             ? 0
                             : window->commands.back().first_arg + window->commands.back().argc;
    const Step step = parse_command(at, end, limits, window);
    if (step == Step::kError) return Result::kError;
    if (step == Step::kNeedMore) {
      if (args_left_ > 0) {
        position_ = static_cast<size_t>(at - bytes.data()) - consumed_;
        keep_partial(bytes.data() + consumed_, first, window);
      }
      return Result::kNeedMore;
    }
    consumed_ = static_cast<size_t>(at - bytes.data());
    if (!supplied_args_.empty()) release(&supplied_args_);
    const size_t argc = window->args.size() - first;
    if (argc == 0) continue;
    window->commands.push_back(
        {static_cast<uint32_t>(first), static_cast<uint32_t>(argc), consumed_});
  }
  return Result::kNeedMore;
}

// ---- the partial command ------------------------------------------------------------------------

void RespParser::keep_partial(const char* base, size_t first_arg, RespWindow* window) {
  partial_base_ = base;
  auto& args = window->args;
  if (first_arg == 0 && args.size() > kArgsCopied) {
    partial_args_.swap(args);
    return;
  }
  partial_args_.assign(args.begin() + static_cast<ptrdiff_t>(first_arg), args.end());
  args.resize(first_arg);
}

void RespParser::restore_partial(const char* base, RespWindow* window) {
  auto& args = window->args;
  if (partial_args_.size() > kArgsCopied) {
    args.swap(partial_args_);
  } else {
    args = partial_args_;
  }
  release(&partial_args_);
  if (partial_base_ == base) return;
  size_t supplied = 0;
  for (size_t i = 0; i < args.size(); i++) {
    if (supplied < supplied_args_.size() && supplied_args_[supplied] == i) {
      supplied++;
      continue;
    }
    args[i] = {base + (args[i].data() - partial_base_), args[i].size()};
  }
}

void RespParser::forget() {
  args_left_ = 0;
  bulk_size_ = kUnknownSize;
  supplied_ = false;
  position_ = 0;
  release(&partial_args_);
  release(&supplied_args_);
}

RespParser::LongBulk RespParser::missing_bulk() const {
  if (args_left_ == 0 || supplied_ || bulk_size_ < static_cast<int64_t>(kLongBulk)) return {};
  return {position_, static_cast<size_t>(bulk_size_)};
}

void RespParser::supply_bulk(std::string_view payload) {
  supplied_ = true;
  supplied_args_.push_back(static_cast<uint32_t>(partial_args_.size()));
  partial_args_.push_back(payload);
}

}  // namespace redstart
