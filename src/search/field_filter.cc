#include "search/field_filter.h"

#include <algorithm>
#include <utility>

#include "search/filter_values.h"

namespace redstart::search {

namespace {

using Kind = Clause::Kind;

// Weights of the parts of $smart: the nearer, the higher. Each part adds to the score, and what
// matches a nearer one matches those after it as well.
constexpr double kSmartPhrase = 8;
constexpr double kSmartNearPhrase = 4;
constexpr double kSmartTerm = 4;
constexpr double kSmartFuzzy = 1;
constexpr double kSmartPrefix = 0.5;
constexpr uint32_t kSmartSlop = 2;
// Characters: nearly every word is one change away from a shorter one.
constexpr size_t kSmartFuzzyLeast = 3;

constexpr int kDistanceMax = 2;

ClausePtr make(Kind kind, FieldNumber field = kNoField) {
  return std::make_unique<Clause>(kind, field);
}

size_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
}

// Reads the operators of one field.
class FieldParser {
 public:
  FieldParser(FieldNumber number, const Field& field, Analyzer* analyzer, std::string* error)
      : number_(number), field_(field), analyzer_(*analyzer), error_(*error) {}

  // Null: there is an error (so in all of these).
  ClausePtr bare(const JsonNode& value) { return smart("$smart", value); }

  ClausePtr operators(const JsonNode& object, const JsonNames& names) {
    ClausePtr group = make(Kind::kGroup);
    bool has_range = false;
    range_ = {};
    for (uint32_t i = 0; i < object.size(); i++) {
      const std::string_view name = names.text(object.name(i));
      const JsonNode& value = object.item(i);
      Bound bound;
      if (name == "$boost") {
        if (!value.is_number()) return fail("ERR $boost must be a number");
        group->boost = value.real();
      } else if (parse_bound(name, &bound)) {
        if (!narrow_to(name, bound, value)) return nullptr;
        has_range = true;
      } else {
        ClausePtr clause = one(name, value, names);
        if (clause == nullptr) return nullptr;
        group->all.push_back(std::move(clause));
      }
    }
    if (has_range) group->all.push_back(take_range());
    if (group->all.empty()) return fail("ERR Field " + quoted() + " has no operator");
    return group;
  }

 private:
  std::string quoted() const { return "'" + field_.name + "'"; }
  ClausePtr fail(std::string text) {
    error_ = std::move(text);
    return nullptr;
  }
  std::string operator_of_field(std::string_view name) const {
    return "ERR Operator " + std::string(name) + " of field " + quoted();
  }
  ClausePtr wants(std::string_view name, std::string_view what) {
    return fail(operator_of_field(name) + " needs " + std::string(what));
  }

  static bool parse_bound(std::string_view name, Bound* bound) {
    constexpr std::pair<std::string_view, Bound> kBounds[] = {{"$gt", Bound::kAbove},
                                                              {"$gte", Bound::kAtLeast},
                                                              {"$lt", Bound::kBelow},
                                                              {"$lte", Bound::kAtMost}};
    for (const auto& known : kBounds) {
      if (name != known.first) continue;
      *bound = known.second;
      return true;
    }
    return false;
  }

  ClausePtr one(std::string_view name, const JsonNode& value, const JsonNames& names) {
    if (name == "$eq") return equal(name, value);
    if (name == "$in") return in(value);
    if (name == "$smart") return smart(name, value);
    if (name == "$fuzzy") return has_words(name) ? fuzzy(value, names) : nullptr;
    if (name == "$phrase") return has_words(name) ? phrase(value, names) : nullptr;
    if (name == "$regex") return has_words(name) ? regex(value) : nullptr;
    if (needs_embeddings(name, &error_)) return nullptr;
    return fail("ERR Unknown field operator: " + std::string(name));
  }
  bool has_words(std::string_view name) {
    if (field_.type == FieldType::kText || field_.type == FieldType::kKeyword) return true;
    fail(unfit(name));
    return false;
  }
  std::string unfit(std::string_view name) const {
    return operator_of_field(name) + " does not apply to type " +
           std::string(field_type_name(field_.type));
  }

  // $gt and its like.
  bool narrow_to(std::string_view name, Bound bound, const JsonNode& value) {
    const FieldType type = field_.type;
    if (type == FieldType::kText || type == FieldType::kFacet || type == FieldType::kBool) {
      fail(unfit(name));
      return false;
    }
    if (type != FieldType::kKeyword) {
      if (narrow(type, bound, value, &codes_)) return true;
    } else if (value.is_text()) {
      narrow_terms(bound, value.text());
      return true;
    }
    wants(name, wanted_value(type));
    return false;
  }
  void narrow_terms(Bound bound, std::string_view text) {
    if (range_ == nullptr) range_ = make(Kind::kTermRange, number_);
    range_->words.resize(2);
    const bool exclusive = bound == Bound::kAbove || bound == Bound::kBelow;
    if (bound == Bound::kAbove || bound == Bound::kAtLeast) {
      if (range_->has_low && text < range_->words[0]) return;
      range_->exclusive_low = exclusive || (range_->exclusive_low && text == range_->words[0]);
      range_->has_low = true;
      range_->words[0] = text;
    } else {
      if (range_->has_high && text > range_->words[1]) return;
      range_->exclusive_high = exclusive || (range_->exclusive_high && text == range_->words[1]);
      range_->has_high = true;
      range_->words[1] = text;
    }
  }
  ClausePtr take_range() {
    if (range_ != nullptr) return std::move(range_);
    return of_codes(codes_);
  }
  ClausePtr of_codes(CodeRange codes) {
    if (codes.low > codes.high) return make(Kind::kNone);
    ClausePtr clause = make(Kind::kValues, number_);
    clause->low = codes.low;
    clause->high = codes.high;
    return clause;
  }

  ClausePtr equal(std::string_view name, const JsonNode& value) {
    if (!has_terms(field_.type)) {
      CodeRange codes;
      if (!equal_range(field_.type, value, &codes)) return wants(name, wanted_value(field_.type));
      ClausePtr clause = of_codes(codes);
      clause->one_value = true;
      return clause;
    }
    if (!value.is_text()) return wants(name, wanted_value(field_.type));
    if (field_.type == FieldType::kFacet) {
      ClausePtr clause = make(Kind::kFacet, number_);
      clause->words.emplace_back(value.text());
      return clause;
    }
    analyze(value.text());
    return words();
  }

  ClausePtr in(const JsonNode& value) {
    if (!value.is_array()) return wants("$in", "an array");
    ClausePtr group = make(Kind::kGroup);
    group->needs_any = true;
    for (uint32_t i = 0; i < value.size(); i++) {
      ClausePtr clause = equal("$in", value.item(i));
      if (clause == nullptr) return nullptr;
      group->any.push_back(std::move(clause));
    }
    return group;
  }

  void analyze(std::string_view text) {
    const Analysis analysis = analysis_of(field_);
    analyzer_.tokens(text, analysis, &tokens_);
    if (analysis == Analysis::kWordStems) analyzer_.tokens(text, Analysis::kWords, &plain_);
  }

  // What is in tokens_: one word, or a phrase.
  ClausePtr words(uint32_t slop = 0, bool prefix = false) {
    if (tokens_.size() == 0) return make(Kind::kNone);
    const bool is_term = tokens_.size() == 1 && !prefix;
    ClausePtr clause = make(is_term ? Kind::kTerm : Kind::kPhrase, number_);
    for (size_t i = 0; i < tokens_.size(); i++) {
      clause->words.emplace_back(tokens_.term(i));
      clause->positions.push_back(tokens_[i].position);
    }
    clause->slop = slop;
    clause->prefix = prefix;
    return clause;
  }
  ClausePtr one_word(size_t i, double boost) {
    ClausePtr clause = make(Kind::kTerm, number_);
    clause->words.emplace_back(tokens_.term(i));
    clause->boost = boost;
    return clause;
  }
  ClausePtr near_word(size_t i, const FuzzyOptions& options, double boost) {
    ClausePtr clause = make(Kind::kFuzzy, number_);
    // What is misspelt may have another stem, and the beginning of a word has none: the word as it
    // is comes first.
    if (analysis_of(field_) == Analysis::kWordStems && plain_.term(i) != tokens_.term(i)) {
      clause->words.emplace_back(plain_.term(i));
    }
    clause->words.emplace_back(tokens_.term(i));
    clause->fuzzy = options;
    clause->boost = boost;
    return clause;
  }

  ClausePtr smart(std::string_view name, const JsonNode& value) {
    if (field_.type != FieldType::kText) return equal(name, value);
    if (!value.is_text()) return wants(name, "a string");
    std::string_view text = value.text();
    const bool in_quotes = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    analyze(in_quotes ? text.substr(1, text.size() - 2) : text);
    if (tokens_.size() == 0 || in_quotes) return words();
    ClausePtr group = make(Kind::kGroup);
    group->needs_any = true;
    auto add = [&group](ClausePtr clause, double boost) {
      clause->boost = boost;
      group->any.push_back(std::move(clause));
    };
    if (tokens_.size() > 1) {
      add(words(), kSmartPhrase);
      add(words(kSmartSlop), kSmartNearPhrase);
    }
    for (size_t i = 0; i < tokens_.size(); i++) {
      add(one_word(i, 1), kSmartTerm);
      if (characters(tokens_.term(i)) >= kSmartFuzzyLeast) add(near_word(i, {}, 1), kSmartFuzzy);
    }
    const size_t last = tokens_.size() - 1;
    FuzzyOptions options;
    options.prefix = true;
    options.distance = characters(tokens_.term(last)) >= kSmartFuzzyLeast ? 1 : 0;
    add(near_word(last, options, 1), kSmartPrefix);
    return group;
  }

  ClausePtr fuzzy(const JsonNode& value, const JsonNames& names) {
    FuzzyOptions options;
    std::string_view text;
    if (value.is_text()) {
      text = value.text();
    } else if (!fuzzy_options(value, names, &options, &text)) {
      return nullptr;
    }
    analyze(text);
    if (tokens_.size() == 0) return make(Kind::kNone);
    ClausePtr group = make(Kind::kGroup);
    for (size_t i = 0; i < tokens_.size(); i++) group->all.push_back(near_word(i, options, 1));
    return group;
  }
  bool fuzzy_options(const JsonNode& object, const JsonNames& names, FuzzyOptions* options,
                     std::string_view* text) {
    if (!object.is_object()) return refuse("$fuzzy", "a string or an object");
    bool has_value = false;
    for (uint32_t i = 0; i < object.size(); i++) {
      const std::string_view name = names.text(object.name(i));
      const JsonNode& value = object.item(i);
      if (name == "value" || name == "term") {
        if (!value.is_text()) return refuse("$fuzzy", "a string as its value");
        *text = value.text();
        has_value = true;
      } else if (name == "distance") {
        if (value.kind() != JsonNode::Kind::kInt || value.integer() < 0 ||
            value.integer() > kDistanceMax) {
          return refuse("$fuzzy", "a distance of 0, 1 or 2");
        }
        options->distance = static_cast<int>(value.integer());
      } else if (name == "transpositionCostOne" || name == "prefix") {
        if (!value.is_bool()) return refuse("$fuzzy", "true or false as " + std::string(name));
        (name == "prefix" ? options->prefix : options->transposition_cost_one) = value.boolean();
      } else {
        return unknown_option("$fuzzy", name);
      }
    }
    return has_value || refuse("$fuzzy", "a value");
  }

  ClausePtr phrase(const JsonNode& value, const JsonNames& names) {
    if (value.is_text()) {
      analyze(value.text());
      return words();
    }
    uint32_t slop = 0;
    bool prefix = false;
    std::string_view text;
    if (!phrase_options(value, names, &slop, &prefix, &text)) return nullptr;
    analyze(text);
    return words(slop, prefix);
  }
  bool phrase_options(const JsonNode& object, const JsonNames& names, uint32_t* slop, bool* prefix,
                      std::string_view* text) {
    if (!object.is_object()) return refuse("$phrase", "a string or an object");
    bool has_value = false, has_slop = false;
    for (uint32_t i = 0; i < object.size(); i++) {
      const std::string_view name = names.text(object.name(i));
      const JsonNode& value = object.item(i);
      if (name == "value" || name == "query" || name == "text") {
        if (!value.is_text()) return refuse("$phrase", "a string as its value");
        *text = value.text();
        has_value = true;
      } else if (name == "slop") {
        if (value.kind() != JsonNode::Kind::kInt || value.integer() < 0 ||
            value.integer() > INT32_MAX) {
          return refuse("$phrase", "a whole number as its slop");
        }
        *slop = static_cast<uint32_t>(value.integer());
        has_slop = true;
      } else if (name == "prefix") {
        if (!value.is_bool()) return refuse("$phrase", "true or false as prefix");
        *prefix = value.boolean();
      } else {
        return unknown_option("$phrase", name);
      }
    }
    if (has_slop && *prefix) return refuse("$phrase", "either slop or prefix, not both");
    return has_value || refuse("$phrase", "a value");
  }
  bool refuse(std::string_view name, std::string_view what) {
    wants(name, what);
    return false;
  }
  bool unknown_option(std::string_view name, std::string_view option) {
    fail(operator_of_field(name) + " has no option '" + std::string(option) + "'");
    return false;
  }

  ClausePtr regex(const JsonNode& value) {
    if (!value.is_text()) return wants("$regex", "a string");
    ClausePtr clause = make(Kind::kPattern, number_);
    clause->pattern = std::make_unique<PatternMatcher>();
    if (!clause->pattern->compile(value.text(), &error_)) return nullptr;
    return clause;
  }

  const FieldNumber number_;
  const Field& field_;
  Analyzer& analyzer_;
  std::string& error_;
  Tokens tokens_;
  Tokens plain_;  // the same words, not reduced to stems, where tokens_ are
  CodeRange codes_;
  ClausePtr range_;
};

}  // namespace

ClausePtr parse_field_filter(FieldNumber number, const Field& field, const JsonNode& value,
                             const JsonNames& names, Analyzer* analyzer, std::string* error) {
  FieldParser parser(number, field, analyzer, error);
  return value.is_object() ? parser.operators(value, names) : parser.bare(value);
}

bool needs_embeddings(std::string_view name, std::string* error) {
  if (name != "$ann" && name != "$rrf") return false;
  *error = "ERR " + std::string(name) +
           " needs embeddings made by a service, which this server does not have";
  return true;
}

}  // namespace redstart::search
