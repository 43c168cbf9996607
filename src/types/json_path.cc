#include "types/json_path.h"

#include <algorithm>
#include <charconv>

namespace redstart {

namespace {

constexpr int kNestedFiltersMax = 16;
constexpr int kParenthesesMax = 128;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-_`+#%$^/:~").find(c) != std::string_view::npos;
}

}  // namespace

class JsonPathCompiler {
 public:
  using Kind = JsonPath::StepKind;
  using TestKind = JsonPath::TestKind;
  using TermKind = JsonPath::TermKind;

  JsonPathCompiler(std::string_view text, const JsonNames& names, JsonPath* path,
                   std::string* error)
      : text_(text), names_(names), path_(*path), error_(*error) {}

  bool compile() {
    skip();
    if (!take('$')) return expected("'$'");
    const size_t mark = path_.pending_.size();
    if (!steps(true)) return false;
    if (at_ != text_.size()) return expected("'.', '..', '['");
    close(mark, &path_.begin_, &path_.end_);
    return true;
  }

 private:
  bool more() const { return at_ < text_.size(); }
  char peek() const { return more() ? text_[at_] : '\0'; }
  void skip() {
    while (more() && peek() == ' ') at_++;
  }
  // Blanks before it do not count.
  bool take(char c) {
    skip();
    if (!more() || peek() != c) return false;
    at_++;
    return true;
  }
  bool take(std::string_view word) {
    skip();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  bool expected(std::string_view what) {
    error_ = "Error occurred at position " + std::to_string(at_) +
             ", expected one of the following: " + std::string(what);
    return false;
  }
  bool too_deep() {
    error_ = "Error occurred at position " + std::to_string(at_) + ", nested too deeply";
    return false;
  }
  static uint32_t size_of(const auto& all) { return static_cast<uint32_t>(all.size()); }

  void add(Kind kind, uint32_t from = 0, uint32_t to = 0) {
    path_.pending_.push_back({kind, from, to});
  }
  void add_name(std::string_view text) { path_.names_.push_back({text, names_.find(text)}); }
  // The steps from `mark` on are one path.
  void close(size_t mark, uint32_t* from, uint32_t* to) {
    *from = size_of(path_.steps_);
    path_.steps_.insert(path_.steps_.end(), path_.pending_.begin() + static_cast<ptrdiff_t>(mark),
                        path_.pending_.end());
    *to = size_of(path_.steps_);
    path_.pending_.resize(mark);
  }

  bool steps(bool may_begin_bare);
  bool name();
  bool bracket();
  bool indexes();
  bool number(int64_t* value);
  bool texts();
  bool text(std::string_view* value);
  bool filter(uint32_t* test);
  bool all_of(uint32_t* test);
  bool test(uint32_t* test);
  bool comparison(uint32_t* test);
  bool term(uint32_t* term);
  bool number_term(JsonPath::Term* term);
  bool path_term(JsonPath::Term* term);
  uint32_t add_test(TestKind kind, uint32_t left, uint32_t right = 0) {
    path_.tests_.push_back({kind, left, right});
    return size_of(path_.tests_) - 1;
  }

  const std::string_view text_;
  const JsonNames& names_;
  JsonPath& path_;
  std::string& error_;
  size_t at_ = 0;
  int filters_ = 0;  // inside each other
  int parentheses_ = 0;
};

// A first name may stand without a point: "$a", "@a".
bool JsonPathCompiler::steps(bool may_begin_bare) {
  bool bare = may_begin_bare;
  for (;; bare = false) {
    skip();
    if (bare && (is_name_character(peek()) || peek() == '*')) {
      if (take('*')) {
        add(Kind::kAll);
      } else if (!name()) {
        return false;
      }
      continue;
    }
    if (take('[')) {
      if (!bracket()) return false;
      continue;
    }
    if (!take('.')) return true;
    const bool deep = take('.');
    if (deep) add(Kind::kDeep);
    if (take('*')) {
      add(Kind::kAll);
    } else if (take('[')) {
      if (!bracket()) return false;
    } else if (!name()) {
      return deep ? expected("<string>, '*', '['") : expected("<string>, '*', '[', '.'");
    }
  }
}

bool JsonPathCompiler::name() {
  skip();
  const size_t begin = at_;
  while (more() && is_name_character(peek())) at_++;
  if (at_ == begin) return false;
  add_name(text_.substr(begin, at_ - begin));
  add(Kind::kName, size_of(path_.names_) - 1, size_of(path_.names_));
  return true;
}

// Behind "[".
bool JsonPathCompiler::bracket() {
  skip();
  bool good = true;
  if (take('*')) {
    add(Kind::kAll);
  } else if (take('?')) {
    if (++filters_ > kNestedFiltersMax) return too_deep();
    uint32_t test;
    good = filter(&test);
    filters_--;
    if (good) add(Kind::kFilter, test);
  } else if (peek() == '"' || peek() == '\'') {
    good = texts();
  } else if (peek() == '-' || peek() == ':' || is_digit(peek())) {
    good = indexes();
  } else {
    return expected(
        "'*', '<number>[,<number>,...]', ['start:end:steps'], "
        "'<string>[,<string>,...]', '[?(filter_expression)]'");
  }
  if (!good) return false;
  return take(']') || expected("']'");
}

bool JsonPathCompiler::number(int64_t* value) {
  skip();
  const size_t begin = at_;
  if (peek() == '-') at_++;
  const size_t digits = at_;
  while (more() && is_digit(peek())) at_++;
  if (at_ == digits || (text_[digits] == '0' && at_ - digits > 1)) {
    at_ = digits;
    return expected("'<number>'");
  }
  auto [end, bad] = std::from_chars(text_.data() + begin, text_.data() + at_, *value);
  if (bad != std::errc()) *value = digits > begin ? INT64_MIN + 1 : INT64_MAX;
  return true;
}

// A list of indexes, or a slice.
bool JsonPathCompiler::indexes() {
  const uint32_t from = size_of(path_.numbers_);
  int64_t value = JsonPath::kOpen;
  if (skip(), peek() != ':') {
    do {
      if (!number(&value)) return false;
      path_.numbers_.push_back(value);
    } while (take(','));
  }
  skip();
  const bool list = size_of(path_.numbers_) - from > 1;
  if (list || peek() != ':') {
    add(Kind::kIndexes, from, size_of(path_.numbers_));
    return true;
  }
  at_++;
  int64_t end = JsonPath::kOpen;
  int64_t step = 1;
  if (skip(), peek() == '-' || is_digit(peek())) {
    if (!number(&end)) return false;
  }
  if (take(':')) {
    if (skip(), is_digit(peek())) {
      if (!number(&step)) return false;
      if (step == 0) return expected("<positive number>");
    }
  }
  path_.numbers_.resize(from);
  path_.numbers_.insert(path_.numbers_.end(), {value, end, step});
  add(Kind::kSlice, from, from + 3);
  return true;
}

bool JsonPathCompiler::texts() {
  const uint32_t from = size_of(path_.names_);
  do {
    std::string_view value;
    if (!text(&value)) return false;
    add_name(value);
  } while (take(','));
  const uint32_t to = size_of(path_.names_);
  add(to - from == 1 ? Kind::kName : Kind::kNames, from, to);
  return true;
}

// In either kind of quotes; a backslash stands before a quote of that kind or another backslash.
bool JsonPathCompiler::text(std::string_view* value) {
  skip();
  const char quote = peek();
  if (quote != '"' && quote != '\'') return expected("<string>");
  const size_t begin = ++at_;
  bool escaped = false;
  while (more() && peek() != quote) {
    if (peek() == '\\') {
      escaped = true;
      at_++;
      if (peek() != quote && peek() != '\\') return expected("'\\', <quote>");
    }
    if (more()) at_++;
  }
  if (!more()) return expected("<quote>");
  *value = text_.substr(begin, at_ - begin);
  at_++;
  if (!escaped) return true;
  std::string& pool = path_.unescaped_;
  pool.reserve(text_.size());  // enough for all: views into it stay good
  const size_t pooled = pool.size();
  for (size_t i = 0; i < value->size(); i++) {
    if ((*value)[i] == '\\') i++;
    pool += (*value)[i];
  }
  *value = std::string_view(pool).substr(pooled);
  return true;
}

// ---- filters

bool JsonPathCompiler::filter(uint32_t* result) {
  if (!all_of(result)) return false;
  while (take("||")) {
    uint32_t right;
    if (!all_of(&right)) return false;
    *result = add_test(TestKind::kOr, *result, right);
  }
  return true;
}

bool JsonPathCompiler::all_of(uint32_t* result) {
  if (!test(result)) return false;
  while (take("&&")) {
    uint32_t right;
    if (!test(&right)) return false;
    *result = add_test(TestKind::kAnd, *result, right);
  }
  return true;
}

bool JsonPathCompiler::test(uint32_t* result) {
  skip();
  const bool negated = peek() == '!' && text_.substr(at_ + 1, 1) != "=";
  if (!negated && peek() != '(') return comparison(result);
  if (++parentheses_ > kParenthesesMax) return too_deep();
  at_++;
  if (negated) {
    if (!test(result)) return false;
    *result = add_test(TestKind::kNot, *result);
  } else {
    if (!filter(result)) return false;
    if (!take(')')) return expected("')', '&&', '||'");
  }
  parentheses_--;
  return true;
}

bool JsonPathCompiler::comparison(uint32_t* result) {
  struct Operator {
    std::string_view text;
    TestKind kind;
  };
  constexpr Operator kOperators[] = {{"==", TestKind::kEqual},          {"!=", TestKind::kDiffers},
                                     {"<=", TestKind::kLessOrEqual},    {"<", TestKind::kLess},
                                     {">=", TestKind::kGreaterOrEqual}, {">", TestKind::kGreater},
                                     {"=~", TestKind::kMatches}};
  uint32_t left;
  if (!term(&left)) return false;
  for (const Operator& op : kOperators) {
    if (!take(op.text)) continue;
    uint32_t right;
    if (!term(&right)) return false;
    if (op.kind == TestKind::kMatches && path_.terms_[right].kind == TermKind::kText) {
      path_.terms_[right].regex = size_of(path_.regexes_);
      path_.regexes_.emplace_back().compile(path_.terms_[right].text);
    }
    *result = add_test(op.kind, left, right);
    return true;
  }
  *result = add_test(TestKind::kExists, left);
  return true;
}

bool JsonPathCompiler::term(uint32_t* result) {
  skip();
  JsonPath::Term term{TermKind::kNull};
  bool good = true;
  if (peek() == '@' || peek() == '$') {
    good = path_term(&term);
  } else if (peek() == '"' || peek() == '\'') {
    term.kind = TermKind::kText;
    good = text(&term.text);
  } else if (peek() == '-' || is_digit(peek())) {
    good = number_term(&term);
  } else if (take("true")) {
    term.kind = TermKind::kTrue;
  } else if (take("false")) {
    term.kind = TermKind::kFalse;
  } else if (!take("null")) {
    return expected("'@', '$', <string>, <number>, true, false, null, '!', '('");
  }
  if (!good) return false;
  *result = size_of(path_.terms_);
  path_.terms_.push_back(term);
  return true;
}

bool JsonPathCompiler::number_term(JsonPath::Term* term) {
  const size_t begin = at_;
  int64_t whole;
  if (!number(&whole)) return false;
  if (peek() == '.') {
    const size_t point = at_++;
    while (more() && is_digit(peek())) at_++;
    if (at_ == point + 1) return expected("<digit>");
  }
  const char* from = text_.data() + begin;
  const char* to = text_.data() + at_;
  term->kind = TermKind::kInt;
  if (auto [end, bad] = std::from_chars(from, to, term->integer); bad == std::errc() && end == to) {
    return true;
  }
  term->kind = TermKind::kReal;
  std::from_chars(from, to, term->real);
  return true;
}

bool JsonPathCompiler::path_term(JsonPath::Term* term) {
  term->kind = peek() == '@' ? TermKind::kCurrent : TermKind::kRoot;
  at_++;
  const size_t mark = path_.pending_.size();
  if (!steps(true)) return false;
  close(mark, &term->from, &term->to);
  return true;
}

// ---- the path

bool JsonPath::compile(std::string_view text, const JsonNames& names, std::string* error) {
  steps_.clear();
  names_.clear();
  numbers_.clear();
  tests_.clear();
  terms_.clear();
  regexes_.clear();
  pending_.clear();
  unescaped_.clear();
  legacy_ = is_legacy(text);
  if (legacy_) {
    fixed_.assign(text.starts_with('.') ? "$" : "$.");
    if (text != ".") fixed_.append(text);
    text = fixed_;
  }
  return JsonPathCompiler(text, names, this, error).compile();
}

bool JsonPath::is_static() const {
  for (uint32_t i = begin_; i < end_; i++) {
    const Step& s = steps_[i];
    const bool one =
        s.kind == StepKind::kName || (s.kind == StepKind::kIndexes && s.to - s.from == 1);
    if (!one) return false;
  }
  return true;
}

}  // namespace redstart
