#include "search/term_match.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "core/regex.h"
#include "core/regex_automaton.h"
#include "search/analysis.h"
#include "search/unicode.h"

namespace redstart::search {

namespace {

constexpr int kDistanceMax = 2;

// Letter case away, and with it the difference between the two i of Turkish, whose case crosses.
uint32_t alike(uint32_t code) { return code == 0x131 ? 'i' : fold_case(code); }

// All characters that are alike() to this one, ascending.
std::vector<uint32_t> all_alike(uint32_t folded) {
  std::vector<uint32_t> codes = with_this_fold(folded);
  if (folded == 'i') codes.insert(std::lower_bound(codes.begin(), codes.end(), 0x131u), 0x131);
  return codes;
}

// The first of these (ascending) that is greater; kNoCharacter if none is.
uint32_t next_of(const std::vector<uint32_t>& codes, uint32_t code) {
  const auto at = std::upper_bound(codes.begin(), codes.end(), code);
  return at == codes.end() ? kNoCharacter : *at;
}

// To the first term behind all those that begin so. False: there is none.
bool seek_behind(std::string_view begin, TermWalk* walk, std::string* scratch) {
  *scratch = begin;
  while (!scratch->empty() && static_cast<uint8_t>(scratch->back()) == 0xff) scratch->pop_back();
  if (scratch->empty()) return false;
  scratch->back() = static_cast<char>(scratch->back() + 1);
  return walk->seek(*scratch);
}

// To the first term that begins so, with this character next, or behind those. kNoCharacter: there
// is no such character, and no term that begins so is wanted any more.
bool seek_character(std::string_view begin, uint32_t next, TermWalk* walk, std::string* scratch) {
  if (next == kNoCharacter) return seek_behind(begin, walk, scratch);
  *scratch = begin;
  append_character(next, scratch);
  return walk->seek(*scratch);
}

}  // namespace

// The table of edit distances between the word and a term, a row for each character of the term.
// Only the cells beside the diagonal are kept: what is further from it is too far anyway. Terms
// that follow each other begin alike, and so do their rows.
struct FuzzyMatcher::State {
  struct Row {
    uint32_t code = 0;   // the character that led here, without its case
    uint32_t end = 0;    // bytes of the term up to here
    bool found = false;  // of the prefix form: what has been read is near enough
    bool utf8 = true;    // so far: a byte that is not may be one with others behind it
    // cells[i] is the distance from the first (depth - distance + i) characters of the word.
    std::array<uint8_t, 2 * kDistanceMax + 1> cells = {};
  };

  explicit State(const FuzzyOptions& wanted) : options(wanted) {}

  int width() const { return 2 * options.distance + 1; }
  int size() const { return static_cast<int>(word.size()); }
  uint8_t too_far() const { return static_cast<uint8_t>(options.distance + 1); }

  // The distance of the whole word from what leads to this row.
  uint8_t whole(const Row& row, int depth) const {
    const int at = size() - depth + options.distance;
    return at >= 0 && at < width() ? row.cells[static_cast<size_t>(at)] : too_far();
  }

  Row step(int depth, uint32_t code) const;
  bool alive(const Row& row) const {
    return row.found ||
           *std::min_element(row.cells.begin(), row.cells.begin() + width()) <= options.distance;
  }
  uint32_t next_alive(int depth, uint32_t code);

  enum class Verdict { kMatch, kNoMatch, kDeadEnd };
  Verdict read(std::string_view term);

  const FuzzyOptions options;
  std::vector<uint32_t> word;
  std::vector<std::vector<uint32_t>> alike_to;  // of each character of the word, when needed
  bool is_utf8 = true;                          // all of them
  std::vector<Row> rows;                        // rows[depth]; of `last`, as far as it was read
  std::string last;
  uint32_t dead = 0;  // behind a dead end: the character that led into it
  std::string scratch;
};

// The row behind the one at the depth, by this character.
FuzzyMatcher::State::Row FuzzyMatcher::State::step(int depth, uint32_t code) const {
  const Row& before = rows[static_cast<size_t>(depth)];
  Row row;
  row.code = code;
  row.found = before.found;
  for (int i = 0; i < width(); i++) {
    const auto at = static_cast<size_t>(i);
    // `j` characters of the word against depth + 1 of the term.
    const int j = depth + 1 - options.distance + i;
    int cell = too_far();
    if (j == 0) cell = depth + 1;
    if (j >= 0 && j <= size() && i + 1 < width()) {
      cell = std::min(cell, before.cells[at + 1] + 1);  // one more in the term
    }
    if (j >= 1 && j <= size()) {
      const uint32_t letter = word[static_cast<size_t>(j - 1)];
      cell = std::min(cell, before.cells[at] + (letter == code ? 0 : 1));
      if (i > 0) cell = std::min(cell, row.cells[at - 1] + 1);  // one less
      if (options.transposition_cost_one && j >= 2 && depth >= 1 && before.code == letter &&
          word[static_cast<size_t>(j - 2)] == code) {
        cell = std::min(cell, rows[static_cast<size_t>(depth - 1)].cells[at] + 1);
      }
    }
    row.cells[at] = static_cast<uint8_t>(std::min<int>(cell, too_far()));
  }
  if (options.prefix && whole(row, depth + 1) <= options.distance) row.found = true;
  return row;
}

// The next character after this one that does not end in a dead end, given that one does which is
// nowhere in the word.
uint32_t FuzzyMatcher::State::next_alive(int depth, uint32_t code) {
  uint32_t best = kNoCharacter;
  const int from = std::max(0, depth - options.distance);
  const int to = std::min(size(), depth + options.distance + 1);
  for (int j = from; j < to; j++) {
    const uint32_t letter = word[static_cast<size_t>(j)];
    std::vector<uint32_t>& letters = alike_to[static_cast<size_t>(j)];
    if (letters.empty()) letters = all_alike(letter);
    const uint32_t next = next_of(letters, code);
    if (next < best && alive(step(depth, letter))) best = next;
  }
  return best;
}

// Reads the term as far as it can match. Behind a dead end `rows` ends before it.
FuzzyMatcher::State::Verdict FuzzyMatcher::State::read(std::string_view term) {
  const size_t same = static_cast<size_t>(
      std::mismatch(term.begin(), term.end(), last.begin(), last.end()).first - term.begin());
  while (rows.size() > 1 && (rows.back().end > same || !rows.back().utf8)) rows.pop_back();
  last = term;
  for (size_t at = rows.back().end; at < term.size() && !rows.back().found;) {
    const int depth = static_cast<int>(rows.size()) - 1;
    dead = next_character(term, &at);
    Row row = step(depth, alike(dead));
    row.end = static_cast<uint32_t>(at);
    row.utf8 = rows.back().utf8 && dead < kNoCharacter;
    if (!alive(row)) return Verdict::kDeadEnd;
    rows.push_back(row);
  }
  const bool match = rows.back().found ||
                     whole(rows.back(), static_cast<int>(rows.size()) - 1) <= options.distance;
  return match ? Verdict::kMatch : Verdict::kNoMatch;
}

FuzzyMatcher::FuzzyMatcher(std::string_view word, const FuzzyOptions& options)
    : state_(std::make_unique<State>(options)) {
  State& s = *state_;
  // No term is so long that what is left out of a word would matter.
  for (size_t at = 0; at < word.size() && s.word.size() < 2 * kWholeMax;) {
    s.word.push_back(alike(next_character(word, &at)));
    s.is_utf8 = s.is_utf8 && s.word.back() < kNoCharacter;
  }
  s.alike_to.resize(s.word.size());
  State::Row first;
  for (int i = 0; i < s.width(); i++) {
    const int j = i - options.distance;
    first.cells[static_cast<size_t>(i)] =
        j < 0 || j > s.size() ? s.too_far() : static_cast<uint8_t>(j);
  }
  first.found = options.prefix && s.whole(first, 0) <= options.distance;
  s.rows.push_back(first);
}

FuzzyMatcher::~FuzzyMatcher() = default;

bool FuzzyMatcher::find(TermWalk* walk) {
  State& s = *state_;
  while (true) {
    const State::Verdict verdict = s.read(walk->text());
    if (verdict == State::Verdict::kMatch) return true;
    // Bytes that are not UTF-8 have no place in the order of characters: none are passed over.
    if (verdict == State::Verdict::kNoMatch || s.dead >= kNoCharacter || !s.rows.back().utf8 ||
        !s.is_utf8) {
      if (!walk->next()) return false;
      continue;
    }
    const int depth = static_cast<int>(s.rows.size()) - 1;
    const std::string_view begin = std::string_view(s.last).substr(0, s.rows.back().end);
    if (!seek_character(begin, s.next_alive(depth, s.dead), walk, &s.scratch)) return false;
  }
}

// ---- patterns

struct PatternMatcher::State {
  // Where the automaton is behind some characters of `last`.
  struct Step {
    RegexAutomaton::State state = RegexAutomaton::kDead;
    uint32_t end = 0;  // bytes of the term up to here
    bool utf8 = true;  // so far
  };

  // Whether the term matches. Otherwise `dead` says how many of its bytes are such that no term
  // that begins with them does; 0 if that is not known.
  bool read(std::string_view term);

  Regex pattern;
  std::optional<RegexAutomaton> automaton;
  Regex whole;  // the same, for when the automaton is of no use
  std::vector<Step> steps;
  std::string last;
  uint32_t dead = 0;
  std::string scratch;
};

bool PatternMatcher::State::read(std::string_view term) {
  dead = 0;
  if (automaton->usable()) {
    const size_t same = static_cast<size_t>(
        std::mismatch(term.begin(), term.end(), last.begin(), last.end()).first - term.begin());
    while (steps.size() > 1 && (steps.back().end > same || !steps.back().utf8)) steps.pop_back();
    last = term;
    for (size_t at = steps.back().end; at < term.size();) {
      const uint32_t code = next_character(term, &at);
      const bool utf8 = steps.back().utf8 && code < kNoCharacter;
      // As Regex takes it, a byte that is not UTF-8 stands for itself.
      const RegexAutomaton::State next = automaton->step(
          steps.back().state, code < kNoCharacter ? alike(code) : code - kNoCharacter);
      if (next == RegexAutomaton::kDead) {
        if (utf8) dead = static_cast<uint32_t>(at);
        break;
      }
      steps.push_back({next, static_cast<uint32_t>(at), utf8});
    }
    if (automaton->usable()) {
      return steps.back().end == term.size() && automaton->accepts(steps.back().state);
    }
    dead = 0;
  }
  scratch.clear();
  for (size_t at = 0; at < term.size();)
    append_character(alike(next_character(term, &at)), &scratch);
  return whole.search(scratch);
}

PatternMatcher::PatternMatcher() : state_(std::make_unique<State>()) {}
PatternMatcher::~PatternMatcher() = default;

bool PatternMatcher::compile(std::string_view pattern, std::string* error) {
  // Alone first, so that a bracket too many does not close the one put around it.
  if (!state_->pattern.compile(pattern)) {
    *error = "ERR Invalid regular expression '" + std::string(pattern) + "'";
    return false;
  }
  std::string folded = "(?i:";
  for (size_t at = 0; at < pattern.size();) {
    const uint32_t code = next_character(pattern, &at);
    append_character(code < 0x80 ? code : alike(code), &folded);
  }
  folded += ")";
  if (!state_->pattern.compile(folded) || !state_->whole.compile("\\A" + folded + "\\z")) {
    *error = "ERR Regular expression '" + std::string(pattern) + "' is too large";
    return false;
  }
  state_->automaton.emplace(state_->pattern);
  state_->steps = {{.state = state_->automaton->start()}};
  state_->last.clear();
  return true;
}

bool PatternMatcher::find(TermWalk* walk) {
  State& s = *state_;
  while (!s.read(walk->text())) {
    const bool more =
        s.dead == 0 ? walk->next() : seek_behind(s.last.substr(0, s.dead), walk, &s.scratch);
    if (!more) return false;
  }
  return true;
}

}  // namespace redstart::search
