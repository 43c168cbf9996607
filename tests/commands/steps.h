// Commands in their order, each with the answer that it must get.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "tests/commands/fixture.h"

namespace redstart {

struct Step {
  std::string_view call;
  std::string_view answer;
};

// Quotes and ends of lines inside of texts, as one writes them.
inline std::string bare(std::string text) {
  constexpr std::pair<std::string_view, std::string_view> kShown[] = {
      {"\\x22", "\""}, {"\\x0a", "\\n"}, {"\\x09", "\\t"}};
  for (auto [escaped, shown] : kShown) {
    for (size_t at = 0; (at = text.find(escaped, at)) != std::string::npos;) {
      text.replace(at, escaped.size(), shown);
    }
  }
  return text;
}

inline void expect(CommandTest& t, std::initializer_list<Step> steps) {
  for (const Step& step : steps) EXPECT_EQ(bare(t.run(step.call)), step.answer) << step.call;
}

}  // namespace redstart
