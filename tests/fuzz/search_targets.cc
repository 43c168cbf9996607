// What SEARCH is asked: words, patterns, aggregations.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/slab.h"
#include "search/aggregation.h"
#include "search/aggregation_request.h"
#include "search/analysis.h"
#include "search/document.h"
#include "search/highlight.h"
#include "search/index.h"
#include "search/term_match.h"
#include "tests/fuzz/target.h"
#include "types/json.h"

namespace redstart::fuzz {

using namespace std::string_view_literals;

namespace {

using namespace redstart::search;

// An index of a few documents that have something of everything.
class SearchWorld {
 public:
  SearchWorld() {
    constexpr std::string_view kSchema[] = {
        "t",    "TEXT", "w", "TEXT", "NOTOKENIZE", "n", "TEXT",    "NOSTEM", "u",
        "U64",  "FAST", "i", "I64",  "FAST",       "f", "F64",     "FAST",   "b",
        "BOOL", "FAST", "d", "DATE", "FAST",       "k", "KEYWORD", "c",      "FACET"};
    Definition definition;
    definition.prefixes = {""};
    definition.source = Source::kJson;
    std::string error;
    check(definition.schema.parse(kSchema, &error), "the schema is one");
    index_ = std::make_unique<Index>(slab_, seed_, std::move(definition));
    for (int i = 0; i < 40; i++) {
      const std::string n = std::to_string(i);
      put(n, R"({"t": "running )" + n + R"( Größe", "w": "Whole Value )" + std::to_string(i % 5) +
                 R"(", "n": "a b c", "u": )" + n + R"(, "i": [)" + n + ", -" + n + R"(], "f": )" +
                 n + R"(.5, "b": )" + (i % 2 == 0 ? "true" : "false") + R"(, "d": "2026-11-)" +
                 std::to_string(10 + i % 20) + R"(", "k": "key)" + std::to_string(i % 7) +
                 R"(", "c": "/a/b)" + std::to_string(i % 3) + R"(/c"})");
    }
    put("empty", "{}");
  }

  Index& index() { return *index_; }
  JsonHeap heap() const { return store_.heap; }
  size_t names() const { return store_.names.size(); }

 private:
  void put(std::string_view key, std::string_view json) {
    JsonNode root;
    std::string error;
    check(store_.parser.parse(json, &root, &error), "the document is JSON");
    Document document(index_->schema());
    document.add_json_document(root, store_.names);
    index_->replace(key, document);
    root.release(store_.heap);
  }

  Slab slab_;
  uint64_t seed_ = 7;
  JsonStore store_{slab_, seed_};
  std::unique_ptr<Index> index_;
};

class VectorWalk : public TermWalk {
 public:
  explicit VectorWalk(const std::vector<std::string>& terms) : terms_(terms) {}

  bool seek(std::string_view least) override {
    const auto next = std::lower_bound(terms_.begin(), terms_.end(), least);
    check(next >= at_, "a search goes forwards");
    at_ = next;
    return at_ != terms_.end();
  }
  bool next() override { return ++at_ != terms_.end(); }
  std::string_view text() const override { return *at_; }

 private:
  const std::vector<std::string>& terms_;
  std::vector<std::string>::const_iterator at_ = terms_.begin();
};

template <class Matcher>
size_t count_matches(const std::vector<std::string>& terms, Matcher* matcher) {
  VectorWalk walk(terms);
  size_t count = 0;
  for (bool on = walk.seek(""); on && matcher->find(&walk); on = walk.next()) count++;
  return count;
}

}  // namespace

// A word or a pattern, a line break, a text.
void search_words(std::string_view input) {
  static SearchWorld world;
  const size_t line = input.find('\n');
  if (line == input.npos) return;
  const std::string_view word = input.substr(0, line);
  const std::string_view text = input.substr(line + 1);
  Choices choices(input);

  std::vector<std::string> terms;
  Tokens tokens;
  Analyzer analyzer(static_cast<Language>(choices.below(kLanguageCount)));
  for (const Analysis analysis : {Analysis::kWordStems, Analysis::kWords, Analysis::kWhole}) {
    analyzer.tokens(text, analysis, &tokens);
    uint32_t end = 0;
    for (size_t i = 0; i < tokens.size(); i++) {
      const Tokens::Token& token = tokens[i];
      check(token.begin >= end && token.end >= token.begin && token.end <= text.size(),
            "words follow each other in the text");
      check(i == 0 || token.position > tokens[i - 1].position, "and have places of their own");
      end = token.end;
      terms.emplace_back(tokens.term(i));
    }
  }
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());

  size_t before = 0;
  for (int distance = 0; distance <= 2; distance++) {
    FuzzyMatcher matcher(word, {.distance = distance, .prefix = choices.below(2) == 0});
    FuzzyMatcher whole(word, {.distance = distance});
    const size_t found = count_matches(terms, &whole);
    check(found >= before, "a larger distance finds no less");
    check(count_matches(terms, &matcher) >= found, "nor does the beginning of a term");
    before = found;
  }
  PatternMatcher pattern;
  std::string error;
  if (pattern.compile(word, &error)) count_matches(terms, &pattern);

  std::string marked;
  const FieldNumber field = static_cast<FieldNumber>(choices.below(3));
  highlight(world.index(), field, terms, text, "", "", &marked);
  check(marked == text, "a highlight adds tags only");
}

// Aggregations as JSON.
void search_aggregation(std::string_view input) {
  static SearchWorld world;
  static const size_t names = world.names();
  Index& index = world.index();
  std::vector<Aggregation> aggregations;
  std::string error;
  const bool good = parse_aggregations(input, index.schema(), world.heap(), &aggregations, &error);
  check(good == error.empty(), "who refuses says why");
  check(world.names() == names, "no name stays behind");
  if (!good) return;
  Query query;
  check(index.compile("{}", world.heap(), &query, &error), "all documents");
  Plain result;
  if (!aggregate(index, query, aggregations, &result, &error)) {
    check(!error.empty(), "who fails says why");
    return;
  }
  check(result.items.size() == 2 * aggregations.size(), "an answer for each");
  Plain again;
  check(aggregate(index, query, aggregations, &again, &error), "and the same every time");
}

// Filters as JSON.
void search_filter(std::string_view input) {
  static SearchWorld world;
  static const size_t names = world.names();
  Index& index = world.index();
  Query query;
  std::string error;
  const bool good = index.compile(input, world.heap(), &query, &error);
  check(good == error.empty(), "who refuses says why");
  check(world.names() == names, "no name stays behind");
  if (!good) return;
  std::vector<DocNumber> docs;
  index.matching(query, &docs);
  check(std::is_sorted(docs.begin(), docs.end()), "documents come in order");
  check(index.count(query) == docs.size(), "what is counted is found");
  std::vector<Hit> hits;
  FindOptions options;
  options.limit = SIZE_MAX;
  index.find(query, options, &hits);
  check(hits.size() == docs.size(), "what matches has a score");
  for (size_t i = 1; i < hits.size(); i++) {
    check(hits[i - 1].score > hits[i].score ||
              (hits[i - 1].score == hits[i].score && hits[i - 1].doc < hits[i].doc),
          "the best come first");
  }
  std::vector<std::string> terms;
  for (FieldNumber field = 0; field < index.schema().fields().size(); field++) {
    index.terms_of(query, field, &terms);
    check(std::is_sorted(terms.begin(), terms.end()), "terms come in order");
  }
}

// The words behind SCHEMA.
void search_schema(std::string_view input) {
  std::vector<std::string_view> words;
  for (size_t at = 0; at < input.size();) {
    const size_t end = std::min(input.find(' ', at), input.size());
    words.push_back(input.substr(at, end - at));
    at = end + 1;
  }
  Schema schema;
  std::string error;
  const bool good = schema.parse(words, &error);
  check(good == error.empty(), "who refuses says why");
  if (!good) return;
  // As DESCRIBE says it: that is a schema as well, and the same.
  std::vector<std::string_view> again;
  for (const Field& field : schema.fields()) {
    again.push_back(field.name);
    again.push_back(field_type_name(field.type));
    if (field.fast) again.push_back("FAST");
    if (field.nostem) again.push_back("NOSTEM");
    if (field.notokenize) again.push_back("NOTOKENIZE");
    if (!field.from.empty()) {
      again.push_back("FROM");
      again.push_back(field.from);
    }
  }
  Schema other;
  check(other.parse(again, &error), "what is described can be made");
  check(other == schema, "and is the same");
}

}  // namespace redstart::fuzz
