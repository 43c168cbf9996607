// An index against a twin that keeps documents in a list and looks at each of them: random
// documents come, change and go, and random filters are answered by both.
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "base/random.h"
#include "tests/model.h"
#include "tests/search/fixture.h"
#include "types/value_digest.h"

namespace redstart::search {
namespace {

constexpr std::string_view kSchema =
    "text TEXT NOSTEM tag KEYWORD kind FACET price F64 FAST count I64 FAST flag BOOL FAST";

struct TwinDocument {
  std::string key;
  std::vector<std::string> text;
  std::vector<std::string> tags;
  std::string kind;  // empty: none
  std::optional<double> price;
  std::vector<int64_t> counts;
  std::optional<bool> flag;

  std::string json() const {
    std::string out = "{";
    auto list = [&out](std::string_view name, const auto& values, auto&& put) {
      if (values.empty()) return;
      out += "\"" + std::string(name) + "\":[";
      for (const auto& value : values) put(value), out += ',';
      out.back() = ']';
      out += ',';
    };
    if (!text.empty()) {
      out += "\"text\":\"";
      for (const std::string& word : text) out += word + ' ';
      out += "\",";
    }
    list("tag", tags, [&out](const std::string& tag) { out += '"' + tag + '"'; });
    list("count", counts, [&out](int64_t count) { out += std::to_string(count); });
    if (!kind.empty()) out += "\"kind\":\"" + kind + "\",";
    if (price) out += "\"price\":" + std::to_string(*price) + ',';
    if (flag) out += *flag ? "\"flag\":true," : "\"flag\":false,";
    if (out.back() == ',') out.pop_back();
    return out + '}';
  }
};

// NaN: matches with a score that the twin does not know. Nothing: no match.
using Score = std::optional<double>;
using Test = std::function<Score(const TwinDocument&)>;

struct Filter {
  std::string json;
  Test test;
};

// Insertions, deletions, replacements and turned neighbours; of a prefix the best one.
int distance(std::string_view word, std::string_view term, bool turned, bool prefix) {
  const size_t rows = word.size() + 1, columns = term.size() + 1;
  std::vector<std::vector<int>> d(rows, std::vector<int>(columns));
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) {
      if (i == 0 || j == 0) {
        d[i][j] = static_cast<int>(i + j);
        continue;
      }
      d[i][j] = std::min(
          {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (word[i - 1] != term[j - 1])});
      if (turned && i > 1 && j > 1 && word[i - 1] == term[j - 2] && word[i - 2] == term[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  if (!prefix) return d[rows - 1][columns - 1];
  return *std::min_element(d[rows - 1].begin(), d[rows - 1].end());
}

class IndexModel : public SearchTest {
 protected:
  using Documents = std::vector<TwinDocument>;

  size_t below(size_t bound) { return random_.below(bound); }
  bool one_in(size_t n) { return below(n) == 0; }

  // Few letters and lengths, so that words are near each other.
  std::string word() {
    std::string made;
    for (size_t n = 2 + below(3); n > 0; n--) made += static_cast<char>('a' + below(3));
    return made;
  }
  std::string tag() { return "t" + std::to_string(below(8)); }
  std::string kind() {
    std::string made;
    for (size_t n = 1 + below(3); n > 0; n--) made += "/" + std::to_string(below(3));
    return made;
  }

  TwinDocument document(std::string key) {
    TwinDocument made;
    made.key = std::move(key);
    if (!one_in(5)) {
      for (size_t n = 1 + below(8); n > 0; n--) made.text.push_back(word());
    }
    for (size_t n = below(3); n > 0; n--) made.tags.push_back(tag());
    if (one_in(2)) made.kind = kind();
    if (!one_in(3)) made.price = static_cast<double>(below(40)) / 4;
    for (size_t n = below(3); n > 0; n--) made.counts.push_back(static_cast<int>(below(20)) - 10);
    if (one_in(2)) made.flag = one_in(2);
    return made;
  }

  double rarity(const std::function<bool(const TwinDocument&)>& has) const {
    double n = 0;
    for (const TwinDocument& doc : documents_) n += has(doc);
    const auto all = static_cast<double>(documents_.size());
    return std::log(1 + (all - n + 0.5) / (n + 0.5));
  }
  double word_rarity(const std::string& word) const {
    return rarity([&word](const TwinDocument& doc) {
      return std::find(doc.text.begin(), doc.text.end(), word) != doc.text.end();
    });
  }
  double with_length(const TwinDocument& doc, double frequency) {
    if (!average_) {
      double words = 0;
      for (const TwinDocument& one : documents_) words += static_cast<double>(one.text.size());
      average_ = words / static_cast<double>(documents_.size());
    }
    const double average = *average_;
    const double norm = 1.2 * (0.25 + 0.75 * static_cast<double>(doc.text.size()) / average);
    return 2.2 * frequency / (frequency + norm);
  }

  Filter words(const std::vector<std::string>& phrase, uint32_t slop, bool prefix) {
    std::string text;
    for (const std::string& word : phrase) text += word + ' ';
    text.pop_back();
    Filter made;
    made.json = "{\"$phrase\":{\"value\":\"" + text + "\"";
    if (slop > 0) made.json += ",\"slop\":" + std::to_string(slop);
    if (prefix) made.json += ",\"prefix\":true";
    made.json += "}}";
    if (slop == 0 && !prefix) made.json = "{\"$eq\":\"" + text + "\"}";
    double weight = 0;
    for (size_t i = 0; i + prefix < phrase.size(); i++) weight += word_rarity(phrase[i]);
    const bool one_prefix = prefix && phrase.size() == 1;
    made.test = [=, this](const TwinDocument& doc) -> Score {
      const int count = occurrences(doc.text, phrase, slop, prefix);
      if (count == 0) return std::nullopt;
      if (one_prefix) return 1;
      if (slop > 0 && phrase.size() > 1) return NAN;
      return weight * with_length(doc, count);
    };
    return made;
  }
  static int occurrences(const std::vector<std::string>& text,
                         const std::vector<std::string>& phrase, int slop, bool prefix) {
    auto fits = [&](size_t part, size_t at) {
      if (prefix && part + 1 == phrase.size()) return text[at].starts_with(phrase[part]);
      return text[at] == phrase[part];
    };
    // All ways to give each word a place, for as long as they are near enough to the first one's.
    int count = 0;
    const int size = static_cast<int>(text.size());
    std::function<void(size_t, int, int)> place = [&](size_t part, int least, int most) {
      if (part == phrase.size()) {
        count++;
        return;
      }
      for (int at = 0; at < size; at++) {
        const int start = at - static_cast<int>(part);
        const int low = std::min(least, start), high = std::max(most, start);
        if (fits(part, at) && (part == 0 || high - low <= slop)) {
          place(part + 1, part == 0 ? start : low, part == 0 ? start : high);
        }
      }
    };
    place(0, 0, 0);
    return count;
  }

  Filter fuzzy() {
    const std::string wanted = word();
    const int most = static_cast<int>(below(3));
    const bool turned = one_in(2), prefix = one_in(3);
    Filter made;
    made.json = "{\"$fuzzy\":{\"value\":\"" + wanted + "\",\"distance\":" + std::to_string(most) +
                ",\"transpositionCostOne\":" + (turned ? "true" : "false") +
                ",\"prefix\":" + (prefix ? "true" : "false") + "}}";
    made.test = [=](const TwinDocument& doc) -> Score {
      for (const std::string& term : doc.text) {
        if (distance(wanted, term, turned, prefix) <= most) return 1;
      }
      return std::nullopt;
    };
    return made;
  }

  Filter regex() {
    const std::string begin = word().substr(0, 1 + below(2));
    return {"{\"$regex\":\"" + begin + ".*\"}", [begin](const TwinDocument& doc) -> Score {
              for (const std::string& term : doc.text) {
                if (term.starts_with(begin)) return 1;
              }
              return std::nullopt;
            }};
  }

  template <class T, class Values>
  static Score any_between(const Values& values, T low, T high) {
    for (const auto& value : values) {
      if (low <= value && value < high) return 1;
    }
    return std::nullopt;
  }

  Filter on_text() {
    Filter made;
    switch (below(3)) {
      case 0: {
        std::vector<std::string> phrase;
        for (size_t n = 1 + below(3); n > 0; n--) phrase.push_back(word());
        const uint32_t slop = one_in(2) ? 0 : static_cast<uint32_t>(below(4));
        made = words(phrase, slop, slop == 0 && one_in(3));
        break;
      }
      case 1:
        made = fuzzy();
        break;
      case 2:
        made = regex();
        break;
    }
    made.json = "{\"text\":" + made.json + "}";
    return made;
  }

  Filter on_tag() {
    const std::string low = tag(), high = tag();
    if (one_in(2)) {
      return {"{\"tag\":{\"$gte\":\"" + low + "\",\"$lt\":\"" + high + "\"}}",
              [=](const TwinDocument& doc) { return any_between(doc.tags, low, high); }};
    }
    const double score = rarity([&low](const TwinDocument& doc) {
      return std::find(doc.tags.begin(), doc.tags.end(), low) != doc.tags.end();
    });
    return {"{\"tag\":\"" + low + "\"}", [=](const TwinDocument& doc) -> Score {
              if (std::find(doc.tags.begin(), doc.tags.end(), low) == doc.tags.end()) {
                return std::nullopt;
              }
              return score;
            }};
  }

  Filter on_number() {
    const auto low = static_cast<int64_t>(below(20)) - 10;
    const auto high = static_cast<int64_t>(below(20)) - 10;
    if (one_in(2)) {
      return {
          "{\"count\":{\"$gte\":" + std::to_string(low) + ",\"$lt\":" + std::to_string(high) + "}}",
          [=](const TwinDocument& doc) { return any_between(doc.counts, low, high); }};
    }
    if (one_in(2)) {
      return {"{\"price\":{\"$gt\":" + std::to_string(low) + "}}",
              [=](const TwinDocument& doc) -> Score {
                if (doc.price && *doc.price > static_cast<double>(low)) return 1;
                return std::nullopt;
              }};
    }
    const double score = rarity([](const TwinDocument& doc) { return doc.flag == true; });
    return {"{\"flag\":{\"$eq\":true}}", [=](const TwinDocument& doc) -> Score {
              if (doc.flag != true) return std::nullopt;
              return score;
            }};
  }

  Filter on_kind() {
    const std::string path = kind();
    auto has = [path](const TwinDocument& doc) {
      return doc.kind == path || doc.kind.starts_with(path + "/");
    };
    const double score = rarity(has);
    return {"{\"kind\":{\"$eq\":\"" + path + "\"}}", [=](const TwinDocument& doc) -> Score {
              if (!has(doc)) return std::nullopt;
              return score;
            }};
  }

  std::vector<Filter> some(int depth) {
    std::vector<Filter> made;
    for (size_t n = 1 + below(4); n > 0; n--) made.push_back(filter(depth - 1));
    return made;
  }
  static std::string array(const std::vector<Filter>& filters) {
    std::string out = "[";
    for (const Filter& one : filters) out += one.json + ",";
    out.back() = ']';
    return out;
  }

  Filter filter(int depth) {
    if (depth == 0 || one_in(3)) {
      switch (below(5)) {
        case 0:
          return on_tag();
        case 1:
          return on_number();
        case 2:
          return on_kind();
        default:
          return on_text();
      }
    }
    const bool has_all = one_in(2), has_any = !has_all || one_in(2), has_none = one_in(3);
    const std::vector<Filter> all = has_all ? some(depth) : std::vector<Filter>();
    const std::vector<Filter> any = has_any ? some(depth) : std::vector<Filter>();
    const std::vector<Filter> none = has_none ? some(depth) : std::vector<Filter>();
    const auto boost = static_cast<double>(1 + below(3));
    Filter made;
    made.json = "{\"$boost\":" + std::to_string(boost);
    if (has_all) made.json += ",\"$must\":" + array(all);
    if (has_any) made.json += ",\"$should\":" + array(any);
    if (has_none) made.json += ",\"$mustNot\":" + array(none);
    made.json += "}";
    made.test = [=](const TwinDocument& doc) -> Score {
      double sum = 0;
      bool matches = has_all;
      for (const Filter& one : all) {
        const Score score = one.test(doc);
        if (!score) return std::nullopt;
        sum += *score;
      }
      for (const Filter& one : any) {
        const Score score = one.test(doc);
        if (score) sum += *score, matches = true;
      }
      if (!matches) return std::nullopt;
      for (const Filter& one : none) {
        if (one.test(doc)) return std::nullopt;
      }
      return sum * boost;
    };
    return made;
  }

  void remove(const std::string& key) {
    const auto found = std::find_if(documents_.begin(), documents_.end(),
                                    [&key](const TwinDocument& doc) { return doc.key == key; });
    EXPECT_EQ(index_->remove(key), found != documents_.end());
    if (found != documents_.end()) documents_.erase(found);
    average_.reset();
  }
  void replace(const std::string& key) {
    const auto found = std::find_if(documents_.begin(), documents_.end(),
                                    [&key](const TwinDocument& doc) { return doc.key == key; });
    if (found != documents_.end()) documents_.erase(found);
    documents_.push_back(document(key));
    average_.reset();
    put(key, documents_.back().json());
  }

  void check(const Filter& filter) {
    SCOPED_TRACE(filter.json);
    FindOptions options;
    options.limit = SIZE_MAX;
    const std::string found = find(filter.json, options);
    std::vector<std::string> expected;  // in order of insertion
    std::map<std::string, double> scores;
    for (const TwinDocument& doc : documents_) {
      const Score score = filter.test(doc);
      if (!score) continue;
      expected.push_back(doc.key);
      scores[doc.key] = *score;
    }
    ASSERT_EQ(hits_.size(), expected.size()) << found;
    ASSERT_EQ(count(filter.json), expected.size());
    for (size_t i = 0; i < hits_.size(); i++) {
      const std::string key(index_->key(hits_[i].doc));
      ASSERT_TRUE(scores.contains(key));
      const double score = scores[key];
      if (!std::isnan(score)) {
        ASSERT_NEAR(hits_[i].score, score, 1e-9 * (1 + std::abs(score)));
      }
      if (i == 0) continue;
      ASSERT_TRUE(hits_[i - 1].score > hits_[i].score ||
                  (hits_[i - 1].score == hits_[i].score && hits_[i - 1].doc < hits_[i].doc));
    }
    check_matching(filter, expected);
    check_page(filter);
    check_order(filter, expected);
  }

  void check_matching(const Filter& filter, const std::vector<std::string>& expected) {
    Query query;
    std::string error;
    std::vector<DocNumber> docs;
    ASSERT_TRUE(index_->compile(filter.json, heap_, &query, &error));
    index_->matching(query, &docs);
    std::vector<std::string> keys;
    for (DocNumber doc : docs) keys.emplace_back(index_->key(doc));
    ASSERT_EQ(keys, expected);
  }

  // A page is what stands there in the whole answer.
  void check_page(const Filter& filter) {
    const std::vector<Hit> all = hits_;
    FindOptions options;
    options.offset = below(10);
    options.limit = below(10);
    find(filter.json, options);
    const size_t begin = std::min(options.offset, all.size());
    ASSERT_EQ(hits_.size(), std::min(options.limit, all.size() - begin));
    for (size_t i = 0; i < hits_.size(); i++) {
      ASSERT_EQ(hits_[i].doc, all[begin + i].doc);
      ASSERT_EQ(hits_[i].score, all[begin + i].score);
    }
  }

  void check_order(const Filter& filter, std::vector<std::string> expected) {
    std::map<std::string, const TwinDocument*> by_key;
    for (const TwinDocument& doc : documents_) by_key[doc.key] = &doc;
    FindOptions options;
    options.limit = SIZE_MAX;
    options.ascending = one_in(2);
    const bool by_price = one_in(2);
    options.order = index_->schema().find(by_price ? "price" : "tag");
    auto before = [&](const std::string& a, const std::string& b) {
      const TwinDocument *x = by_key[a], *y = by_key[b];
      const bool has_x = by_price ? x->price.has_value() : !x->tags.empty();
      const bool has_y = by_price ? y->price.has_value() : !y->tags.empty();
      if (!has_x || !has_y) return has_x && !has_y;
      if (!options.ascending) std::swap(x, y);
      return by_price ? *x->price < *y->price : x->tags[0] < y->tags[0];
    };
    std::stable_sort(expected.begin(), expected.end(), before);
    std::string keys;
    for (const std::string& key : expected) keys += (keys.empty() ? "" : " ") + key;
    ASSERT_EQ(find(filter.json, options), keys);
  }

  Random random_{1};
  Documents documents_;
  std::optional<double> average_;  // length, until documents change
};

TEST_F(IndexModel, AgreesWithATwin) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE(testing::Message() << "REDSTART_MODEL_SEED=" << seed);
  random_ = Random(seed);
  create(kSchema);
  const int steps = model_steps(5000);
  for (int step = 0; step < steps && !HasFatalFailure(); step++) {
    // The index grows and shrinks; lists of terms become so long that parts of them are skipped.
    constexpr size_t kKeys[] = {150, 40, 1500, 10};
    const size_t keys = kKeys[step / 1000 % 4];
    const std::string key = "k" + std::to_string(below(keys * 2));
    if (below(keys) > documents_.size() / 2 || one_in(4)) {
      replace(key);
    } else {
      remove(documents_.empty() || one_in(4) ? key : documents_[below(documents_.size())].key);
    }
    ASSERT_EQ(index_->size(), documents_.size());
    if (one_in(10)) index_->settle(1 + below(30));
    if (one_in(documents_.size() > 200 ? 20 : 3)) check(filter(3));
  }
}

// What was in an index before must not show: one that is made of the same documents is its equal.
TEST_F(IndexModel, AnswersAsANewIndexDoes) {
  const uint64_t seed = model_seed();
  SCOPED_TRACE(testing::Message() << "REDSTART_MODEL_SEED=" << seed);
  random_ = Random(seed);
  for (int round = 0; round < model_steps(20); round++) {
    create(kSchema);
    documents_.clear();
    for (size_t changes = below(600); changes > 0; changes--) {
      const std::string key = "k" + std::to_string(below(100));
      one_in(3) ? remove(key) : replace(key);
    }
    if (one_in(2)) index_->settle(below(40));
    std::vector<std::string> filters, answers;
    for (int i = 0; i < 20; i++) filters.push_back(filter(3).json);
    auto answer = [this](const std::string& filter) {
      FindOptions options;
      options.limit = SIZE_MAX;
      std::string out = find(filter, options);
      for (const Hit& hit : hits_) out += " " + std::to_string(hit.score * 0x1p40);
      return out;
    };
    auto digest = [this] {
      ValueDigest digest;
      index_->digest(&digest);
      return digest.hex();
    };
    for (const std::string& filter : filters) answers.push_back(answer(filter));
    const std::string digested = digest();
    create(kSchema);
    for (const TwinDocument& doc : documents_) put(doc.key, doc.json());
    EXPECT_EQ(digest(), digested);
    for (size_t i = 0; i < filters.size(); i++) EXPECT_EQ(answer(filters[i]), answers[i]);
  }
}

}  // namespace
}  // namespace redstart::search
