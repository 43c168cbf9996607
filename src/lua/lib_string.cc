#include <cstring>

#include "lua/call.h"
#include "lua/format.h"
#include "lua/libs.h"
#include "lua/meta.h"
#include "lua/pattern.h"

namespace redstart::lua {

namespace {

// A position as scripts give it: from the end if negative, at least 0.
int64_t position(int64_t wanted, size_t length) {
  if (wanted < 0) wanted += static_cast<int64_t>(length) + 1;
  return wanted < 0 ? 0 : wanted;
}

int finish(Call& call, Buffer& buffer) {
  String* string = buffer.failed() ? nullptr : call.state.heap().string(buffer.text());
  if (!string) {
    call.state.fail_out_of_memory();
    return kRaised;
  }
  return call.ret(Value(string));
}

int string_len(Call& call) {
  std::string_view text;
  if (!call.string(0, &text)) return kRaised;
  return call.ret(Value(static_cast<double>(text.size())));
}

int string_sub(Call& call) {
  std::string_view text;
  int64_t from, to;
  if (!call.string(0, &text) || !call.integer(1, &from) || !call.integer_or(2, -1, &to)) {
    return kRaised;
  }
  from = position(from, text.size());
  to = position(to, text.size());
  if (from < 1) from = 1;
  if (to > static_cast<int64_t>(text.size())) to = static_cast<int64_t>(text.size());
  if (from > to) return call.ret(std::string_view());
  return call.ret(text.substr(static_cast<size_t>(from) - 1, static_cast<size_t>(to - from) + 1));
}

// A new string of the same length, each byte made from one of the old.
template <typename Make>
int mapped(Call& call, Make make) {
  std::string_view text;
  if (!call.string(0, &text)) return kRaised;
  if (text.size() <= kInternedMax) {
    char small[kInternedMax];
    for (size_t i = 0; i < text.size(); i++) small[i] = make(text, i);
    return call.ret(std::string_view(small, text.size()));
  }
  String* string = call.state.heap().blank_string(text.size());
  if (!string) {
    call.state.fail_out_of_memory();
    return kRaised;
  }
  for (size_t i = 0; i < text.size(); i++) string->data()[i] = make(text, i);
  return call.ret(Value(string));
}

int string_lower(Call& call) {
  return mapped(call, [](std::string_view text, size_t i) {
    const char c = text[i];
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
}

int string_upper(Call& call) {
  return mapped(call, [](std::string_view text, size_t i) {
    const char c = text[i];
    return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  });
}

int string_reverse(Call& call) {
  return mapped(call, [](std::string_view text, size_t i) { return text[text.size() - 1 - i]; });
}

int string_rep(Call& call) {
  std::string_view text;
  int64_t count;
  if (!call.string(0, &text) || !call.integer(1, &count)) return kRaised;
  if (count <= 0 || text.empty()) return call.ret(std::string_view());
  if (static_cast<uint64_t>(count) > kStringMax / text.size()) {
    return call.fail("resulting string too large");
  }
  const size_t length = text.size() * static_cast<size_t>(count);
  char small[kInternedMax];
  String* string = nullptr;
  if (length > kInternedMax) {
    string = call.state.heap().blank_string(length);
    if (!string) {
      call.state.fail_out_of_memory();
      return kRaised;
    }
  }
  char* out = string ? string->data() : small;
  if (text.size() == 1) {
    memset(out, text[0], length);
  } else {
    // Doubling what is there already.
    memcpy(out, text.data(), text.size());
    for (size_t done = text.size(); done < length;) {
      const size_t more = done < length - done ? done : length - done;
      memcpy(out + done, out, more);
      done += more;
    }
  }
  return string ? call.ret(Value(string)) : call.ret(std::string_view(small, length));
}

int string_byte(Call& call) {
  std::string_view text;
  int64_t from, to;
  if (!call.string(0, &text) || !call.integer_or(1, 1, &from)) return kRaised;
  from = position(from, text.size());
  if (!call.integer_or(2, from, &to)) return kRaised;
  to = position(to, text.size());
  if (from <= 0) from = 1;
  if (to > static_cast<int64_t>(text.size())) to = static_cast<int64_t>(text.size());
  if (from > to) return call.none();
  const int64_t count = to - from + 1;
  if (count + call.count() > kNativeStackMax) return call.fail("string slice too long");
  Value* results = call.results(static_cast<int>(count));
  if (!results) return kRaised;
  for (int64_t i = 0; i < count; i++) {
    results[i] = Value(static_cast<int>(static_cast<unsigned char>(text[from - 1 + i])));
  }
  return static_cast<int>(count);
}

int string_char(Call& call) {
  Buffer buffer(call.state.heap());
  for (int i = 0; i < call.count(); i++) {
    int64_t code;
    if (!call.integer(i, &code)) return kRaised;
    if (code < 0 || code > 255) return call.bad_argument(i, "invalid value");
    buffer.append(static_cast<char>(code));
  }
  return finish(call, buffer);
}

int string_format(Call& call) {
  Buffer buffer(call.state.heap());
  if (!format(call, buffer)) return kRaised;
  return finish(call, buffer);
}

// --- patterns

int pattern_error(Call& call, const Matcher& matcher) {
  if (!matcher.error_text()) return kRaised;
  return call.fail("%s", matcher.error_text());
}

// The captures of a match, or the match itself, as results from `offset` on. Returns their number.
int capture_results(Call& call, Matcher& matcher, const char* begin, const char* end, int offset,
                    bool whole) {
  const int count = matcher.captures() == 0 && whole ? 1 : matcher.captures();
  Value* results = call.results(offset + count);
  if (!results) return kRaised;
  for (int i = 0; i < count; i++) {
    if (!matcher.capture(i, begin, end, &results[offset + i])) return pattern_error(call, matcher);
  }
  return offset + count;
}

int find_or_match(Call& call, bool find) {
  std::string_view text, pattern;
  int64_t wanted;
  if (!call.string(0, &text) || !call.string(1, &pattern) || !call.integer_or(2, 1, &wanted)) {
    return kRaised;
  }
  int64_t start = position(wanted, text.size()) - 1;
  if (start < 0) start = 0;
  if (start > static_cast<int64_t>(text.size())) start = static_cast<int64_t>(text.size());
  if (find && (!call[3].is_false() || is_plain(pattern))) {
    const size_t at = find_plain(text, pattern, static_cast<size_t>(start));
    call.state.heap().worked_on(text.size() - static_cast<size_t>(start));
    if (at == text.npos) return call.ret(Value());
    return call.ret(Value(static_cast<double>(at + 1)),
                    Value(static_cast<double>(at + pattern.size())));
  }
  const bool anchored = !pattern.empty() && pattern[0] == '^';
  if (anchored) pattern.remove_prefix(1);
  Matcher matcher(call.state, text, pattern);
  const char* const text_end = text.data() + text.size();
  for (const char* at = text.data() + start;; at++) {
    if (const char* end = matcher.match_at(at)) {
      if (!find) return capture_results(call, matcher, at, end, 0, true);
      const int count = capture_results(call, matcher, at, end, 2, false);
      if (count < 0) return count;
      Value* results = call.results(count);
      results[0] = Value(static_cast<double>(at - text.data() + 1));
      results[1] = Value(static_cast<double>(end - text.data()));
      return count;
    }
    if (matcher.failed()) return pattern_error(call, matcher);
    if (anchored || at == text_end) return call.ret(Value());
  }
}

int string_find(Call& call) { return find_or_match(call, true); }
int string_match(Call& call) { return find_or_match(call, false); }

int gmatch_step(Call& call) {
  const std::string_view text = call.upvalue(0).text();
  Matcher matcher(call.state, text, call.upvalue(1).text());
  const char* const text_end = text.data() + text.size();
  for (const char* at = text.data() + static_cast<size_t>(call.upvalue(2).num); at <= text_end;
       at++) {
    if (const char* end = matcher.match_at(at)) {
      // An empty match is not found twice.
      const char* next = end == at ? end + 1 : end;
      call.upvalue(2) = Value(static_cast<double>(next - text.data()));
      return capture_results(call, matcher, at, end, 0, true);
    }
    if (matcher.failed()) return pattern_error(call, matcher);
  }
  return call.none();
}

int string_gmatch(Call& call) {
  std::string_view text, pattern;
  if (!call.string(0, &text) || !call.string(1, &pattern)) return kRaised;
  const Value upvalues[] = {call[0], call[1], Value(0)};
  return call.ret(call.state.native(gmatch_step, upvalues));
}

// Appends what takes the place of one match. False with an error pending.
bool add_replacement(Call& call, Matcher& matcher, Buffer& buffer, const char* begin,
                     const char* end) {
  Value value;
  switch (call[2].tag()) {
    case Tag::kString: {
      const std::string_view text = call[2].text();
      for (size_t i = 0; i < text.size(); i++) {
        if (text[i] != '%') {
          buffer.append(text[i]);
          continue;
        }
        if (++i == text.size()) break;
        if (text[i] < '0' || text[i] > '9') {
          buffer.append(text[i]);
        } else if (text[i] == '0') {
          buffer.append({begin, static_cast<size_t>(end - begin)});
        } else {
          if (!matcher.capture(text[i] - '1', begin, end, &value)) return false;
          if (value.is_number()) value = plain_text(call.state, value);
          buffer.append(value.text());
        }
      }
      return true;
    }
    case Tag::kTable:
      if (!matcher.capture(0, begin, end, &value)) return false;
      if (!index_value(call.state, call[2], value, &value)) return false;
      call.results(1);  // the stack may have moved
      break;
    default: {
      const int count = matcher.captures() == 0 ? 1 : matcher.captures();
      Value arguments[kCapturesMax];
      for (int i = 0; i < count; i++) {
        if (!matcher.capture(i, begin, end, &arguments[i])) return false;
      }
      if (!call.invoke(call[2], {arguments, static_cast<size_t>(count)}, &value)) return false;
    }
  }
  if (value.is_false()) {
    buffer.append({begin, static_cast<size_t>(end - begin)});
    return true;
  }
  if (value.is_number()) value = plain_text(call.state, value);
  if (!value.is_string()) {
    call.fail("invalid replacement value (a %s)", type_name(value));
    return false;
  }
  buffer.append(value.text());
  return true;
}

int string_gsub(Call& call) {
  std::string_view text, pattern, replacement;
  int64_t most;
  if (!call.string(0, &text) || !call.string(1, &pattern)) return kRaised;
  if (call[2].is_number() && !call.string(2, &replacement)) return kRaised;
  if (!call[2].is_string() && !call[2].is_table() && !call[2].is_function()) {
    return call.bad_argument(2, "string/function/table expected");
  }
  if (!call.integer_or(3, static_cast<int64_t>(text.size()) + 1, &most)) return kRaised;
  const bool anchored = !pattern.empty() && pattern[0] == '^';
  if (anchored) pattern.remove_prefix(1);
  Matcher matcher(call.state, text, pattern);
  Buffer buffer(call.state.heap());
  const char* at = text.data();
  const char* const text_end = at + text.size();
  int64_t count = 0;
  while (count < most) {
    const char* end = matcher.match_at(at);
    if (end) {
      count++;
      if (!add_replacement(call, matcher, buffer, at, end)) {
        return matcher.failed() ? pattern_error(call, matcher) : kRaised;
      }
    } else if (matcher.failed()) {
      return pattern_error(call, matcher);
    }
    if (end && end > at) {
      at = end;
    } else if (at < text_end) {
      buffer.append(*at++);
    } else {
      break;
    }
    if (anchored) break;
  }
  buffer.append({at, static_cast<size_t>(text_end - at)});
  if (finish(call, buffer) < 0) return kRaised;
  call.results(2)[1] = Value(static_cast<double>(count));
  return 2;
}

// Code is neither given away nor taken back. Here is the mark that compiled code begins with, which
// no load() accepts.
int string_dump(Call& call) {
  if (!call.function(0)) return kRaised;
  if (call[0].is(Tag::kNative)) return call.fail("unable to dump given function");
  return call.ret(std::string_view("\x1bLua"));
}

constexpr Function kFunctions[] = {
    {"byte", string_byte},     {"char", string_char},   {"dump", string_dump},
    {"find", string_find},     {"format", string_format}, {"gmatch", string_gmatch},
    {"gsub", string_gsub},     {"len", string_len},     {"lower", string_lower},
    {"match", string_match},   {"rep", string_rep},     {"reverse", string_reverse},
    {"sub", string_sub},       {"upper", string_upper},
};

}  // namespace

void open_string(State& state) {
  Table* library = open_library(state, "string", kFunctions);
  state.set(library, "gfind", state.get(library, "gmatch"));  // its name in 5.0
  Table* metatable = state.table();
  state.set(metatable, "__index", Value(library));
  state.type_metatable(Tag::kString) = metatable;
}

}  // namespace redstart::lua
