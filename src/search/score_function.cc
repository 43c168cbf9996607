#include "search/score_function.h"

#include <cmath>
#include <limits>
#include <span>

#include "base/ascii.h"

namespace redstart::search {

namespace {

constexpr std::string_view kCombineModes[] = {"SUM", "MULTIPLY"};
constexpr std::string_view kScoreModes[] = {"SUM", "MULTIPLY", "REPLACE"};
constexpr std::string_view kModifiers[] = {"NONE", "LOG",  "LOG1P",  "LOG2P", "LN",
                                           "LN1P", "LN2P", "SQUARE", "SQRT",  "RECIPROCAL"};

template <class Enum>
bool parse(std::string_view word, std::span<const std::string_view> words, Enum* value) {
  for (size_t i = 0; i < words.size(); i++) {
    if (!equals_fold(word, words[i])) continue;
    *value = static_cast<Enum>(i);
    return true;
  }
  return false;
}

// Not finite: the modifier is not made for the number.
double modified(Modifier modifier, double number) {
  switch (modifier) {
    case Modifier::kNone:
      return number;
    case Modifier::kLog:
      return std::log10(number);
    case Modifier::kLog1p:
      return std::log10(1 + number);
    case Modifier::kLog2p:
      return std::log10(2 + number);
    case Modifier::kLn:
      return std::log(number);
    case Modifier::kLn1p:
      return std::log1p(number);
    case Modifier::kLn2p:
      return std::log(2 + number);
    case Modifier::kSquare:
      return number * number;
    case Modifier::kSqrt:
      return std::sqrt(number);
    case Modifier::kReciprocal:
      return 1 / number;
  }
  return number;
}

}  // namespace

bool parse_combine_mode(std::string_view word, CombineMode* mode) {
  return parse(word, kCombineModes, mode);
}
bool parse_score_mode(std::string_view word, ScoreMode* mode) {
  return parse(word, kScoreModes, mode);
}
bool parse_modifier(std::string_view word, Modifier* modifier) {
  return parse(word, kModifiers, modifier);
}

bool can_score(const Field& field) { return is_number(field.type) && field.fast; }

double ScoreFunction::value(const FieldValue& value, DocNumber doc) const {
  const Column& column = *index_.column(value.field);
  double result = column.has(doc) ? modified(value.modifier, column.number(doc))
                                  : std::numeric_limits<double>::quiet_NaN();
  if (!std::isfinite(result)) result = modified(value.modifier, value.missing);
  if (!std::isfinite(result)) result = value.missing;
  return result * value.factor;
}

double ScoreFunction::score(DocNumber doc, double score) const {
  if (by_.values.empty()) return score;
  double all = value(by_.values[0], doc);
  for (size_t i = 1; i < by_.values.size(); i++) {
    const double next = value(by_.values[i], doc);
    all = by_.combine == CombineMode::kSum ? all + next : all * next;
  }
  switch (by_.score) {
    case ScoreMode::kSum:
      return score + all;
    case ScoreMode::kMultiply:
      return score * all;
    case ScoreMode::kReplace:
      return all;
  }
  return score;
}

}  // namespace redstart::search
