// Which terms of a field a misspelt word or a pattern means.
//
// Matchers go through terms in the order of their bytes and pass over stretches in which there can
// be no match, so that a dictionary of a million terms is not read from end to end:
//
//   for (bool on = walk.seek(""); on && matcher.find(&walk); on = walk.next()) use(walk.text());
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace redstart::search {

// A place among the terms of a field, in the order of their bytes.
class TermWalk {
 public:
  virtual ~TermWalk() = default;
  // To the first term that is not less. False: there is none (so also below).
  virtual bool seek(std::string_view least) = 0;
  virtual bool next() = 0;
  // REQUIRES: the last call answered true. Valid until the next.
  virtual std::string_view text() const = 0;
};

struct FuzzyOptions {
  int distance = 1;                    // 0..2: insertions, deletions, replacements of characters
  bool transposition_cost_one = true;  // else two neighbours in the wrong order cost two
  bool prefix = false;                 // the term only has to begin with something near enough
};

// Letter case does not count in either matcher (terms of NOTOKENIZE fields have some).
class FuzzyMatcher {
 public:
  FuzzyMatcher(std::string_view word, const FuzzyOptions& options);
  ~FuzzyMatcher();

  // Moves the walk to the first match that is not before where it stands. False: there is none.
  bool find(TermWalk* walk);

 private:
  struct State;

  std::unique_ptr<State> state_;
};

// A pattern of core/regex.h that has to match the whole term.
class PatternMatcher {
 public:
  PatternMatcher();
  ~PatternMatcher();

  // False: `error` says what is wrong with it ("ERR ...").
  bool compile(std::string_view pattern, std::string* error);
  // As that of FuzzyMatcher.
  bool find(TermWalk* walk);

 private:
  struct State;

  std::unique_ptr<State> state_;
};

}  // namespace redstart::search
