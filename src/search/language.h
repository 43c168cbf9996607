// The languages whose words SEARCH can reduce to their stems.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace redstart::search {

enum class Language : uint8_t {
  kArabic,
  kDanish,
  kDutch,
  kEnglish,
  kFinnish,
  kFrench,
  kGerman,
  kGreek,
  kHungarian,
  kItalian,
  kNorwegian,
  kPortuguese,
  kRomanian,
  kRussian,
  kSpanish,
  kSwedish,
  kTamil,
  kTurkish,
};
inline constexpr int kLanguageCount = 18;

// In any letter case. False: there is no such language.
bool parse_language(std::string_view word, Language* language);
// In lower case, as DESCRIBE answers it.
std::string_view language_name(Language language);
// "arabic, danish, ..., turkish"
std::string language_names();

}  // namespace redstart::search
