// Rules of users, and their files.
#include <string>
#include <vector>

#include "security/acl_file.h"
#include "tests/fuzz/target.h"
#include "tests/security/fixture.h"

namespace redstart::fuzz {

namespace {

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const size_t end = text.find(' ');
    words.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return words;
    text.remove_prefix(end + 1);
  }
}

void check_same(const User& a, const User& b, const RuleBook& book) {
  check(a.rules() == b.rules(), "the text of a user makes the same user");
  for (size_t i = 0; i < a.selectors.size(); i++) {
    for (uint16_t id = 0; id < book.names.commands.size(); id++) {
      const std::string_view args[] = {book.names.commands[id].full_name, "0"};
      check(a.selectors[i].may_call(id, args) == b.selectors[i].may_call(id, args),
            "and allows the same");
    }
  }
  check(a.unrestricted() == b.unrestricted(), "and is as free");
}

}  // namespace

// Rules that were taken, as far as they were taken, print as rules that make the same user.
void acl_rules(std::string_view input) {
  const RuleBook book = small_book();
  User user("u", book);
  std::vector<std::string> rules;
  std::string_view open;
  join_selectors(words_of(input), &rules, &open);
  for (const std::string& rule : rules) {
    const std::string before = user.rules();
    if (user.apply(rule, book) != RuleError::kNone) {
      check(user.rules() == before, "a rule that is wrong changes nothing");
    }
  }
  for (const Selector& selector : user.selectors) {
    selector.may_touch(input, kMayRead);
    selector.may_use_channel(input, false);
  }
  const std::string text = user.rules();
  User again("u", book);
  std::string error;
  check(again.apply_all(words_of(text), book, &error), "the text of a user can be read");
  check_same(user, again, book);
}

// A file that was taken comes back from its users as one that is taken, too.
void acl_file(std::string_view input) {
  const RuleBook book = small_book();
  std::vector<User> users;
  if (!read_acl_file(input, "file", book, &users).empty()) return;
  Users all;
  for (const User& user : users) all.put(user);
  std::vector<User> again;
  check(read_acl_file(acl_file_text(all), "file", book, &again).empty(), "it is taken again");
  for (const User& user : again) check_same(user, *all.find(user.name), book);
  for (const User& user : users) {
    std::vector<std::string_view> line{user.name};
    std::string error;
    const std::string rules = user.rules();
    for (std::string_view word : words_of(rules)) line.push_back(word);
    check(check_user_line(line, {}, &error), "and could stand in the config file");
  }
}

}  // namespace redstart::fuzz
