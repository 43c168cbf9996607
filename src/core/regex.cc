#include "core/regex.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>

#include "base/ascii.h"
#include "base/utf8.h"

namespace redstart {

namespace {

constexpr uint32_t kLastCharacter = 0x10ffff;
constexpr uint32_t kUnbounded = UINT32_MAX;
constexpr uint32_t kRepeatMax = 1000;
constexpr int kGroupsMax = 50;  // inside each other

bool is_word(uint32_t c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         c >= 0x80;
}

}  // namespace

uint32_t next_regex_character(std::string_view text, size_t* at) {
  const size_t size = utf8_sequence_size(text, *at);
  const auto first = static_cast<uint8_t>(text[*at]);
  if (size <= 1) {
    ++*at;
    return first;
  }
  uint32_t code = first & (0x7fu >> size);
  for (size_t i = 1; i < size; i++) code = code << 6 | (text[*at + i] & 0x3fu);
  *at += size;
  return code;
}

// Reads a pattern into a tree, then writes the instructions of the tree.
class RegexCompiler {
 public:
  RegexCompiler(std::string_view pattern, Regex* regex) : text_(pattern), regex_(*regex) {}

  bool compile() {
    NodePtr tree = alternatives();
    if (failed_ || at_ != text_.size()) return false;
    write(*tree);
    emit(Regex::Op::kMatch);
    return !failed_;
  }

 private:
  using Range = Regex::Range;
  using Ranges = std::vector<Range>;

  enum class Kind : uint8_t { kEmpty, kSet, kPlace, kSequence, kChoice, kRepeat };
  struct Node;
  using NodePtr = std::unique_ptr<Node>;
  struct Node {
    Kind kind = Kind::kEmpty;
    Ranges set = {};
    Regex::Op place = Regex::Op::kMatch;
    uint32_t low = 0, high = 0;
    std::vector<NodePtr> parts = {};
  };
  struct Flags {
    bool fold = false, dot_all = false, lines = false;
  };

  bool more() const { return at_ < text_.size() && !failed_; }
  char peek() const { return text_[at_]; }
  bool take(std::string_view word) {
    if (failed_ || text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  NodePtr fail() {
    failed_ = true;
    return std::make_unique<Node>();
  }
  static NodePtr make(Kind kind) {
    auto node = std::make_unique<Node>();
    node->kind = kind;
    return node;
  }
  static NodePtr make_place(Regex::Op place) {
    NodePtr node = make(Kind::kPlace);
    node->place = place;
    return node;
  }
  NodePtr make_set(Ranges set, bool negated = false);

  NodePtr alternatives();
  NodePtr sequence();
  NodePtr repeated();
  bool count(uint32_t* low, uint32_t* high);
  std::optional<uint32_t> decimal();
  NodePtr atom();
  NodePtr group();
  bool flags();
  NodePtr bracket();
  NodePtr escape();
  bool named_set(char letter, Ranges* set);
  bool posix_set(Ranges* set);
  std::optional<uint32_t> escaped_character();
  std::optional<uint32_t> hex(size_t digits);

  uint32_t emit(Regex::Op op, uint32_t a = 0, uint32_t b = 0);
  uint32_t here() const { return static_cast<uint32_t>(regex_.program_.size()); }
  void write(const Node& node);
  void write_choice(const Node& node);
  void write_repeat(const Node& node);

  std::string_view text_;
  Regex& regex_;
  size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
  Flags flags_;
};

// ---- reading

RegexCompiler::NodePtr RegexCompiler::make_set(Ranges set, bool negated) {
  if (flags_.fold) {
    const size_t count = set.size();
    for (size_t i = 0; i < count; i++) {
      for (auto [low, high, shift] : {std::tuple('a', 'z', -32), std::tuple('A', 'Z', 32)}) {
        const uint32_t from = std::max<uint32_t>(set[i].low, low);
        const uint32_t to = std::min<uint32_t>(set[i].high, high);
        if (from <= to) set.push_back({from + shift, to + shift});
      }
    }
  }
  NodePtr node = make(Kind::kSet);
  if (!negated) {
    node->set = std::move(set);
    return node;
  }
  std::sort(set.begin(), set.end(), [](Range a, Range b) { return a.low < b.low; });
  uint32_t next = 0;
  for (Range range : set) {
    if (range.low > next) node->set.push_back({next, range.low - 1});
    next = std::max(next, range.high + 1);
  }
  if (next <= kLastCharacter) node->set.push_back({next, kLastCharacter});
  return node;
}

RegexCompiler::NodePtr RegexCompiler::alternatives() {
  NodePtr choice = make(Kind::kChoice);
  const Flags before = flags_;
  do {
    choice->parts.push_back(sequence());
  } while (take("|"));
  flags_ = before;
  return choice;
}

RegexCompiler::NodePtr RegexCompiler::sequence() {
  NodePtr node = make(Kind::kSequence);
  while (more() && peek() != '|' && peek() != ')') node->parts.push_back(repeated());
  return node;
}

RegexCompiler::NodePtr RegexCompiler::repeated() {
  NodePtr node = atom();
  for (int times = 0; more(); times++) {
    uint32_t low = 0;
    uint32_t high = kUnbounded;
    if (take("+")) {
      low = 1;
    } else if (take("?")) {
      high = 1;
    } else if (!take("*") && !(peek() == '{' && count(&low, &high))) {
      break;
    }
    take("?");  // which match is found makes no difference here
    if (times == kGroupsMax) return fail();
    NodePtr repeat = make(Kind::kRepeat);
    repeat->low = low;
    repeat->high = high;
    repeat->parts.push_back(std::move(node));
    node = std::move(repeat);
  }
  return node;
}

// "{n}", "{n,}" or "{n,m}".
bool RegexCompiler::count(uint32_t* low, uint32_t* high) {
  at_++;
  auto first = decimal();
  auto last = first;
  if (take(",")) {
    last = more() && peek() == '}' ? std::optional(kUnbounded) : decimal();
  }
  if (!first || !last || !take("}") || *first > *last) failed_ = true;
  if (failed_) return false;
  *low = *first;
  *high = *last;
  return true;
}

std::optional<uint32_t> RegexCompiler::decimal() {
  uint32_t value = 0;
  const size_t begin = at_;
  while (more() && peek() >= '0' && peek() <= '9') {
    value = value * 10 + static_cast<uint32_t>(text_[at_++] - '0');
    if (value > kRepeatMax) return std::nullopt;
  }
  return at_ > begin ? std::optional(value) : std::nullopt;
}

RegexCompiler::NodePtr RegexCompiler::atom() {
  switch (peek()) {
    case '(':
      return group();
    case '[':
      return bracket();
    case '\\':
      return escape();
    case '*':
    case '+':
    case '?':
    case '{':
      return fail();
    case '^':
      at_++;
      return make_place(flags_.lines ? Regex::Op::kLineBegin : Regex::Op::kTextBegin);
    case '$':
      at_++;
      return make_place(flags_.lines ? Regex::Op::kLineEnd : Regex::Op::kTextEnd);
    case '.':
      at_++;
      return flags_.dot_all ? make_set({{0, kLastCharacter}}) : make_set({{'\n', '\n'}}, true);
    default: {
      const uint32_t c = next_regex_character(text_, &at_);
      return make_set({{c, c}});
    }
  }
}

RegexCompiler::NodePtr RegexCompiler::group() {
  if (++depth_ > kGroupsMax) return fail();
  at_++;
  const Flags before = flags_;
  if (take("?P<") || take("?<")) {
    const size_t end = text_.find('>', at_);
    if (end == std::string_view::npos) return fail();
    at_ = end + 1;
  } else if (take("?")) {
    if (!flags()) return fail();
    if (take(")")) {  // for the rest of the group around
      depth_--;
      return make(Kind::kEmpty);
    }
    if (!take(":")) return fail();
  }
  NodePtr inner = alternatives();
  if (!take(")")) return fail();
  flags_ = before;
  depth_--;
  return inner;
}

// "ims-ims" up to ":" or ")".
bool RegexCompiler::flags() {
  bool on = true;
  for (; more() && peek() != ':' && peek() != ')'; at_++) {
    switch (peek()) {
      case '-':
        on = false;
        break;
      case 'i':
        flags_.fold = on;
        break;
      case 's':
        flags_.dot_all = on;
        break;
      case 'm':
        flags_.lines = on;
        break;
      default:
        return false;
    }
  }
  return more();
}

RegexCompiler::NodePtr RegexCompiler::bracket() {
  at_++;
  const bool negated = take("^");
  Ranges set;
  for (bool first = true; more() && (first || peek() != ']'); first = false) {
    if (take("[:")) {
      if (!posix_set(&set)) return fail();
      continue;
    }
    uint32_t low;
    if (peek() == '\\') {
      at_++;
      if (more() && named_set(peek(), &set)) {
        at_++;
        continue;
      }
      auto escaped = escaped_character();
      if (!escaped) return fail();
      low = *escaped;
    } else {
      low = next_regex_character(text_, &at_);
    }
    uint32_t high = low;
    if (text_.substr(at_, 1) == "-" && text_.substr(at_ + 1, 1) != "]" && at_ + 1 < text_.size()) {
      at_++;
      auto end = take("\\") ? escaped_character() : std::optional(next_regex_character(text_, &at_));
      if (!end || *end < low) return fail();
      high = *end;
    }
    set.push_back({low, high});
  }
  if (!take("]")) return fail();
  return make_set(std::move(set), negated);
}

// The sets of \d and its like; a capital letter is its opposite.
bool RegexCompiler::named_set(char letter, Ranges* set) {
  static constexpr Range kDigits[] = {{'0', '9'}};
  static constexpr Range kNoDigits[] = {{0, '0' - 1}, {'9' + 1, kLastCharacter}};
  static constexpr Range kWord[] = {
      {'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {0x80, kLastCharacter}};
  static constexpr Range kNoWord[] = {
      {0, '0' - 1}, {'9' + 1, 'A' - 1}, {'Z' + 1, '_' - 1}, {'_' + 1, 'a' - 1}, {'z' + 1, 0x7f}};
  static constexpr Range kBlank[] = {{'\t', '\r'}, {' ', ' '}};
  static constexpr Range kNoBlank[] = {
      {0, '\t' - 1}, {'\r' + 1, ' ' - 1}, {' ' + 1, kLastCharacter}};
  auto add = [&](std::span<const Range> ranges) {
    set->insert(set->end(), ranges.begin(), ranges.end());
    return true;
  };
  switch (letter) {
    case 'd':
      return add(kDigits);
    case 'D':
      return add(kNoDigits);
    case 'w':
      return add(kWord);
    case 'W':
      return add(kNoWord);
    case 's':
      return add(kBlank);
    case 'S':
      return add(kNoBlank);
    default:
      return false;
  }
}

// "alpha:]" and its like, behind "[:".
bool RegexCompiler::posix_set(Ranges* set) {
  struct Named {
    std::string_view name;
    std::initializer_list<Range> ranges;
  };
  for (const Named& named : std::initializer_list<Named>{
           {"alpha:]", {{'a', 'z'}, {'A', 'Z'}}},
           {"digit:]", {{'0', '9'}}},
           {"alnum:]", {{'a', 'z'}, {'A', 'Z'}, {'0', '9'}}},
           {"upper:]", {{'A', 'Z'}}},
           {"lower:]", {{'a', 'z'}}},
           {"space:]", {{'\t', '\r'}, {' ', ' '}}},
           {"blank:]", {{'\t', '\t'}, {' ', ' '}}},
           {"punct:]", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
           {"xdigit:]", {{'a', 'f'}, {'A', 'F'}, {'0', '9'}}},
           {"word:]", {{'a', 'z'}, {'A', 'Z'}, {'0', '9'}, {'_', '_'}}},
       }) {
    if (!take(named.name)) continue;
    set->insert(set->end(), named.ranges.begin(), named.ranges.end());
    return true;
  }
  return false;
}

RegexCompiler::NodePtr RegexCompiler::escape() {
  at_++;
  if (!more()) return fail();
  Ranges set;
  if (named_set(peek(), &set)) {
    at_++;
    return make_set(std::move(set));
  }
  if (take("b")) return make_place(Regex::Op::kWordEdge);
  if (take("B")) return make_place(Regex::Op::kNoWordEdge);
  if (take("A")) return make_place(Regex::Op::kTextBegin);
  if (take("z")) return make_place(Regex::Op::kTextEnd);
  auto c = escaped_character();
  return c ? make_set({{*c, *c}}) : fail();
}

// Behind the backslash.
std::optional<uint32_t> RegexCompiler::escaped_character() {
  if (!more()) return std::nullopt;
  const char c = text_[at_++];
  constexpr std::string_view kLetters = "ntrfva0";
  constexpr std::string_view kMeanings("\n\t\r\f\v\a\0", 7);
  if (size_t known = kLetters.find(c); known != std::string_view::npos) {
    return static_cast<uint8_t>(kMeanings[known]);
  }
  if (c == 'x') return hex(2);
  if (c == 'u') return hex(4);
  if (is_word(static_cast<uint8_t>(c))) return std::nullopt;
  return static_cast<uint8_t>(c);
}

// So many digits, or any number of them in braces.
std::optional<uint32_t> RegexCompiler::hex(size_t digits) {
  size_t end = at_ + digits;
  const bool braces = take("{");
  if (braces) end = text_.find('}', at_);
  if (end > text_.size() || end == at_ || end - at_ > 6) return std::nullopt;
  uint32_t value = 0;
  for (; at_ < end; at_++) {
    const int digit = ascii_hex_value(static_cast<char>(peek()));
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<uint32_t>(digit);
  }
  if (braces) at_++;
  return value;
}

// ---- writing

uint32_t RegexCompiler::emit(Regex::Op op, uint32_t a, uint32_t b) {
  if (regex_.program_.size() >= Regex::kInstructionsMax) failed_ = true;
  if (!failed_) regex_.program_.push_back({op, a, b});
  return failed_ ? 0 : here() - 1;
}

void RegexCompiler::write(const Node& node) {
  if (failed_) return;
  switch (node.kind) {
    case Kind::kEmpty:
      break;
    case Kind::kSet: {
      const auto from = static_cast<uint32_t>(regex_.ranges_.size());
      regex_.ranges_.insert(regex_.ranges_.end(), node.set.begin(), node.set.end());
      emit(Regex::Op::kSet, from, static_cast<uint32_t>(regex_.ranges_.size()));
      break;
    }
    case Kind::kPlace:
      emit(node.place);
      break;
    case Kind::kSequence:
      for (const NodePtr& part : node.parts) write(*part);
      break;
    case Kind::kChoice:
      write_choice(node);
      break;
    case Kind::kRepeat:
      write_repeat(node);
      break;
  }
}

void RegexCompiler::write_choice(const Node& node) {
  std::vector<uint32_t> jumps;
  for (size_t i = 0; i < node.parts.size(); i++) {
    const bool last = i + 1 == node.parts.size();
    const uint32_t split = last ? 0 : emit(Regex::Op::kSplit, here() + 1);
    write(*node.parts[i]);
    if (failed_) return;
    if (last) break;
    jumps.push_back(emit(Regex::Op::kJump));
    if (failed_) return;
    regex_.program_[split].b = here();
  }
  for (uint32_t jump : jumps) regex_.program_[jump].a = here();
}

void RegexCompiler::write_repeat(const Node& node) {
  const Node& part = *node.parts[0];
  for (uint32_t i = 0; i < node.low && !failed_; i++) {
    const uint32_t before = here();
    write(part);
    if (here() == before) break;  // nothing, however often
  }
  if (node.high == kUnbounded) {
    const uint32_t split = emit(Regex::Op::kSplit, here() + 1);
    write(part);
    emit(Regex::Op::kJump, split);
    if (!failed_) regex_.program_[split].b = here();
    return;
  }
  std::vector<uint32_t> splits;
  for (uint32_t i = node.low; i < node.high && !failed_; i++) {
    splits.push_back(emit(Regex::Op::kSplit, here() + 1));
    write(part);
  }
  if (failed_) return;
  for (uint32_t split : splits) regex_.program_[split].b = here();
}

// ---- running

bool Regex::compile(std::string_view pattern) {
  program_.clear();
  ranges_.clear();
  if (RegexCompiler(pattern, this).compile()) return true;
  program_.clear();
  return false;
}

bool Regex::takes(const Instruction& set, uint32_t character) const {
  for (uint32_t i = set.a; i < set.b; i++) {
    if (character >= ranges_[i].low && character <= ranges_[i].high) return true;
  }
  return false;
}

// Adds what can be reached from an instruction without taking a character.
void Regex::enter(uint32_t at, const Place& place, States* states,
                  std::vector<uint32_t>* stack) const {
  stack->push_back(at);
  while (!stack->empty()) {
    const uint32_t next = stack->back();
    stack->pop_back();
    if (states->has[next]) continue;
    states->has[next] = true;
    states->list.push_back(next);
    const Instruction& in = program_[next];
    bool holds = false;
    switch (in.op) {
      case Op::kSet:
      case Op::kMatch:
        break;
      case Op::kJump:
        stack->push_back(in.a);
        break;
      case Op::kSplit:
        stack->push_back(in.b);
        stack->push_back(in.a);
        break;
      case Op::kTextBegin:
        holds = place.begin;
        break;
      case Op::kTextEnd:
        holds = place.end;
        break;
      case Op::kLineBegin:
        holds = place.begin || place.after_newline;
        break;
      case Op::kLineEnd:
        holds = place.end || place.before_newline;
        break;
      case Op::kWordEdge:
        holds = place.word_before != place.word_after;
        break;
      case Op::kNoWordEdge:
        holds = place.word_before == place.word_after;
        break;
    }
    if (holds) stack->push_back(next + 1);
  }
}

bool Regex::search(std::string_view text) const {
  if (program_.empty()) return false;
  States states{{}, std::vector<bool>(program_.size())};
  std::vector<uint32_t> arrived;  // behind what took the last character
  std::vector<uint32_t> stack;
  uint32_t before = 0;
  size_t at = 0;
  while (true) {
    const bool end = at == text.size();
    size_t behind = at;
    const uint32_t c = end ? 0 : next_regex_character(text, &behind);
    const Place place{.begin = at == 0,
                      .end = end,
                      .after_newline = at > 0 && before == '\n',
                      .before_newline = !end && c == '\n',
                      .word_before = at > 0 && is_word(before),
                      .word_after = !end && is_word(c)};
    states.list.clear();
    states.has.assign(program_.size(), false);
    for (uint32_t state : arrived) enter(state, place, &states, &stack);
    enter(0, place, &states, &stack);  // a match may begin anywhere
    arrived.clear();
    for (uint32_t state : states.list) {
      if (program_[state].op == Op::kMatch) return true;
      if (!end && program_[state].op == Op::kSet && takes(program_[state], c)) {
        arrived.push_back(state + 1);
      }
    }
    if (end) return false;
    before = c;
    at = behind;
  }
}

}  // namespace redstart
