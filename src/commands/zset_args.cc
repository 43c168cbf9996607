#include "commands/zset_args.h"

#include "base/numbers.h"

namespace redstart {
namespace {

bool parse_score_bound(std::string_view text, double* score, bool* open) {
  *open = !text.empty() && text[0] == '(';
  if (*open) text.remove_prefix(1);
  *score = 0;
  // strtod finds no number in nothing, and Redis takes that for 0.
  return text.empty() || parse_double(text, score);
}

bool parse_lex_bound(std::string_view text, LexBound* bound) {
  if (text == "-") {
    bound->place = LexBound::Place::kBelowAll;
  } else if (text == "+") {
    bound->place = LexBound::Place::kAboveAll;
  } else if (!text.empty() && (text[0] == '[' || text[0] == '(')) {
    bound->open = text[0] == '(';
    bound->text = text.substr(1);
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool parse_score_range(std::string_view low, std::string_view high, ScoreRange* range) {
  return parse_score_bound(low, &range->low, &range->low_open) &&
         parse_score_bound(high, &range->high, &range->high_open);
}

bool parse_lex_range(std::string_view low, std::string_view high, LexRange* range) {
  return parse_lex_bound(low, &range->low) && parse_lex_bound(high, &range->high);
}

void answer_elements(Reply& reply, const ZsetView& zset, RankRange range, bool reverse,
                     bool with_scores) {
  if (!with_scores) {
    reply.array(range.count);
    zset.visit(range, reverse, [&](std::string_view member, double) { reply.bulk(member); });
    return;
  }
  reply.flat_pairs(range.count);
  zset.visit(range, reverse, [&](std::string_view member, double score) {
    reply.flat_pair();
    reply.bulk(member);
    reply.dbl(score);
  });
}

}  // namespace redstart
