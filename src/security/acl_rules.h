// The rules by which a user may do things, and what they allow.
//
//   +get  -@write  +config|get  ~cache:*  %R~log:*  &news
//
// A Selector is one set of such rules: which commands, on which keys, over which channels. It is
// read rule by rule against a RuleBook, prints the shortest list of rules that makes it again, in
// the order in which they were given, and answers in a few steps, without allocating, whether a
// call is allowed. Rules behave as Redis's: a later one wins over an earlier one, and what is said
// of a command holds for its subcommands.
#pragma once

#include <bitset>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

// The commands and categories by name, as whoever has a table of commands writes them down.
struct CommandNames {
  struct Entry {
    std::string_view full_name;  // "config|get"
    uint32_t categories = 0;     // a bit for each of `categories`
    int container = -1;          // of a subcommand
    bool has_subcommands = false;
  };
  std::vector<Entry> commands;  // by id
  std::span<const std::string_view> categories;

  // The id of a full name in any letter case; -1: there is none.
  int find(std::string_view full_name) const;
};

// What rules are read against.
struct RuleBook {
  CommandNames names;
  bool opens_channels = false;  // acl-pubsub-default: a new set of rules begins with all channels
};

enum class RuleError : uint8_t {
  kNone,
  kSyntax,
  kUnknownCommand,   // or category
  kKeysAreOpen,      // a pattern behind ~*
  kChannelsAreOpen,  // a pattern behind &*
  kNoSuchPassword,
  kBadHash,
  kArgumentOfSubcommand,  // +config|get|x
};
std::string_view rule_error_text(RuleError error);

// What a call does to a key, and what a pattern allows to do.
enum KeyRight : uint8_t { kMayRead = 1 << 0, kMayWrite = 1 << 1 };
inline constexpr uint8_t kMayAll = kMayRead | kMayWrite;

// A glob, and what can be told of it before it is held against anything.
class RulePattern {
 public:
  explicit RulePattern(std::string_view text);
  const std::string& text() const { return text_; }
  bool matches(std::string_view name) const;

 private:
  enum class Shape : uint8_t { kLiteral, kBeginning, kGlob };  // "a", "a*", "a?c"
  std::string text_;
  Shape shape_;
};

class Selector {
 public:
  // More commands than a server will ever have.
  static constexpr size_t kMaxCommands = 1024;

  // Allows nothing, but all channels if the book says so.
  explicit Selector(const RuleBook& book) : all_channels_(book.opens_channels) {}
  // Allows everything.
  static Selector everything();

  RuleError apply(std::string_view rule, const RuleBook& book);

  // `args` are those of the call, name included; the first one may decide.
  bool may_call(uint16_t command, std::span<const std::string_view> args) const {
    return all_commands_ || commands_[command] || allows_first_argument(command, args);
  }
  bool opens_all_keys() const { return all_keys_; }
  bool opens_all_channels() const { return all_channels_; }
  // `rights`: those that the call needs; none means that any pattern will do.
  bool may_touch(std::string_view key, uint8_t rights) const;
  // Any key whatever.
  bool may_touch_all(uint8_t rights) const;
  // A pattern that somebody listens to must stand among the rules as it is.
  bool may_use_channel(std::string_view name, bool is_pattern) const;
  bool is_unrestricted() const { return all_commands_ && all_keys_ && all_channels_; }
  const std::vector<RulePattern>& channels() const { return channels_; }

  // "+@all -keys": what begins with all or none is said first.
  std::string commands_text() const;
  std::string keys_text() const;      // "%R~a ~b"
  std::string channels_text() const;  // "&a &b"
  // All of them, as rules.
  std::string text() const;
  // Those of a selector in parentheses, which are taken apart with regard to quotes.
  std::string inner_text() const;

 private:
  struct KeyPattern {
    RulePattern pattern;
    uint8_t rights;
  };
  struct FirstArgument {  // +select|0
    uint16_t command;
    std::string text;
  };

  RuleError add_key_pattern(std::string_view rule);
  RuleError add_channel(std::string_view pattern);
  RuleError allow_command(std::string_view name, const CommandNames& names);
  RuleError forbid_command(std::string_view name, const CommandNames& names);
  RuleError set_category(std::string_view rule, const CommandNames& names);
  void set_command(size_t id, bool allowed, const CommandNames& names);
  void set_all_commands(bool allowed);
  void note_rule(bool allowed, std::string_view body);
  bool allows_first_argument(uint16_t command, std::span<const std::string_view> args) const;

  std::bitset<kMaxCommands> commands_;
  bool all_commands_ = false;     // all bits are set
  bool future_commands_ = false;  // began with all: +@all
  bool all_keys_ = false;
  bool all_channels_ = false;
  std::vector<FirstArgument> first_arguments_;
  std::vector<std::string> command_rules_;  // behind +@all or -@all
  std::vector<KeyPattern> keys_;
  std::vector<RulePattern> channels_;
};

// As it stands, or in quotes where it would not be read as one word.
std::string quoted_word(std::string_view word);
// The same for each of the words apart by blanks.
std::string quoted_words(std::string_view words);

// No blank and no zero byte: what names and patterns may not have, so that rules can be told apart.
bool is_rule_word(std::string_view text);

// The arguments of a rule in parentheses may have come as several: "(+get", "~a)". False: one is
// never closed, `open` tells which.
bool join_selectors(std::span<const std::string_view> given, std::vector<std::string>* rules,
                    std::string_view* open);

}  // namespace redstart
