// Text to terms: words in lower case, reduced to their stems. The one place that knows libstemmer
// is analysis.cc.
//
//   "The Runners, running!" -> the(0) runner(1) run(2)      English
//
// Words are runs of letters and digits (of any script); everything else parts them. A word that is
// too long to be one (kWordMax bytes) is left out but keeps its position.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "search/language.h"
#include "search/schema.h"

namespace redstart::search {

// Bytes of a term: of a word, and of a value that is one as a whole.
inline constexpr size_t kWordMax = 255;
inline constexpr size_t kWholeMax = UINT16_MAX;

enum class Analysis : uint8_t {
  kWordStems,
  kWords,  // NOSTEM
  kWhole,  // NOTOKENIZE, KEYWORD, FACET: the value as it is is the one term
};

inline Analysis analysis_of(const Field& field) {
  if (field.type != FieldType::kText || field.notokenize) return Analysis::kWhole;
  return field.nostem ? Analysis::kWords : Analysis::kWordStems;
}

// The terms of a text, in its order. Its memory is kept from one text to the next.
class Tokens {
 public:
  struct Token {
    uint32_t at, size;    // of the term, in the memory of this object
    uint32_t position;    // 0 is the first word
    uint32_t begin, end;  // the word in the text, as bytes: [begin, end)
  };

  void clear() {
    tokens_.clear();
    bytes_.clear();
  }
  void add(std::string_view term, uint32_t position, uint32_t begin, uint32_t end) {
    tokens_.push_back({static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(term.size()),
                       position, begin, end});
    bytes_ += term;
  }

  size_t size() const { return tokens_.size(); }
  const Token& operator[](size_t i) const { return tokens_[i]; }
  // Valid until the next change.
  std::string_view term(size_t i) const {
    return std::string_view(bytes_).substr(tokens_[i].at, tokens_[i].size);
  }

 private:
  std::vector<Token> tokens_;
  std::string bytes_;
};

// One per index; its calls keep scratch memory, so one thread uses it.
class Analyzer {
 public:
  explicit Analyzer(Language language);
  ~Analyzer();
  Analyzer(const Analyzer&) = delete;
  Analyzer& operator=(const Analyzer&) = delete;

  // Replaces what is in `tokens`. Bytes that are no UTF-8 part words.
  void tokens(std::string_view text, Analysis analysis, Tokens* tokens);

 private:
  struct Stemmer;

  std::unique_ptr<Stemmer> stemmer_;
};

// Letter case away, as analysis does it: for patterns of $regex and words of $fuzzy.
void append_lower(std::string_view text, std::string* out);

}  // namespace redstart::search
