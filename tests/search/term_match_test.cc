#include "search/term_match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/random.h"
#include "core/regex.h"
#include "search/analysis.h"
#include "search/unicode.h"
#include "tests/model.h"

namespace redstart::search {
namespace {

class SetWalk : public TermWalk {
 public:
  explicit SetWalk(const std::set<std::string>& terms) : terms_(terms), at_(terms.end()) {}

  bool seek(std::string_view least) override {
    moves++;
    at_ = terms_.lower_bound(std::string(least));
    return at_ != terms_.end();
  }
  bool next() override {
    moves++;
    return ++at_ != terms_.end();
  }
  std::string_view text() const override { return *at_; }

  int moves = 0;

 private:
  const std::set<std::string>& terms_;
  std::set<std::string>::const_iterator at_;
};

template <class Matcher>
std::vector<std::string> all_matches(const std::set<std::string>& terms, Matcher* matcher,
                                     int* moves = nullptr) {
  SetWalk walk(terms);
  std::vector<std::string> found;
  for (bool on = walk.seek(""); on && matcher->find(&walk); on = walk.next()) {
    found.emplace_back(walk.text());
  }
  if (moves != nullptr) *moves = walk.moves;
  return found;
}

std::vector<std::string> fuzzy(const std::set<std::string>& terms, std::string_view word,
                               const FuzzyOptions& options, int* moves = nullptr) {
  FuzzyMatcher matcher(word, options);
  return all_matches(terms, &matcher, moves);
}

using Terms = std::vector<std::string>;

TEST(FuzzyMatcher, Matches) {
  const std::set<std::string> terms = {"the",       "teh",      "headphone", "headphones",
                                       "haedphone", "wireless", "Laptop",    "laptop",
                                       "lamp",      "étage",    "etage",     ""};
  EXPECT_EQ(fuzzy(terms, "headphons", {}), (Terms{"headphone", "headphones"}));
  EXPECT_EQ(fuzzy(terms, "headphone", {}), (Terms{"haedphone", "headphone", "headphones"}));
  EXPECT_EQ(fuzzy(terms, "headphone", {.transposition_cost_one = false}),
            (Terms{"headphone", "headphones"}));
  EXPECT_EQ(fuzzy(terms, "headphone", {.distance = 2, .transposition_cost_one = false}),
            (Terms{"haedphone", "headphone", "headphones"}));
  EXPECT_EQ(fuzzy(terms, "headphone", {.distance = 0}), (Terms{"headphone"}));
  EXPECT_EQ(fuzzy(terms, "haedpho", {.prefix = true}),
            (Terms{"haedphone", "headphone", "headphones"}));
  EXPECT_EQ(fuzzy(terms, "lep", {.prefix = true}), (Terms{"Laptop", "laptop"}));
  EXPECT_EQ(fuzzy(terms, "LAPTOPP", {.distance = 2}), (Terms{"Laptop", "laptop"}));
  EXPECT_EQ(fuzzy(terms, "etage", {.distance = 0}), (Terms{"etage"}));
  EXPECT_EQ(fuzzy(terms, "ÉTAGE", {}), (Terms{"etage", "étage"}));  // a character, not a byte
  EXPECT_EQ(fuzzy(terms, "", {}), (Terms{""}));
  EXPECT_EQ(fuzzy(terms, "", {.prefix = true}).size(), terms.size());
  EXPECT_EQ(fuzzy(terms, "x", {.prefix = true}).size(), terms.size());
  EXPECT_EQ(fuzzy({}, "x", {}), Terms{});
  EXPECT_EQ(fuzzy(terms, std::string(1'000'000, 'a'), {.distance = 2, .prefix = true}), Terms{});
  EXPECT_EQ(fuzzy({"ısparta"}, "ISPARTA", {.distance = 0}), (Terms{"ısparta"}));
}

// ---- the twin: the whole table of distances for every term

std::vector<uint32_t> characters(std::string_view text) {
  std::string lower;
  append_lower(text, &lower);
  std::vector<uint32_t> codes;
  for (size_t at = 0; at < lower.size();) codes.push_back(next_character(lower, &at));
  return codes;
}

bool near_enough(std::string_view word, std::string_view term, const FuzzyOptions& options) {
  const auto a = characters(word);
  const auto b = characters(term);
  std::vector<std::vector<int>> table(b.size() + 1, std::vector<int>(a.size() + 1));
  bool found = false;
  for (size_t i = 0; i <= b.size(); i++) {
    for (size_t j = 0; j <= a.size(); j++) {
      int best = static_cast<int>(i == 0 ? j : i);
      if (i > 0 && j > 0) {
        best = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1,
                         table[i - 1][j - 1] + (a[j - 1] == b[i - 1] ? 0 : 1)});
        if (options.transposition_cost_one && i > 1 && j > 1 && a[j - 1] == b[i - 2] &&
            a[j - 2] == b[i - 1]) {
          best = std::min(best, table[i - 2][j - 2] + 1);
        }
      }
      table[i][j] = best;
    }
    found = found || table[i][a.size()] <= options.distance;
  }
  return options.prefix ? found : table[b.size()][a.size()] <= options.distance;
}

std::string random_word(Random* random, uint64_t length_max) {
  static constexpr std::string_view kLetters[] = {"a",  "b",    "c", "A",    "é",   "É",
                                                  "日", "\xff", "σ", "\xc3", "\xa9"};
  std::string word;
  for (uint64_t n = random->below(length_max + 1); n > 0; n--) {
    word += kLetters[random->below(random->below(2) == 0 ? 3 : std::size(kLetters))];
  }
  return word;
}

TEST(FuzzyMatcher, AgreesWithThePlainTable) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int round = 0; round < model_steps(60); round++) {
    std::set<std::string> terms;
    for (uint64_t n = random.below(200); n > 0; n--) terms.insert(random_word(&random, 8));
    for (int distance = 0; distance <= 2; distance++) {
      for (int form = 0; form < 4; form++) {
        const std::string word = random_word(&random, 8);
        const FuzzyOptions options = {distance, (form & 1) != 0, (form & 2) != 0};
        Terms expected;
        for (const std::string& term : terms) {
          if (near_enough(word, term, options)) expected.push_back(term);
        }
        ASSERT_EQ(fuzzy(terms, word, options), expected) << word << " " << distance << form;
      }
    }
  }
}

// What cannot match is not looked at.
TEST(FuzzyMatcher, PassesOverMostTerms) {
  std::set<std::string> terms;
  for (char a = 'a'; a <= 'z'; a++) {
    for (char b = 'a'; b <= 'z'; b++) {
      for (char c = 'a'; c <= 'z'; c++) {
        for (const char* end : {"", "abc", "xyz"}) terms.insert(std::string{a, b, c} + end);
      }
    }
  }
  int moves = 0;
  EXPECT_EQ(fuzzy(terms, "mnoabc", {.distance = 0}, &moves), (Terms{"mnoabc"}));
  EXPECT_LT(moves, 10);
  fuzzy(terms, "mnoabc", {}, &moves);
  EXPECT_LT(moves, 700);  // of 52,728
  fuzzy(terms, "mnoabc", {.distance = 2}, &moves);
  EXPECT_LT(moves, 15000);
}

// ---- patterns

std::vector<std::string> pattern(const std::set<std::string>& terms, std::string_view text,
                                 int* moves = nullptr) {
  PatternMatcher matcher;
  std::string error;
  EXPECT_TRUE(matcher.compile(text, &error)) << text;
  EXPECT_EQ(error, "");
  return all_matches(terms, &matcher, moves);
}

TEST(PatternMatcher, MatchesWholeTerms) {
  const std::set<std::string> terms = {"",          "hello",  "help",   "shell",
                                       "world",     "LAPTOP", "laptop", "SKU-1234",
                                       "SKU-12345", "über",   "Überall"};
  EXPECT_EQ(pattern(terms, "hel.*"), (Terms{"hello", "help"}));
  EXPECT_EQ(pattern(terms, "hel"), Terms{});
  EXPECT_EQ(pattern(terms, "Laptop.*"), (Terms{"LAPTOP", "laptop"}));
  EXPECT_EQ(pattern(terms, "sku-[0-9]{4}"), (Terms{"SKU-1234"}));
  EXPECT_EQ(pattern(terms, "SKU-\\d+"), (Terms{"SKU-1234", "SKU-12345"}));
  EXPECT_EQ(pattern(terms, "ÜBER(all)?"), (Terms{"Überall", "über"}));
  EXPECT_EQ(pattern(terms, "hello|world"), (Terms{"hello", "world"}));
  EXPECT_EQ(pattern(terms, "hex*lp"), (Terms{"help"}));
  EXPECT_EQ(pattern(terms, "hellx?p?o"), (Terms{"hello"}));
  EXPECT_EQ(pattern(terms, "helx{0}p"), (Terms{"help"}));
  EXPECT_EQ(pattern(terms, "hel+o"), (Terms{"hello"}));
  EXPECT_EQ(pattern(terms, ".*ll.*"), (Terms{"hello", "shell", "Überall"}));
  EXPECT_EQ(pattern(terms, ""), (Terms{""}));
  EXPECT_EQ(pattern(terms, ".*").size(), terms.size());
  EXPECT_EQ(pattern({"ısparta"}, "ISPARTA"), (Terms{"ısparta"}));
}

TEST(PatternMatcher, RefusesWhatIsNoPattern) {
  PatternMatcher matcher;
  for (const std::string_view text : {"(", "a)|(b", "[a", "*", "a{2000}", "(?=a)"}) {
    std::string error;
    EXPECT_FALSE(matcher.compile(text, &error)) << text;
    EXPECT_EQ(error, "ERR Invalid regular expression '" + std::string(text) + "'");
  }
}

TEST(PatternMatcher, AgreesWithLookingAtEveryTerm) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE(seed);
  Random random(seed);
  static constexpr std::string_view kPieces[] = {"a", "b",  "C",     "É", ".",     "*",
                                                 "?", "|a", "[a-b]", "+", "{2,3}", "(?i:A)"};
  for (int round = 0; round < model_steps(500); round++) {
    std::set<std::string> terms;
    for (uint64_t n = random.below(60); n > 0; n--) terms.insert(random_word(&random, 5));
    std::string text;
    for (uint64_t n = random.below(5); n > 0; n--)
      text += kPieces[random.below(std::size(kPieces))];
    PatternMatcher matcher;
    std::string error;
    if (!matcher.compile(text, &error)) continue;
    Regex whole;
    std::string lower = text;
    for (size_t at; (at = lower.find("É")) != lower.npos;) lower.replace(at, 2, "é");
    ASSERT_TRUE(whole.compile("^(?i:" + lower + ")$"));
    Terms expected;
    for (const std::string& term : terms) {
      std::string folded;
      append_lower(term, &folded);
      if (whole.search(folded)) expected.push_back(term);
    }
    ASSERT_EQ(all_matches(terms, &matcher), expected) << text;
  }
}

TEST(PatternMatcher, PassesOverTermsThatBeginOtherwise) {
  std::set<std::string> terms;
  for (char a = 'a'; a <= 'z'; a++) {
    for (char b = 'a'; b <= 'z'; b++) {
      for (char c = 'a'; c <= 'z'; c++) terms.insert(std::string{a, b, c});
    }
  }
  int moves = 0;
  for (const std::string_view text : {"MN.", "^[m]n.$", "m(n)[^0-9]", "(m|m)n.|mn."}) {
    EXPECT_EQ(pattern(terms, text, &moves).size(), 26u) << text;
    EXPECT_LT(moves, 100) << text;
  }
}

// \b asks for what the automaton does not know; the other has too many states for it.
TEST(PatternMatcher, TakesTheLongRoadForSomePatterns) {
  const std::set<std::string> terms = {"Wort", "wort-art", "x"};
  EXPECT_EQ(pattern(terms, "wort\\b.*"), (Terms{"Wort", "wort-art"}));
  std::set<std::string> many;
  Random random(9);
  size_t wanted = 0;
  for (int i = 0; i < 3000; i++) {
    std::string term;
    for (int j = 0; j < 40; j++) term += random.below(2) == 0 ? 'a' : 'b';
    if (many.insert(term).second && term[19] == 'a') wanted++;
  }
  EXPECT_EQ(pattern(many, ".*A.{20}").size(), wanted);
}

}  // namespace
}  // namespace redstart::search
