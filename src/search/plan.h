// From a filter to the cursor that finds its documents, and what it takes for that: terms near a
// word, terms that match a pattern, how rare terms are.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "search/clause.h"
#include "search/contents.h"
#include "search/cursor.h"

namespace redstart::search {

class Planner {
 public:
  // Without `scoring` all scores are to be ignored: nothing is done for them.
  Planner(const Contents& contents, bool scoring);

  // Null: no document matches.
  CursorPtr plan(const Clause& clause, double boost = 1);

 private:
  CursorPtr group(const Clause& clause, double boost);
  CursorPtr term(const FieldIndex& field, const Term& term, double boost);
  CursorPtr gathered_term(const FieldIndex& field, const Term& term, double boost);
  CursorPtr many_terms(const FieldIndex& field, const std::vector<const Term*>& terms, double boost,
                       bool one_term);
  CursorPtr phrase(const Clause& clause, double boost);
  CursorPtr values(const Clause& clause, double boost);
  TermWeight weight(const FieldIndex& field, double rarity);
  double rarity_of(size_t with) const;

  const Contents& contents_;
  const bool scoring_;
  std::vector<std::shared_ptr<const LengthNorms>> norms_;  // by field, made when needed
  size_t gathered_ = 0;                                    // entries of gathered terms
};

// The terms that a clause on a field means (of a phrase those of all its words).
std::vector<const Term*> terms_of(const Contents& contents, const Clause& clause);

}  // namespace redstart::search
