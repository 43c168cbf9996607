// A handful of commands, and rules in one line of text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "security/users.h"

namespace redstart {

inline RuleBook small_book() {
  static constexpr std::string_view kCategories[] = {"read", "write", "admin"};
  RuleBook book;
  book.names.commands = {
      {"get", 1},
      {"set", 2},
      {"del", 2},
      {"select", 0},
      {"config", 0, -1, true},
      {"config|get", 4, 4},
      {"config|set", 6, 4},
  };
  book.names.categories = kCategories;
  return book;
}

// Rule by rule. Answers the first that is wrong, and why.
inline std::string apply(User* user, std::string_view rules, const RuleBook& book) {
  while (!rules.empty()) {
    size_t end = rules.starts_with('(') ? rules.find(')') + 1 : rules.find(' ');
    if (end > rules.size()) end = rules.size();
    const std::string_view rule = rules.substr(0, end);
    const RuleError error = user->apply(rule, book);
    if (error != RuleError::kNone) {
      return std::string(rule) + ": " + std::string(rule_error_text(error));
    }
    rules.remove_prefix(std::min(end + 1, rules.size()));
  }
  return "";
}

}  // namespace redstart
