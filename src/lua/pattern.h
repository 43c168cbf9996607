// Lua's patterns: one match at a time.
//
// The matcher backtracks, so that some patterns take forever on some texts; it asks the host now and
// then, as running code does. It recurses once per item of the pattern, never per byte of the text.
#pragma once

#include <cstdint>
#include <string_view>

#include "lua/limits.h"
#include "lua/state.h"

namespace redstart::lua {

class Matcher {
 public:
  // The pattern comes without its '^'.
  Matcher(State& state, std::string_view text, std::string_view pattern)
      : state_(state),
        text_(text.data()),
        text_end_(text.data() + text.size()),
        pattern_(pattern.data()),
        pattern_end_(pattern.data() + pattern.size()) {}

  // Where a match that begins at `from` ends, or null: no match, or an error: failed().
  const char* match_at(const char* from);
  // An error is pending. Its text carries no position: natives add it (error_text).
  bool failed() const { return error_ || stopped_; }
  const char* error_text() const { return error_; }  // null if the host stopped the run

  int captures() const { return level_; }
  // Capture i, or the whole match from `begin` to `end` where there are no captures and i is 0.
  // False after an error.
  bool capture(int i, const char* begin, const char* end, Value* value);

 private:
  struct Capture {
    const char* begin;
    ptrdiff_t length;
  };
  static constexpr ptrdiff_t kOpen = -1, kPosition = -2;

  const char* fail(const char* text) {
    if (!error_) error_ = text;
    return nullptr;
  }
  const char* match(const char* s, const char* p);
  const char* class_end(const char* p);
  bool single(const char* s, const char* p, const char* end) const;
  bool in_set(unsigned char c, const char* p, const char* end) const;
  const char* longest(const char* s, const char* p, const char* end);
  const char* shortest(const char* s, const char* p, const char* end);
  const char* open_capture(const char* s, const char* p, ptrdiff_t kind);
  const char* close_capture(const char* s, const char* p);
  const char* balanced(const char* s, const char* p);
  const char* captured_again(const char* s, char digit);
  bool work();

  State& state_;
  const char* const text_;
  const char* const text_end_;
  const char* const pattern_;
  const char* const pattern_end_;
  const char* error_ = nullptr;
  bool stopped_ = false;
  int level_ = 0;
  int nesting_ = 0;
  uint32_t steps_ = 0;
  Capture captures_[kCapturesMax];
};

// Has the pattern any character that means more than itself?
bool is_plain(std::string_view pattern);
// Where the text first stands at or after `from`, or npos.
size_t find_plain(std::string_view text, std::string_view wanted, size_t from);

}  // namespace redstart::lua
