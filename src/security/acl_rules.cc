#include "security/acl_rules.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/quoted.h"
#include "core/glob.h"

namespace redstart {
namespace {

constexpr std::string_view kEverything = "*";

constexpr std::string_view kQuotes = "\"'";

// In quotes where it is empty or has one of the special bytes.
std::string quote_if(std::string_view word, std::string_view special) {
  const bool plain = !word.empty() && word.find_first_of(special) == std::string_view::npos;
  return plain ? std::string(word) : in_quotes(word);
}

std::string quote_each(std::string_view words, std::string_view special) {
  std::string text;
  for (;;) {
    const size_t end = words.find(' ');
    text += quote_if(words.substr(0, end), special);
    if (end == std::string_view::npos) return text;
    text += ' ';
    words.remove_prefix(end + 1);
  }
}

void join(std::string* text, std::string_view word) {
  if (!text->empty()) *text += ' ';
  *text += word;
}

}  // namespace

RulePattern::RulePattern(std::string_view text) : text_(text), shape_(Shape::kGlob) {
  const size_t special = text.find_first_of("*?[\\");
  if (special == std::string_view::npos) {
    shape_ = Shape::kLiteral;
  } else if (special + 1 == text.size() && text.back() == '*') {
    shape_ = Shape::kBeginning;
  }
}

// Nothing but the empty pattern matches the empty name, as in all globs here.
bool RulePattern::matches(std::string_view name) const {
  const std::string_view text = text_;
  if (shape_ == Shape::kLiteral) return name == text;
  if (shape_ == Shape::kGlob) return glob_match(text, name);
  return !name.empty() && name.starts_with(text.substr(0, text.size() - 1));
}

int CommandNames::find(std::string_view full_name) const {
  for (size_t id = 0; id < commands.size(); id++) {
    if (equals_fold(commands[id].full_name, full_name)) return static_cast<int>(id);
  }
  return -1;
}

std::string_view rule_error_text(RuleError error) {
  switch (error) {
    case RuleError::kNone: return {};
    case RuleError::kSyntax: return "Syntax error";
    case RuleError::kUnknownCommand: return "Unknown command or category name in ACL";
    case RuleError::kKeysAreOpen:
      return "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does "
             "not have any effect. Try 'resetkeys' to start with an empty list of patterns";
    case RuleError::kChannelsAreOpen:
      return "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and "
             "does not have any effect. Try 'resetchannels' to start with an empty list of "
             "channels";
    case RuleError::kNoSuchPassword:
      return "The password you are trying to remove from the user does not exist";
    case RuleError::kBadHash:
      return "The password hash must be exactly 64 characters and contain only lowercase "
             "hexadecimal characters";
    case RuleError::kArgumentOfSubcommand:
      return "Allowing first-arg of a subcommand is not supported";
  }
  return {};
}

std::string quoted_word(std::string_view word) { return quote_if(word, kQuotes); }

std::string quoted_words(std::string_view words) { return quote_each(words, kQuotes); }

bool is_rule_word(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == 0 || ascii_space(c); });
}

bool join_selectors(std::span<const std::string_view> given, std::vector<std::string>* rules,
                    std::string_view* open) {
  bool inside = false;
  for (std::string_view word : given) {
    if (inside) {
      (rules->back() += ' ') += word;
    } else {
      rules->emplace_back(word);
      if (word.starts_with('(')) *open = word;
    }
    inside = (inside || word.starts_with('(')) && !word.ends_with(')');
  }
  return !inside;
}

// ---- reading ------------------------------------------------------------------------------------

Selector Selector::everything() {
  Selector selector{RuleBook()};
  selector.set_all_commands(true);
  selector.all_keys_ = selector.all_channels_ = true;
  return selector;
}

RuleError Selector::apply(std::string_view rule, const RuleBook& book) {
  if (equals_fold(rule, "allkeys") || rule == "~*") {
    all_keys_ = true;
    keys_.clear();
  } else if (equals_fold(rule, "resetkeys")) {
    all_keys_ = false;
    keys_.clear();
  } else if (equals_fold(rule, "allchannels") || rule == "&*") {
    all_channels_ = true;
    channels_.clear();
  } else if (equals_fold(rule, "resetchannels")) {
    all_channels_ = false;
    channels_.clear();
  } else if (equals_fold(rule, "allcommands") || equals_fold(rule, "+@all")) {
    set_all_commands(true);
  } else if (equals_fold(rule, "nocommands") || equals_fold(rule, "-@all")) {
    set_all_commands(false);
  } else if (rule.starts_with('~') || rule.starts_with('%')) {
    return add_key_pattern(rule);
  } else if (rule.starts_with('&')) {
    return add_channel(rule.substr(1));
  } else if (rule.starts_with("+@") || rule.starts_with("-@")) {
    return set_category(rule, book.names);
  } else if (rule.starts_with('+')) {
    return allow_command(rule.substr(1), book.names);
  } else if (rule.starts_with('-')) {
    return forbid_command(rule.substr(1), book.names);
  } else {
    return RuleError::kSyntax;
  }
  return RuleError::kNone;
}

// ~p, %R~p, %W~p, %RW~p
RuleError Selector::add_key_pattern(std::string_view rule) {
  if (all_keys_) return RuleError::kKeysAreOpen;
  const size_t tilde = rule.find('~');
  uint8_t rights = tilde == 0 ? kMayAll : 0;
  if (tilde == std::string_view::npos || tilde == 1) return RuleError::kSyntax;
  for (size_t i = 1; i < tilde; i++) {
    const char letter = ascii_upper(rule[i]);
    const uint8_t right = letter == 'R' ? kMayRead : letter == 'W' ? kMayWrite : 0;
    if (right == 0 || (rights & right)) return RuleError::kSyntax;
    rights |= right;
  }
  const std::string_view pattern = rule.substr(tilde + 1);
  if (!is_rule_word(pattern)) return RuleError::kSyntax;
  for (KeyPattern& known : keys_) {
    if (known.pattern.text() != pattern) continue;
    known.rights |= rights;
    return RuleError::kNone;
  }
  keys_.push_back({RulePattern(pattern), rights});
  return RuleError::kNone;
}

RuleError Selector::add_channel(std::string_view pattern) {
  if (all_channels_) return RuleError::kChannelsAreOpen;
  if (!is_rule_word(pattern)) return RuleError::kSyntax;
  const auto same = [&](const RulePattern& known) { return known.text() == pattern; };
  if (std::none_of(channels_.begin(), channels_.end(), same)) channels_.emplace_back(pattern);
  return RuleError::kNone;
}

RuleError Selector::allow_command(std::string_view name, const CommandNames& names) {
  const size_t bar = name.rfind('|');
  const int id = names.find(name.substr(0, bar));
  if (id < 0) return RuleError::kUnknownCommand;
  if (bar == std::string_view::npos) {
    set_command(id, true, names);
    note_rule(true, name);
    return RuleError::kNone;
  }
  const CommandNames::Entry& command = names.commands[id];
  if (command.container >= 0) return RuleError::kArgumentOfSubcommand;
  const std::string_view word = name.substr(bar + 1);
  if (word.empty() || !is_rule_word(word)) return RuleError::kSyntax;
  if (command.has_subcommands) {
    const int subcommand = names.find(name);
    if (subcommand < 0) return RuleError::kUnknownCommand;
    set_command(subcommand, true, names);
  } else {
    // Not a subcommand but a word that the command may have first: SELECT 0.
    const auto same = [&](const FirstArgument& known) {
      return known.command == id && equals_fold(known.text, word);
    };
    if (std::none_of(first_arguments_.begin(), first_arguments_.end(), same)) {
      first_arguments_.push_back({static_cast<uint16_t>(id), std::string(word)});
    }
  }
  note_rule(true, name);
  return RuleError::kNone;
}

RuleError Selector::forbid_command(std::string_view name, const CommandNames& names) {
  const int id = names.find(name);
  if (id < 0) return RuleError::kUnknownCommand;
  set_command(id, false, names);
  note_rule(false, name);
  return RuleError::kNone;
}

RuleError Selector::set_category(std::string_view rule, const CommandNames& names) {
  const bool allowed = rule[0] == '+';
  const std::string_view name = rule.substr(2);
  const auto found = std::find_if(names.categories.begin(), names.categories.end(),
                                  [&](std::string_view known) { return equals_fold(known, name); });
  if (found == names.categories.end()) return RuleError::kUnknownCommand;
  const uint32_t category = uint32_t{1} << (found - names.categories.begin());
  for (size_t id = 0; id < names.commands.size(); id++) {
    if (names.commands[id].categories & category) set_command(id, allowed, names);
  }
  note_rule(allowed, rule.substr(1));
  return RuleError::kNone;
}

// With its subcommands, which follow it in the order of ids.
void Selector::set_command(size_t id, bool allowed, const CommandNames& names) {
  commands_[id] = allowed;
  std::erase_if(first_arguments_, [&](const FirstArgument& a) { return a.command == id; });
  if (names.commands[id].has_subcommands) {
    for (size_t i = 0; i < names.commands.size(); i++) {
      if (names.commands[i].container == static_cast<int>(id)) commands_[i] = allowed;
    }
  }
  all_commands_ = commands_.all();
}

void Selector::set_all_commands(bool allowed) {
  if (allowed) {
    commands_.set();
  } else {
    commands_.reset();
  }
  all_commands_ = future_commands_ = allowed;
  command_rules_.clear();
  first_arguments_.clear();
}

// What was said before of the same command, category or of its subcommands is void.
void Selector::note_rule(bool allowed, std::string_view body) {
  const std::string rule = (allowed ? "+" : "-") + to_lower(body);
  const std::string_view subject = std::string_view(rule).substr(1);
  std::erase_if(command_rules_, [&](std::string_view known) {
    known.remove_prefix(1);
    if (!known.starts_with(subject)) return false;
    return known.size() == subject.size() || known[subject.size()] == '|';
  });
  command_rules_.push_back(rule);
}

// ---- answering ----------------------------------------------------------------------------------

bool Selector::allows_first_argument(uint16_t command,
                                     std::span<const std::string_view> args) const {
  if (args.size() < 2) return false;
  for (const FirstArgument& allowed : first_arguments_) {
    if (allowed.command == command && equals_fold(allowed.text, args[1])) return true;
  }
  return false;
}

bool Selector::may_touch(std::string_view key, uint8_t rights) const {
  if (all_keys_) return true;
  for (const KeyPattern& pattern : keys_) {
    if ((pattern.rights & rights) == rights && pattern.pattern.matches(key)) return true;
  }
  return false;
}

bool Selector::may_touch_all(uint8_t rights) const {
  if (all_keys_) return true;
  return std::any_of(keys_.begin(), keys_.end(), [&](const KeyPattern& pattern) {
    return (pattern.rights & rights) == rights && pattern.pattern.text() == kEverything;
  });
}

bool Selector::may_use_channel(std::string_view name, bool is_pattern) const {
  if (all_channels_) return true;
  return std::any_of(channels_.begin(), channels_.end(), [&](const RulePattern& allowed) {
    return is_pattern ? name == allowed.text() : allowed.matches(name);
  });
}

// ---- printing -----------------------------------------------------------------------------------

std::string Selector::commands_text() const {
  std::string text = future_commands_ ? "+@all" : "-@all";
  for (const std::string& rule : command_rules_) join(&text, rule);
  return text;
}

std::string Selector::keys_text() const {
  if (all_keys_) return "~*";
  std::string text;
  for (const KeyPattern& pattern : keys_) {
    const std::string_view sign = pattern.rights == kMayAll    ? "~"
                                  : pattern.rights == kMayRead ? "%R~"
                                                               : "%W~";
    join(&text, sign);
    text += pattern.pattern.text();
  }
  return text;
}

std::string Selector::channels_text() const {
  if (all_channels_) return "&*";
  std::string text;
  for (const RulePattern& pattern : channels_) join(&text, "&" + pattern.text());
  return text;
}

std::string Selector::text() const {
  std::string text = keys_text();
  if (!all_channels_) join(&text, "resetchannels");
  if (all_channels_ || !channels_.empty()) join(&text, channels_text());
  join(&text, commands_text());
  return text;
}

// A word that ends with a parenthesis would end the selector.
std::string Selector::inner_text() const { return quote_each(text(), "\"')"); }

}  // namespace redstart
