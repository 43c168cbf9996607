#include "search/language.h"

#include "base/ascii.h"

namespace redstart::search {

namespace {

constexpr std::string_view kNames[kLanguageCount] = {
    "arabic",   "danish",  "dutch",     "english", "finnish",   "french",
    "german",   "greek",   "hungarian", "italian", "norwegian", "portuguese",
    "romanian", "russian", "spanish",   "swedish", "tamil",     "turkish",
};

}  // namespace

bool parse_language(std::string_view word, Language* language) {
  for (int i = 0; i < kLanguageCount; i++) {
    if (!equals_fold(word, kNames[i])) continue;
    *language = static_cast<Language>(i);
    return true;
  }
  return false;
}

std::string_view language_name(Language language) { return kNames[static_cast<int>(language)]; }

std::string language_names() {
  std::string names;
  for (std::string_view name : kNames) names.append(names.empty() ? "" : ", ").append(name);
  return names;
}

}  // namespace redstart::search
