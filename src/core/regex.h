// Regular expressions for searching in UTF-8 text, in the syntax of RedisJSON's (Rust's): no
// backreferences and no look-around, and so linear in the text, whatever the pattern.
//
//   . [a-z] [^a-z] [[:alpha:]] \d \w \s \D \W \S    one character
//   ^ $ \A \z \b \B                                 a place
//   x* x+ x? x{n} x{n,} x{n,m}, lazy with a further "?"; x|y, (x), (?:x), (?P<name>x)
//   (?i) (?s) (?m) for what follows in the group, (?i:x) for x alone
//   \n \t \r \f \v \a \0 \xhh \uhhhh \x{h...} \u{h...}, and any punctuation
//
// Otherwise than Rust's: letter case is that of ASCII, \d and \s know ASCII only, \w takes every
// character beyond ASCII, and \p{...} is refused.
//
// A pattern is compiled to instructions that are run for all possible states at once (Thompson).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace redstart {

// The character at `at`, which moves behind it. A byte that is not UTF-8 stands for itself.
uint32_t next_regex_character(std::string_view text, size_t* at);

class Regex {
 public:
  // False: no regular expression, or one too large (kInstructionsMax); it then matches nothing.
  bool compile(std::string_view pattern);
  // Whether it matches anywhere in the text.
  bool search(std::string_view text) const;
  // In instructions, of which each may be run once for each character.
  size_t size() const { return program_.size(); }

  static constexpr size_t kInstructionsMax = 4096;

 private:
  friend class RegexAutomaton;
  friend class RegexCompiler;

  enum class Op : uint8_t {
    kSet,
    kJump,
    kSplit,
    kTextBegin,
    kTextEnd,
    kLineBegin,
    kLineEnd,
    kWordEdge,
    kNoWordEdge,
    kMatch,
  };
  struct Instruction {
    Op op;
    uint32_t a = 0;  // kSet: ranges_[a, b). kJump, kSplit: the next instructions
    uint32_t b = 0;
  };
  struct Range {
    uint32_t low;
    uint32_t high;
  };
  // Instructions to run at one place of the text, each once.
  struct States {
    std::vector<uint32_t> list;
    std::vector<bool> has;
  };
  struct Place {
    bool begin, end, after_newline, before_newline, word_before, word_after;
  };

  void enter(uint32_t at, const Place& place, States* states, std::vector<uint32_t>* stack) const;
  bool takes(const Instruction& set, uint32_t character) const;

  std::vector<Instruction> program_;
  std::vector<Range> ranges_;
};

}  // namespace redstart
