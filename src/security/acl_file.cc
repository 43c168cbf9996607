#include "security/acl_file.h"

#include <algorithm>
#include <set>

namespace redstart {
namespace {

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string_view trim(std::string_view text, std::string_view blanks) {
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// One file on its way into users.
class FileReader {
 public:
  FileReader(std::string_view name, const RuleBook& book, std::vector<User>* users)
      : name_(name), book_(book), users_(users) {}

  void read_line(std::string_view line, size_t number) {
    const std::string at = std::string(name_) + ":" + std::to_string(number);
    const std::vector<std::string_view> words = split(line, ' ');
    if (words[0] != "user" || words.size() < 2) {
      errors_ += at + " should start with user keyword followed by the username. ";
      return;
    }
    const std::string name(words[1]);
    if (!is_rule_word(name)) {
      errors_ += "'" + at + ": username '" + name + "' contains invalid characters. ";
      return;
    }
    if (!names_.insert(name).second) {
      errors_ +=
          "WARNING: Duplicate user '" + name + "' found on line " + std::to_string(number) + ". ";
      return;
    }
    users_->emplace_back(name, book_);
    read_rules(std::span(words).subspan(2), at, &users_->back());
  }

  const std::string& errors() const { return errors_; }

 private:
  // Tells each unknown command, but of what else is wrong only the first: one mistake may be the
  // reason of the next.
  void read_rules(std::span<const std::string_view> words, const std::string& at, User* user) {
    std::vector<std::string> rules;
    std::string_view open;
    if (!join_selectors(words, &rules, &open)) {
      errors_ += at + ": Unmatched parenthesis in selector definition. ";
      return;
    }
    bool told = false;
    for (const std::string& given : rules) {
      const std::string_view rule = trim(given, "\t\r\n");
      const RuleError error = user->apply(rule, book_);
      if (error == RuleError::kNone) continue;
      const std::string text(rule_error_text(error));
      if (error == RuleError::kUnknownCommand) {
        errors_ += at + ": Error in applying operation '" + std::string(rule) + "': " + text + ". ";
      } else if (!told) {
        errors_ += at + ": " + text + ". ";
        told = true;
      }
    }
  }

  std::string_view name_;
  const RuleBook& book_;
  std::vector<User>* users_;
  std::set<std::string> names_;
  std::string errors_;
};

}  // namespace

std::string acl_file_text(const Users& users) {
  std::string text;
  for (const auto& [name, user] : users.all()) text += "user " + name + " " + user->rules() + "\n";
  return text;
}

std::string read_acl_file(std::string_view text, std::string_view name, const RuleBook& book,
                          std::vector<User>* users) {
  FileReader reader(name, book, users);
  size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    number++;
    line = trim(line, " \t\r\n");
    if (!line.empty()) reader.read_line(line, number);
  }
  return reader.errors();
}

bool check_user_line(std::span<const std::string_view> line, std::span<const UserLine> known,
                     std::string* error) {
  const auto refuse = [&](std::string_view word, std::string_view why) {
    *error = "Error in user declaration '" + std::string(word) + "': " + std::string(why);
    return false;
  };
  const auto same = [&](const UserLine& other) { return other[0] == line[0]; };
  if (std::any_of(known.begin(), known.end(), same)) {
    return refuse(line[0], "Duplicate user found. A user can only be defined once in config files");
  }
  std::vector<std::string> rules;
  std::string_view open;
  if (!join_selectors(line.subspan(1), &rules, &open)) return refuse(open, "Wrong format");
  const RuleBook no_commands;
  User user(line[0], no_commands);
  for (const std::string& rule : rules) {
    const RuleError wrong = user.apply(rule, no_commands);
    if (wrong == RuleError::kNone || wrong == RuleError::kUnknownCommand) continue;
    return refuse(rule, rule_error_text(wrong));
  }
  return true;
}

bool read_user_line(const UserLine& line, const RuleBook& book, User* user, std::string* error) {
  if (!is_rule_word(line[0])) {
    *error = "Spaces not allowed in ACL usernames";
    return false;
  }
  *user = User(line[0], book);
  std::vector<std::string_view> words(line.begin() + 1, line.end());
  std::vector<std::string> rules;
  std::string_view open;
  join_selectors(words, &rules, &open);
  for (const std::string& rule : rules) {
    const RuleError wrong = user->apply(rule, book);
    if (wrong == RuleError::kNone) continue;
    *error = "Error loading ACL rule '" + rule + "' for the user named '" + line[0] +
             "': " + std::string(rule_error_text(wrong));
    return false;
  }
  return true;
}

}  // namespace redstart
