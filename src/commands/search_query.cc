// The SEARCH family, part 2: what an index is asked.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include "commands/families.h"
#include "commands/search_access.h"
#include "commands/search_args.h"
#include "commands/search_content.h"
#include "search/aggregation.h"
#include "search/aggregation_request.h"
#include "search/plain.h"

namespace redstart {

namespace {

// The filter of the call, compiled. False: the error has been answered.
bool compile(Context& c, IndexValue& index, search::Query* query) {
  std::string error;
  if (index.index().compile(c.arg(2), c.engine.type_env().json->heap, query, &error)) return true;
  c.reply.error(error);
  return false;
}

// ---- SEARCH.QUERY

// The digits of a score that mean something: those of a float.
double rounded(double score) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, static_cast<float>(score)).ptr;
  double short_one = score;
  parse_double({text, static_cast<size_t>(end - text)}, &short_one);
  return short_one;
}

// Of a document by its score, or by what the order is by.
void answer_score(Context& c, const search::Index& index, const QueryCall& call,
                  const search::Hit& hit) {
  if (std::isnan(hit.score)) return c.reply.null();
  const search::FieldNumber order = call.find.order;
  if (order != search::kNoField && search::has_terms(index.schema().field(order).type)) {
    std::string text;
    return index.value_text(order, hit.doc, &text) ? c.reply.bulk(text) : c.reply.null();
  }
  const bool is_value = order != search::kNoField || call.has_score_function;
  c.reply.dbl_text(search::number_text(is_value ? hit.score : rounded(hit.score)));
}

// Whether the key of each document is there. Looking for one whose time has come with this very
// millisecond is what ends it, and may give all documents other numbers.
std::vector<bool> look_for_keys(Context& c, const IndexValue& index,
                                const std::vector<search::Hit>& hits) {
  std::vector<std::string> keys;
  for (const search::Hit& hit : hits) keys.emplace_back(index.index().key(hit.doc));
  std::vector<bool> there;
  for (const std::string& key : keys) {
    there.push_back(index.of_stream() || c.keys.peek(c.keys.key(key)) != nullptr);
  }
  return there;
}

std::vector<search::Hit> find_hits(Context& c, IndexValue& index, const search::Query& query,
                                   const search::FindOptions& options) {
  std::vector<search::Hit> hits;
  while (true) {
    const size_t documents = index.index().size();
    index.index().find(query, options, &hits);
    const std::vector<bool> there = look_for_keys(c, index, hits);
    if (std::find(there.begin(), there.end(), false) == there.end()) return hits;
    // Others take their places.
    c.engine.indexing().catch_up(index);
    if (index.index().size() < documents) continue;
    // Nothing may be deleted at present (a pause).
    std::vector<search::Hit> left;
    for (size_t i = 0; i < hits.size(); i++) {
      if (there[i]) left.push_back(hits[i]);
    }
    return left;
  }
}

void search_query(Context& c) {
  IndexValue* index;
  if (!find_index_up_to_date(c, c.arg(1), &index)) return;
  if (!index) return c.reply.null_array();
  QueryCall call;
  if (!read_query(c, index->definition().schema, &call)) return;
  if (!call.without_content && in_transaction(c)) {
    return c.reply.error("ERR SEARCH.QUERY needs NOCONTENT in a transaction or script");
  }
  search::Query query;
  if (!compile(c, *index, &query)) return;
  const search::ScoreFunction scorer(index->index(), call.score_by);
  if (call.has_score_function) call.find.scorer = &scorer;
  const std::vector<search::Hit> hits = find_hits(c, *index, query, call.find);
  SearchContent content(c, *index, query, call);
  c.reply.array(hits.size());
  for (const search::Hit& hit : hits) {
    const std::string key(index->index().key(hit.doc));
    c.reply.array(call.without_content ? 2 : 3);
    c.reply.bulk(key);
    answer_score(c, index->index(), call, hit);
    if (!call.without_content && !content.answer(key)) c.reply.array(0);
  }
}
constexpr CommandSpec kSearchQuery = search_row(
    "search.query", -3, kReadonly, one_key(kKeyRead),
    "index:key filter [LIMIT limit:integer] [OFFSET offset:integer] "
    "[ORDERBY field order=[ASC|DESC]] [NOCONTENT|SELECT count:integer field+] "
    "[HIGHLIGHT FIELDS count:integer field+ [TAGS before behind]] "
    "[SCOREFUNC [COMBINEMODE combine=(SUM|MULTIPLY)] [SCOREMODE score=(SUM|MULTIPLY|REPLACE)] "
    "values=(FIELDVALUE field [MODIFIER modifier] [FACTOR factor:double] "
    "[MISSING missing:double])+]",
    "Answers the documents that match a filter, best first.",
    "O(N) for N documents that have a word of the filter", search_query);

// ---- SEARCH.COUNT, SEARCH.AGGREGATE

void search_count(Context& c) {
  IndexValue* index;
  if (!find_index_up_to_date(c, c.arg(1), &index)) return;
  if (!index) return c.reply.integer(-1);
  search::Query query;
  if (!compile(c, *index, &query)) return;
  c.reply.integer(static_cast<int64_t>(index->index().count(query)));
}
constexpr CommandSpec kSearchCount =
    search_row("search.count", 3, kReadonly, one_key(kKeyRead), "index:key filter",
               "Counts the documents that match a filter.",
               "O(N) for N documents that have a word of the filter", search_count);

void answer_plain(Reply& reply, const search::Plain& value) {
  switch (value.kind) {
    case search::Plain::Kind::kNull:
      return reply.null();
    case search::Plain::Kind::kInteger:
      return reply.integer(value.integer);
    case search::Plain::Kind::kNumber:
      return reply.dbl_text(search::number_text(value.number));
    case search::Plain::Kind::kText:
      return reply.bulk(value.text);
    case search::Plain::Kind::kArray:
      reply.array(value.items.size());
      break;
    case search::Plain::Kind::kObject:
      reply.map(value.items.size() / 2);
      break;
  }
  for (const search::Plain& item : value.items) answer_plain(reply, item);
}

void search_aggregate(Context& c) {
  IndexValue* index;
  if (!find_index_up_to_date(c, c.arg(1), &index)) return;
  if (!index) return c.reply.null_array();
  search::Query query;
  if (!compile(c, *index, &query)) return;
  std::vector<search::Aggregation> wanted;
  std::string error;
  if (!search::parse_aggregations(c.arg(3), index->definition().schema,
                                  c.engine.type_env().json->heap, &wanted, &error)) {
    return c.reply.error(error);
  }
  search::Plain result;
  if (!search::aggregate(index->index(), query, wanted, &result, &error)) {
    return c.reply.error(error);
  }
  answer_plain(c.reply, result);
}
constexpr CommandSpec kSearchAggregate =
    search_row("search.aggregate", 4, kReadonly, one_key(kKeyRead), "index:key filter aggregations",
               "Sums up the documents that match a filter.", "O(N) for N documents that match",
               search_aggregate);

constexpr const CommandSpec* kCommands[] = {&kSearchQuery, &kSearchCount, &kSearchAggregate};

}  // namespace

std::span<const CommandSpec* const> search_query_commands() { return kCommands; }

}  // namespace redstart
