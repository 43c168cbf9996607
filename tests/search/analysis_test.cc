#include "search/analysis.h"

#include <gtest/gtest.h>

namespace redstart::search {
namespace {

// "term@position[begin,end)" of each token.
std::string shown(Analyzer* analyzer, std::string_view text, Analysis analysis) {
  Tokens tokens;
  tokens.add("what was there before", 7, 0, 1);
  analyzer->tokens(text, analysis, &tokens);
  std::string out;
  for (size_t i = 0; i < tokens.size(); i++) {
    const Tokens::Token& token = tokens[i];
    if (!out.empty()) out += ' ';
    out += std::string(tokens.term(i)) + "@" + std::to_string(token.position) + "[" +
           std::to_string(token.begin) + "," + std::to_string(token.end) + ")";
  }
  return out;
}

std::string terms(Language language, std::string_view text, Analysis analysis) {
  Analyzer analyzer(language);
  Tokens tokens;
  analyzer.tokens(text, analysis, &tokens);
  std::string out;
  for (size_t i = 0; i < tokens.size(); i++) {
    if (i > 0) out += ' ';
    out += tokens.term(i);
  }
  return out;
}

TEST(Analysis, SplitsIntoWords) {
  Analyzer analyzer(Language::kEnglish);
  struct Case {
    std::string_view text, stems, words;
  };
  const Case cases[] = {
      {"", "", ""},
      {" .,;-_ ", "", ""},
      {"Running fast!", "run@0[0,7) fast@1[8,12)", "running@0[0,7) fast@1[8,12)"},
      {"SKU-12345_BLK", "sku@0[0,3) 12345@1[4,9) blk@2[10,13)",
       "sku@0[0,3) 12345@1[4,9) blk@2[10,13)"},
      {"don't", "don@0[0,3) t@1[4,5)", "don@0[0,3) t@1[4,5)"},
      {"ÉTÉ à", "été@0[0,5) à@1[6,8)", "été@0[0,5) à@1[6,8)"},
      {"a\xff"
       "b",
       "a@0[0,1) b@1[2,3)", "a@0[0,1) b@1[2,3)"},
      {"cats\xc3", "cat@0[0,4)", "cats@0[0,4)"},
      {"日本語、テスト", "日本語@0[0,9) テスト@1[12,21)", "日本語@0[0,9) テスト@1[12,21)"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(shown(&analyzer, c.text, Analysis::kWordStems), c.stems) << c.text;
    EXPECT_EQ(shown(&analyzer, c.text, Analysis::kWords), c.words) << c.text;
  }
}

TEST(Analysis, AWholeValueStaysAsItIs) {
  Analyzer analyzer(Language::kEnglish);
  EXPECT_EQ(shown(&analyzer, "", Analysis::kWhole), "@0[0,0)");
  EXPECT_EQ(shown(&analyzer, "Running, FAST!", Analysis::kWhole), "Running, FAST!@0[0,14)");
  EXPECT_EQ(shown(&analyzer, "\xff", Analysis::kWhole), "\xff@0[0,1)");
}

TEST(Analysis, WhatIsTooLongKeepsItsPosition) {
  Analyzer analyzer(Language::kEnglish);
  const std::string longest(kWordMax, 'x');
  EXPECT_EQ(shown(&analyzer, "a " + longest + " b", Analysis::kWords),
            "a@0[0,1) " + longest + "@1[2,257) b@2[258,259)");
  EXPECT_EQ(shown(&analyzer, "a " + longest + "x b", Analysis::kWords), "a@0[0,1) b@2[259,260)");
  EXPECT_EQ(shown(&analyzer, longest, Analysis::kWhole), longest + "@0[0,255)");
  EXPECT_EQ(shown(&analyzer, longest + "x", Analysis::kWhole), longest + "x@0[0,256)");
}

// Mostly from the vocabularies that Snowball publishes with its algorithms.
TEST(Analysis, ReducesWordsOfEachLanguage) {
  struct Case {
    Language language;
    std::string_view text, stems;
  };
  const Case cases[] = {
      {Language::kArabic, "المدرسة كتابها", "مدرس كتاب"},
      {Language::kDanish, "indtage indtagelse undersøgelserne", "indtag indtag undersøg"},
      {Language::kDutch, "lichaamsziek opglimpende opgroeiende", "lichaamsziek opglimp opgroei"},
      {Language::kEnglish, "consistently knightly skies dying generously runner",
       "consist knight sky die generous runner"},
      {Language::kFinnish, "edeltäjänsä taloissani", "edeltäj talo"},
      {Language::kFrench, "continuellement majestueusement mains", "continuel majestu main"},
      {Language::kGerman, "aufeinanderfolgenden Kategorien Häuser",
       "aufeinanderfolg kategori haus"},
      {Language::kGreek, "ΘΑΛΑΣΣΕΣ θάλασσα", "θαλασσ θαλασσ"},
      {Language::kHungarian, "babakocsijáért házakban", "babakocs ház"},
      {Language::kItalian, "abbandonata pronunciamento", "abbandon pronunc"},
      {Language::kNorwegian, "havnedistriktene", "havnedistrikt"},
      {Language::kPortuguese, "boiando quilométricas", "boi quilométr"},
      {Language::kRomanian, "copilului frumoasele", "copil frumoas"},
      {Language::kRussian, "важнейшие вагонах падение", "важн вагон паден"},
      {Language::kSpanish, "chicas torneos tóxicos", "chic torne toxic"},
      {Language::kSwedish, "jaktkarlarne klokheten", "jaktkarl klok"},
      {Language::kTamil, "பள்ளிகள்", "பள்ளி"},
      {Language::kTurkish, "KİTAPLAR", "kitap"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(terms(c.language, c.text, Analysis::kWordStems), c.stems)
        << language_name(c.language);
  }
}

TEST(Analysis, TurkishHasTwoLettersI) {
  EXPECT_EQ(terms(Language::kTurkish, "ISPARTA İzmir", Analysis::kWords), "ısparta izmir");
  EXPECT_EQ(terms(Language::kEnglish, "ISPARTA İzmir", Analysis::kWords), "isparta izmir");
}

TEST(Analysis, LetterCaseGoes) {
  std::string out = "x";
  append_lower("LAPTOP-Größe ΟΔΟΣ\xff", &out);
  EXPECT_EQ(out, "xlaptop-größe οδοσ\xff");
}

}  // namespace
}  // namespace redstart::search
