#include "search/plan.h"

#include <algorithm>

#include "search/groups.h"
#include "search/phrase.h"

namespace redstart::search {

namespace {

using Kind = Clause::Kind;
using Terms = std::vector<const Term*>;

// Entries of terms that a query gathers at most: 8 bytes each.
constexpr size_t kGatheredMax = 4 << 20;

void add_term(const Dictionary& dictionary, std::string_view text, Terms* terms) {
  if (const Term* term = dictionary.find(text)) terms->push_back(term);
}

void add_prefix(const Dictionary& dictionary, std::string_view prefix, Terms* terms) {
  Dictionary::Walk walk(dictionary);
  for (bool on = walk.seek(prefix); on && walk.text().starts_with(prefix); on = walk.next()) {
    terms->push_back(walk.term());
  }
}

template <class Matcher>
void add_matches(const Dictionary& dictionary, Matcher* matcher, Terms* terms) {
  Dictionary::Walk walk(dictionary);
  for (bool on = walk.seek(""); on && matcher->find(&walk); on = walk.next()) {
    terms->push_back(walk.term());
  }
}

void add_facet(const Dictionary& dictionary, const std::string& path, Terms* terms) {
  add_term(dictionary, path, terms);
  add_prefix(dictionary, path.ends_with('/') ? path : path + '/', terms);
  // "/" as a term of its own is found twice.
  terms->erase(std::unique(terms->begin(), terms->end()), terms->end());
}

void add_range(const Dictionary& dictionary, const Clause& clause, Terms* terms) {
  Dictionary::Walk walk(dictionary);
  for (bool on = walk.seek(clause.words[0]); on; on = walk.next()) {
    const std::string_view text = walk.text();
    if (clause.exclusive_low && text == clause.words[0]) continue;
    if (clause.has_high) {
      if (text > clause.words[1]) return;
      if (clause.exclusive_high && text == clause.words[1]) return;
    }
    terms->push_back(walk.term());
  }
}

}  // namespace

std::vector<const Term*> terms_of(const Contents& contents, const Clause& clause) {
  Terms terms;
  const Dictionary& dictionary = *contents.fields[clause.field].dictionary;
  switch (clause.kind) {
    case Kind::kTerm:
      add_term(dictionary, clause.words[0], &terms);
      break;
    case Kind::kFacet:
      add_facet(dictionary, clause.words[0], &terms);
      break;
    case Kind::kPhrase:
      for (size_t i = 0; i < clause.words.size(); i++) {
        if (clause.prefix && i + 1 == clause.words.size()) {
          add_prefix(dictionary, clause.words[i], &terms);
        } else {
          add_term(dictionary, clause.words[i], &terms);
        }
      }
      break;
    case Kind::kTermRange:
      add_range(dictionary, clause, &terms);
      break;
    case Kind::kFuzzy:
      for (size_t i = 0; i < clause.words.size(); i++) {
        FuzzyOptions options = clause.fuzzy;
        options.prefix &= i == 0;
        FuzzyMatcher matcher(clause.words[i], options);
        add_matches(dictionary, &matcher, &terms);
      }
      break;
    case Kind::kPattern:
      add_matches(dictionary, clause.pattern.get(), &terms);
      break;
    case Kind::kAll:
    case Kind::kNone:
    case Kind::kValues:
    case Kind::kGroup:
      break;
  }
  return terms;
}

Planner::Planner(const Contents& contents, bool scoring)
    : contents_(contents), scoring_(scoring), norms_(contents.fields.size()) {}

CursorPtr Planner::plan(const Clause& clause, double boost) {
  boost *= clause.boost;
  switch (clause.kind) {
    case Kind::kAll:
      return std::make_unique<AllCursor>(contents_.documents, boost);
    case Kind::kNone:
      return nullptr;
    case Kind::kValues:
      return values(clause, boost);
    case Kind::kGroup:
      return group(clause, boost);
    case Kind::kPhrase:
      if (contents_.fields[clause.field].dictionary->has_positions()) return phrase(clause, boost);
      break;
    case Kind::kTerm:
    case Kind::kFacet:
    case Kind::kTermRange:
    case Kind::kFuzzy:
    case Kind::kPattern:
      break;
  }
  const bool one_term = clause.kind == Kind::kTerm || clause.kind == Kind::kFacet;
  return many_terms(contents_.fields[clause.field], terms_of(contents_, clause), boost, one_term);
}

double Planner::rarity_of(size_t with) const {
  return inverse_frequency(with, contents_.documents.size());
}

TermWeight Planner::weight(const FieldIndex& field, double rarity) {
  if (!scoring_ || field.lengths == nullptr) return TermWeight(rarity);
  std::shared_ptr<const LengthNorms>& norms = norms_[&field - contents_.fields.data()];
  if (norms == nullptr) {
    norms = length_norms(static_cast<double>(field.total_length) /
                         static_cast<double>(contents_.documents.size()));
  }
  return TermWeight(rarity, field.lengths.get(), norms);
}

CursorPtr Planner::term(const FieldIndex& field, const Term& term, double boost) {
  if (!scoring_) return std::make_unique<TermCursor>(contents_, field, term, TermWeight());
  // To know how many documents have the term means to look at each if there are dead ones.
  const bool has_dead = !all_live(contents_, term);
  if (has_dead && gathered_ + term.list.entries <= kGatheredMax) {
    return gathered_term(field, term, boost);
  }
  const double rarity = rarity_of(living_documents(contents_, *field.dictionary, term));
  return std::make_unique<TermCursor>(contents_, field, term, weight(field, boost * rarity));
}

CursorPtr Planner::gathered_term(const FieldIndex& field, const Term& term, double boost) {
  std::vector<GatheredCursor::Entry> entries;
  entries.reserve(term.list.entries);
  gathered_ += term.list.entries;
  LivePostings postings(contents_, term, field.dictionary->has_positions());
  while (postings.next()) entries.push_back({postings.doc(), postings.frequency()});
  const double rarity = rarity_of(entries.size());
  return std::make_unique<GatheredCursor>(std::move(entries), weight(field, boost * rarity));
}

// Documents with any of the terms. They score as those of a term do where the terms stand for one,
// else alike.
CursorPtr Planner::many_terms(const FieldIndex& field, const Terms& terms, double boost,
                              bool one_term) {
  if (terms.empty()) return nullptr;
  if (terms.size() == 1 && one_term) return term(field, *terms[0], boost);
  DocBits bits(contents_.documents);
  for (const Term* one : terms) {
    LivePostings postings(contents_, *one, field.dictionary->has_positions());
    while (postings.next()) bits.add(postings.doc());
    if (bits.count() == contents_.documents.size()) break;
  }
  const double rarity = one_term ? rarity_of(bits.count()) : 1;
  return std::make_unique<BitsCursor>(contents_.documents, std::move(bits), boost * rarity);
}

CursorPtr Planner::phrase(const Clause& clause, double boost) {
  const FieldIndex& field = contents_.fields[clause.field];
  const size_t last = clause.words.size() - 1;
  if (clause.prefix && last == 0) {
    return many_terms(field, terms_of(contents_, clause), boost, false);
  }
  std::vector<PhraseCursor::Part> parts;
  double rarity = 0;
  for (size_t i = 0; i <= last; i++) {
    Terms terms;
    if (clause.prefix && i == last) {
      add_prefix(*field.dictionary, clause.words[i], &terms);
    } else {
      add_term(*field.dictionary, clause.words[i], &terms);
    }
    if (terms.empty()) return nullptr;
    PhraseCursor::Part& part = parts.emplace_back();
    part.offset = clause.positions[i] - clause.positions[0];
    for (const Term* one : terms) {
      part.terms.push_back(std::make_unique<TermCursor>(contents_, field, *one, TermWeight()));
    }
    // The terms that a beginning stands for say little: they are not weighed.
    if (!scoring_ || (clause.prefix && i == last)) continue;
    rarity += rarity_of(living_documents(contents_, *field.dictionary, *terms[0]));
  }
  return std::make_unique<PhraseCursor>(std::move(parts), clause.slop,
                                        weight(field, boost * rarity));
}

CursorPtr Planner::values(const Clause& clause, double boost) {
  const Column& column = *contents_.fields[clause.field].column;
  double rarity = 1;
  if (scoring_ && clause.one_value) {
    size_t with = 0;
    for (size_t word = 0; word < contents_.documents.words(); word++) {
      with += __builtin_popcountll(column.mask_between(word, clause.low, clause.high) &
                                   contents_.documents.living(word));
    }
    rarity = rarity_of(with);
  }
  return std::make_unique<ValueCursor>(contents_.documents, column, clause.low, clause.high,
                                       boost * rarity);
}

CursorPtr Planner::group(const Clause& clause, double boost) {
  std::vector<CursorPtr> all, any, none;
  for (const ClausePtr& part : clause.all) {
    all.push_back(plan(*part, boost));
    if (all.back() == nullptr) return nullptr;
  }
  auto gather = [this](const std::vector<ClausePtr>& parts, double factor,
                       std::vector<CursorPtr>* cursors) {
    for (const ClausePtr& part : parts) {
      if (CursorPtr cursor = plan(*part, factor)) cursors->push_back(std::move(cursor));
    }
  };
  if (clause.needs_any || scoring_) gather(clause.any, boost, &any);
  if (clause.needs_any && any.empty()) return nullptr;
  gather(clause.none, 1, &none);

  auto together = [](std::vector<CursorPtr> parts) -> CursorPtr {
    if (parts.size() == 1) return std::move(parts[0]);
    return std::make_unique<AnyOfCursor>(std::move(parts));
  };
  if (clause.needs_any) all.push_back(together(std::move(any)));
  CursorPtr wanted =
      all.size() == 1 ? std::move(all[0]) : std::make_unique<AllOfCursor>(std::move(all));
  if (!none.empty()) {
    wanted = std::make_unique<WithoutCursor>(std::move(wanted), together(std::move(none)));
  }
  if (!clause.needs_any && !any.empty()) {
    wanted = std::make_unique<BetterWithCursor>(std::move(wanted), together(std::move(any)));
  }
  return wanted;
}

}  // namespace redstart::search
