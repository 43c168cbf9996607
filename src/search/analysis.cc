#include "search/analysis.h"

#include <libstemmer.h>

#include "search/unicode.h"

namespace redstart::search {

namespace {

constexpr uint32_t kDotlessI = 0x131;

}  // namespace

struct Analyzer::Stemmer {
  explicit Stemmer(Language language)
      : turkish(language == Language::kTurkish),
        stemmer(sb_stemmer_new(std::string(language_name(language)).c_str(), "UTF_8")) {}
  ~Stemmer() { sb_stemmer_delete(stemmer); }

  // The letters of Turkish are i with İ, and ı with I.
  uint32_t fold(uint32_t code) const {
    return turkish && code == 'I' ? kDotlessI : fold_case(code);
  }

  // Valid until the next call.
  std::string_view stem(std::string_view word) const {
    // Null: there was no language of this name, or no memory.
    if (stemmer == nullptr) return word;
    const sb_symbol* bytes = sb_stemmer_stem(
        stemmer, reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
    if (bytes == nullptr) return word;
    const auto size = static_cast<size_t>(sb_stemmer_length(stemmer));
    // A word that consists of nothing but an ending still is a word.
    return size == 0 ? word : std::string_view(reinterpret_cast<const char*>(bytes), size);
  }

  const bool turkish;
  sb_stemmer* const stemmer;
  std::string word;  // the one at hand, in lower case
};

Analyzer::Analyzer(Language language) : stemmer_(std::make_unique<Stemmer>(language)) {}

Analyzer::~Analyzer() = default;

void Analyzer::tokens(std::string_view text, Analysis analysis, Tokens* tokens) {
  tokens->clear();
  if (analysis == Analysis::kWhole) {
    tokens->add(text, 0, 0, static_cast<uint32_t>(text.size()));
    return;
  }
  uint32_t position = 0;
  std::string& word = stemmer_->word;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    uint32_t code = next_character(text, &end);
    if (!is_word_character(code)) {
      at = end;
      continue;
    }
    const size_t begin = at;
    word.clear();
    while (is_word_character(code)) {
      // What is too long is left out below: its rest need not be kept.
      if (word.size() <= kWordMax) append_character(stemmer_->fold(code), &word);
      at = end;
      if (at == text.size()) break;
      code = next_character(text, &end);
    }
    if (word.size() <= kWordMax) {
      const std::string_view term =
          analysis == Analysis::kWordStems ? stemmer_->stem(word) : std::string_view(word);
      tokens->add(term, position, static_cast<uint32_t>(begin), static_cast<uint32_t>(at));
    }
    position++;
  }
}

void append_lower(std::string_view text, std::string* out) {
  for (size_t at = 0; at < text.size();)
    append_character(fold_case(next_character(text, &at)), out);
}

}  // namespace redstart::search
