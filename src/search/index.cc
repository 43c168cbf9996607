#include "search/index.h"

#include <algorithm>
#include <cmath>

#include "base/numbers.h"
#include "search/analysis.h"
#include "search/compaction.h"
#include "search/contents.h"
#include "search/date.h"
#include "search/filter.h"
#include "search/indexer.h"
#include "search/plan.h"
#include "search/ranking.h"
#include "types/value_digest.h"

namespace redstart::search {

namespace {

// What each change does for a compaction that is under way, beside four times what it did itself:
// so the compaction ends before the next is due.
constexpr size_t kStepOfChange = 16;

void add_terms(const Contents& contents, const Clause& clause, FieldNumber field,
               std::vector<std::string>* terms) {
  for (const ClausePtr& part : clause.all) add_terms(contents, *part, field, terms);
  for (const ClausePtr& part : clause.any) add_terms(contents, *part, field, terms);
  if (clause.field != field || contents.fields[field].dictionary == nullptr) return;
  for (const Term* term : search::terms_of(contents, clause)) terms->emplace_back(term->text());
}

double first_finite(double score) { return std::isnan(score) ? -HUGE_VAL : score; }

}  // namespace

struct Index::State {
  State(Slab& slab, const uint64_t& hash_seed, Definition of)
      : definition(std::move(of)),
        contents(slab, hash_seed, definition.schema),
        analyzer(definition.language),
        compaction(&contents),
        indexer(definition.schema, &contents, &analyzer) {}

  const Definition definition;
  Contents contents;
  Analyzer analyzer;
  Compaction compaction;
  Indexer indexer;
};

Index::Index(Slab& slab, const uint64_t& hash_seed, Definition definition)
    : state_(std::make_unique<State>(slab, hash_seed, std::move(definition))) {}

Index::~Index() = default;

const Definition& Index::definition() const { return state_->definition; }

Analyzer& Index::analyzer() { return state_->analyzer; }

void Index::replace(std::string_view key, const Document& document) {
  drop(key);
  Documents& documents = state_->contents.documents;
  if (documents.full()) return;
  const size_t terms = state_->indexer.add(documents.add(key), document);
  state_->compaction.step(kStepOfChange + 4 * terms);
}

bool Index::remove(std::string_view key) {
  if (!drop(key)) return false;
  state_->compaction.step(kStepOfChange);
  return true;
}

bool Index::drop(std::string_view key) {
  Documents& documents = state_->contents.documents;
  const DocNumber doc = documents.find(key);
  if (doc == kNoDoc) return false;
  state_->indexer.forget(doc);
  documents.remove(doc);
  return true;
}

bool Index::settle(size_t budget) { return state_->compaction.step(budget); }

bool Index::compile(std::string_view filter, JsonHeap heap, Query* query, std::string* error) {
  ClausePtr root = parse_filter(filter, schema(), &state_->analyzer, heap, error);
  if (root == nullptr) return false;
  *query = Query(std::move(root));
  return true;
}

void Index::find(const Query& query, const FindOptions& options, std::vector<Hit>* hits) const {
  hits->clear();
  if (options.order != kNoField) {
    find_ordered(query, options, hits);
    return;
  }
  const CursorPtr cursor = Planner(state_->contents, true).plan(*query.root());
  if (cursor == nullptr) return;
  const size_t most = kept(options);
  size_t left = options.scorer == nullptr && cursor->one_score() ? most : SIZE_MAX;
  Ranking<double, std::greater<double>> ranking(most, {});
  for (; cursor->doc() != kNoDoc && left > 0; cursor->next(), left--) {
    double score = cursor->score();
    if (options.scorer != nullptr) score = options.scorer->score(cursor->doc(), score);
    ranking.offer(first_finite(score), cursor->doc());
  }
  const auto& sorted = ranking.sorted();
  for (size_t i = options.offset; i < sorted.size(); i++) {
    hits->push_back({sorted[i].doc, sorted[i].value});
  }
}

size_t Index::kept(const FindOptions& options) const {
  return std::min(size(), options.offset + std::min(options.limit, SIZE_MAX - options.offset));
}

void Index::find_ordered(const Query& query, const FindOptions& options,
                         std::vector<Hit>* hits) const {
  const CursorPtr cursor = Planner(state_->contents, false).plan(*query.root());
  if (cursor == nullptr) return;
  const Column& values = *column(options.order);
  const Dictionary* dictionary = state_->contents.fields[options.order].dictionary.get();
  // Documents without a value come last, in either direction.
  struct Place {
    bool has;
    uint64_t code;
    std::string_view text;
  };
  const bool ascending = options.ascending;
  auto before = [ascending](const Place& a, const Place& b) {
    if (!a.has || !b.has) return a.has && !b.has;
    const Place& less = ascending ? a : b;
    const Place& more = ascending ? b : a;
    return less.code != more.code ? less.code < more.code : less.text < more.text;
  };
  Ranking<Place, decltype(before)> ranking(kept(options), before);
  for (; cursor->doc() != kNoDoc; cursor->next()) {
    Place place{values.has(cursor->doc()), 0, {}};
    if (place.has) {
      const uint64_t code = values.code(cursor->doc());
      if (dictionary == nullptr) {
        place.code = code;
      } else {
        place.text = dictionary->at_ordinal(static_cast<uint32_t>(code))->text();
      }
    }
    ranking.offer(place, cursor->doc());
  }
  const auto& sorted = ranking.sorted();
  for (size_t i = options.offset; i < sorted.size(); i++) {
    double score = std::numeric_limits<double>::quiet_NaN();
    if (sorted[i].value.has) {
      score = dictionary == nullptr ? number_of(values.type(), sorted[i].value.code) : 0;
    }
    hits->push_back({sorted[i].doc, score});
  }
}

size_t Index::count(const Query& query) const {
  const CursorPtr cursor = Planner(state_->contents, false).plan(*query.root());
  return cursor == nullptr ? 0 : cursor->count_rest();
}

void Index::matching(const Query& query, std::vector<DocNumber>* docs) const {
  docs->clear();
  const CursorPtr cursor = Planner(state_->contents, false).plan(*query.root());
  if (cursor == nullptr) return;
  for (; cursor->doc() != kNoDoc; cursor->next()) docs->push_back(cursor->doc());
}

void Index::terms_of(const Query& query, FieldNumber field, std::vector<std::string>* terms) const {
  terms->clear();
  add_terms(state_->contents, *query.root(), field, terms);
  std::sort(terms->begin(), terms->end());
  terms->erase(std::unique(terms->begin(), terms->end()), terms->end());
}

size_t Index::size() const { return state_->contents.documents.size(); }

DocNumber Index::find_key(std::string_view key) const {
  return state_->contents.documents.find(key);
}

std::string_view Index::key(DocNumber doc) const { return state_->contents.documents.key(doc); }

DocNumber Index::next_doc(DocNumber from) const { return state_->contents.documents.next(from); }

const Column* Index::column(FieldNumber field) const {
  return state_->contents.fields[field].column.get();
}

std::string_view Index::text(FieldNumber field, uint32_t ordinal) const {
  return state_->contents.fields[field].dictionary->at_ordinal(ordinal)->text();
}

bool Index::value_text(FieldNumber field, DocNumber doc, std::string* out) const {
  const Column* values = column(field);
  if (values == nullptr || !values->has(doc)) return false;
  const uint64_t code = values->code(doc);
  switch (values->type()) {
    case FieldType::kU64: {
      char text[kIntTextMax];
      out->assign(text, write_uint64(text, code));
      break;
    }
    case FieldType::kI64:
      *out = int64_text(integer_of(code));
      break;
    case FieldType::kF64:
      *out = double_text(number_of(FieldType::kF64, code));
      break;
    case FieldType::kBool:
      *out = code != 0 ? "true" : "false";
      break;
    case FieldType::kDate:
      *out = date_text(integer_of(code));
      break;
    case FieldType::kText:
    case FieldType::kKeyword:
    case FieldType::kFacet:
      *out = text(field, static_cast<uint32_t>(code));
      break;
  }
  return true;
}

size_t Index::bytes() const {
  const Contents& contents = state_->contents;
  size_t bytes = sizeof(Index) + sizeof(State) + contents.heap.bytes() +
                 contents.documents.table_bytes() + contents.fields.size() * sizeof(FieldIndex);
  for (const FieldIndex& field : contents.fields) {
    if (field.dictionary != nullptr) bytes += field.dictionary->table_bytes();
  }
  return bytes;
}

void Index::digest(ValueDigest* digest) const {
  const Definition& is = definition();
  digest->mix(source_name(is.source));
  digest->mix(language_name(is.language));
  for (const std::string& prefix : is.prefixes) digest->mix(prefix);
  for (const Field& field : is.schema.fields()) {
    digest->mix(field.name);
    digest->mix(field_type_name(field.type));
    const char flags[] = {field.fast ? 'f' : '-', field.nostem ? 's' : '-',
                          field.notokenize ? 't' : '-'};
    digest->mix({flags, sizeof flags});
    digest->mix(field.from);
  }
  each_document([digest](DocNumber, std::string_view key) { digest->mix(key); });
}

bool Index::release_some(size_t* budget) {
  for (FieldIndex& field : state_->contents.fields) {
    if (field.dictionary != nullptr && !field.dictionary->release_some(budget)) return false;
  }
  return state_->contents.documents.release_some(budget);
}

}  // namespace redstart::search
