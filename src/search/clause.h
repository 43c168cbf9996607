// A filter as a tree, without what is particular to its text.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "search/schema.h"
#include "search/term_match.h"

namespace redstart::search {

struct Clause {
  enum class Kind : uint8_t {
    kAll,
    kNone,
    kTerm,       // words[0], as it is in the dictionary
    kFacet,      // words[0] or what is below it
    kPhrase,     // words at these distances of each other; the last may be the beginning of one
    kTermRange,  // terms from words[0] to words[1], where there are such bounds
    kValues,     // codes of the column in [low, high]
    kFuzzy,      // terms near words[0], or near words[1] as a whole
    kPattern,    // terms that match a regular expression
    kGroup,      // of other clauses
  };

  explicit Clause(Kind kind, FieldNumber field = kNoField) : kind(kind), field(field) {}

  Kind kind;
  bool prefix = false;                                 // kPhrase: of its last word
  bool one_value = false;                              // kValues: $eq, which scores as a term does
  bool has_low = false, has_high = false;              // kTermRange
  bool exclusive_low = false, exclusive_high = false;  // kTermRange
  bool needs_any = false;                              // kGroup: one of `any` has to match
  FieldNumber field;
  uint32_t slop = 0;  // kPhrase
  double boost = 1;
  uint64_t low = 0, high = 0;
  FuzzyOptions fuzzy = {};
  std::vector<std::string> words = {};
  std::vector<uint32_t> positions = {};  // kPhrase: of each word
  std::unique_ptr<PatternMatcher> pattern = nullptr;

  // kGroup: all of `all` match and none of `none`; `any` add to the score.
  std::vector<std::unique_ptr<Clause>> all = {}, any = {}, none = {};
};

using ClausePtr = std::unique_ptr<Clause>;

}  // namespace redstart::search
