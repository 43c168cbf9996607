// SCOREFUNC: numbers of a document that change its score.
//
//   value of a field   = modifier(number) * factor
//   all of them        = combined by COMBINEMODE
//   score              = combined with the score of the match by SCOREMODE
//
// `missing` takes the place of a number that is not there or that the modifier is not made for (the
// logarithm of -1); where that is no better, it is the result of the modifier itself.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "search/index.h"

namespace redstart::search {

enum class CombineMode : uint8_t { kSum, kMultiply };
enum class ScoreMode : uint8_t { kSum, kMultiply, kReplace };
enum class Modifier : uint8_t {
  kNone,
  kLog,    // to the base of 10
  kLog1p,  // of the number + 1
  kLog2p,
  kLn,
  kLn1p,
  kLn2p,
  kSquare,
  kSqrt,
  kReciprocal,
};

// In any letter case. False: there is no such word.
bool parse_combine_mode(std::string_view word, CombineMode* mode);
bool parse_score_mode(std::string_view word, ScoreMode* mode);
bool parse_modifier(std::string_view word, Modifier* modifier);

struct FieldValue {
  FieldNumber field = 0;
  Modifier modifier = Modifier::kNone;
  double factor = 1;
  double missing = 0;
};

// Upstash's two pages on the defaults contradict each other; these are what the one that explains
// the modes says, and what its examples suppose.
struct ScoreBy {
  CombineMode combine = CombineMode::kMultiply;
  ScoreMode score = ScoreMode::kMultiply;
  std::vector<FieldValue> values = {};
};

// Whether scores can be made of the field: it is a number, and FAST.
bool can_score(const Field& field);

class ScoreFunction : public Scorer {
 public:
  // REQUIRES: can_score() each field; both outlive this.
  ScoreFunction(const Index& index, const ScoreBy& by) : index_(index), by_(by) {}

  // Without any values the score stays what it is.
  double score(DocNumber doc, double score) const override;

 private:
  double value(const FieldValue& value, DocNumber doc) const;

  const Index& index_;
  const ScoreBy& by_;
};

}  // namespace redstart::search
