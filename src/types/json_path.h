// JSONPath as RedisJSON understands it, compiled:
//
//   path     = "$" step*
//   step     = "." name | "." "*" | ["."] "[" inside "]" | ".." (name | "*" | "[" inside "]")
//   inside   = index {"," index} | slice | text {"," text} | "*" | "?" filter
//   slice    = [index] ":" [index] [":" [positive]]
//   filter   = test {("&&" | "||") test}                    && binds tighter
//   test     = "!" test | "(" filter ")" | term [operator term]
//   operator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "=~"
//   term     = number | text | "true" | "false" | "null" | ("@" | "$") [[name] step*]
//
// and the older form ("legacy"): the same without "$" or "$." in front. What such a path selects is
// one value, the first match, and commands answer it bare; a "$" path is answered with an array.
//
// A compiled path is a flat list of steps with side tables; it borrows the text it was made of.
// Its vectors are kept from one path to the next, so that compiling allocates nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/regex.h"
#include "types/json_names.h"

namespace redstart {

class JsonPath {
 public:
  enum class StepKind : uint8_t { kName, kNames, kIndexes, kSlice, kAll, kDeep, kFilter };
  struct Step {
    StepKind kind;
    // kName, kNames: names()[from, to). kIndexes, kSlice: numbers()[from, to). kFilter: from is
    // the root of its tests.
    uint32_t from = 0;
    uint32_t to = 0;
  };
  struct Name {
    std::string_view text;
    uint32_t number;  // kNone: in no document
  };
  enum class TestKind : uint8_t {
    kOr,
    kAnd,
    kNot,
    kExists,  // left, right: tests; of kExists a term
    kEqual,
    kDiffers,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kMatches,  // terms
  };
  struct Test {
    TestKind kind;
    uint32_t left = 0;
    uint32_t right = 0;
  };
  enum class TermKind : uint8_t { kInt, kReal, kText, kTrue, kFalse, kNull, kCurrent, kRoot };
  struct Term {
    TermKind kind;
    int64_t integer = 0;
    double real = 0;
    std::string_view text = {};
    uint32_t from = 0, to = 0;  // kCurrent, kRoot: steps
    uint32_t regex = kNoRegex;  // of a text that is matched against
  };
  static constexpr uint32_t kNoRegex = UINT32_MAX;
  static constexpr int64_t kOpen = INT64_MIN;  // an end of a slice that is not given

  static bool is_legacy(std::string_view text) {
    return text.empty() || text[0] != '$' || (text.size() > 1 && text[1] != '.' && text[1] != '[');
  }
  // False: `error` says what is wrong and where. REQUIRES: `text` outlives the path.
  bool compile(std::string_view text, const JsonNames& names, std::string* error);

  bool legacy() const { return legacy_; }
  // The value as a whole: "$" or ".".
  bool is_root() const { return end_ == begin_; }
  // At most one match: names and single indexes only.
  bool is_static() const;

  // The steps of the path itself; those of paths in filters stand before them.
  uint32_t begin() const { return begin_; }
  uint32_t end() const { return end_; }
  const Step& step(uint32_t at) const { return steps_[at]; }
  const Name& name(uint32_t at) const { return names_[at]; }
  int64_t number(uint32_t at) const { return numbers_[at]; }
  const Test& test(uint32_t at) const { return tests_[at]; }
  const Term& term(uint32_t at) const { return terms_[at]; }
  const Regex& regex(uint32_t at) const { return regexes_[at]; }

 private:
  friend class JsonPathCompiler;

  bool legacy_ = false;
  uint32_t begin_ = 0;
  uint32_t end_ = 0;
  std::vector<Step> steps_;
  std::vector<Name> names_;
  std::vector<int64_t> numbers_;
  std::vector<Test> tests_;
  std::vector<Term> terms_;
  std::vector<Regex> regexes_;
  std::vector<Step> pending_;  // steps of the paths that are being read
  std::string fixed_;          // a legacy path as a "$" path
  std::string unescaped_;      // texts that had backslashes
};

}  // namespace redstart
