#include "security/acl_rules.h"

#include <gtest/gtest.h>

#include "security/users.h"
#include "tests/security/fixture.h"

namespace redstart {
namespace {

// The commands that a user may call, by full name.
std::string may_call(const User& user, const RuleBook& book) {
  std::string names;
  for (size_t id = 0; id < book.names.commands.size(); id++) {
    if (!user.selectors[0].may_call(static_cast<uint16_t>(id), {})) continue;
    if (!names.empty()) names += ' ';
    names += book.names.commands[id].full_name;
  }
  return names;
}

TEST(AclRules, Commands) {
  struct Case {
    const char *rules, *text, *allowed;
  };
  const Case kCases[] = {
      {"", "-@all", ""},
      {"+@all", "+@all", "get set del select config config|get config|set"},
      {"allcommands nocommands", "-@all", ""},
      {"+get", "-@all +get", "get"},
      {"+GET +gEt", "-@all +get", "get"},
      {"+@read", "-@all +@read", "get"},
      {"+@ALL -@Write", "+@all -@write", "get select config config|get"},
      {"+@all -@write +set", "+@all -@write +set", "get set select config config|get"},
      {"+config", "-@all +config", "config config|get config|set"},
      {"+config|get", "-@all +config|get", "config|get"},
      {"+config -config|set", "-@all +config -config|set", "config config|get"},
      {"+config|get +config|set -config", "-@all -config", ""},
      // What is said again stands where it was said last.
      {"+@read +get -@write +@READ", "-@all +get -@write +@read", "get"},
      {"+@all -get +get", "+@all +get", "get set del select config config|get config|set"},
      {"+get -@all", "-@all", ""},
      {"-@write", "-@all -@write", ""},
      {"+select|0 +SELECT|1 +select|0", "-@all +select|1 +select|0", ""},
      {"+select|0 +select", "-@all +select", "select"},
  };
  const RuleBook book = small_book();
  for (const Case& c : kCases) {
    User user("u", book);
    EXPECT_EQ(apply(&user, c.rules, book), "") << c.rules;
    EXPECT_EQ(user.selectors[0].commands_text(), c.text) << c.rules;
    EXPECT_EQ(may_call(user, book), c.allowed) << c.rules;
    // The text makes the same again.
    User again("u", book);
    EXPECT_EQ(apply(&again, user.rules(), book), "") << c.rules;
    EXPECT_EQ(again.rules(), user.rules());
    EXPECT_EQ(may_call(again, book), c.allowed) << c.rules;
  }
}

TEST(AclRules, AFirstArgumentMayDecide) {
  const RuleBook book = small_book();
  const auto allows = [&](const std::string& rules, std::string_view word) {
    User user("u", book);
    EXPECT_EQ(apply(&user, rules, book), "");
    const std::string_view args[] = {"select", word};
    const int select = book.names.find("select");
    return user.selectors[0].may_call(static_cast<uint16_t>(select), args);
  };
  EXPECT_TRUE(allows("+select|0 +select|x", "0"));
  EXPECT_TRUE(allows("+select|0 +select|x", "X"));
  EXPECT_FALSE(allows("+select|0", "1"));
  EXPECT_FALSE(allows("+select|0 -select", "0"));
  EXPECT_FALSE(allows("+select|0 -@all", "0"));
}

TEST(AclRules, KeysAndChannels) {
  struct Case {
    const char *rules, *text;
  };
  const Case kCases[] = {
      {"", "resetchannels -@all"},
      {"~* &*", "~* &* -@all"},
      {"allkeys allchannels", "~* &* -@all"},
      {"~a ~b ~a", "~a ~b resetchannels -@all"},
      {"%R~a %W~b %RW~c %wr~d %r~e", "%R~a %W~b ~c ~d %R~e resetchannels -@all"},
      {"%R~a %W~a", "~a resetchannels -@all"},
      {"~a ~* resetkeys ~b", "~b resetchannels -@all"},
      {"&a &b &a", "resetchannels &a &b -@all"},
      {"&a &* resetchannels &b", "resetchannels &b -@all"},
      {"~a%R~b", "~a%R~b resetchannels -@all"},
      {"~", "~ resetchannels -@all"},
  };
  const RuleBook book = small_book();
  for (const Case& c : kCases) {
    User user("u", book);
    EXPECT_EQ(apply(&user, c.rules, book), "") << c.rules;
    EXPECT_EQ(user.selectors[0].text(), c.text) << c.rules;
  }
}

TEST(AclRules, Mistakes) {
  struct Case {
    const char *rules, *error;
  };
  const Case kCases[] = {
      {"foo", "foo: Syntax error"},
      {"+nothing", "+nothing: Unknown command or category name in ACL"},
      {"-nothing", "-nothing: Unknown command or category name in ACL"},
      {"+@nothing", "+@nothing: Unknown command or category name in ACL"},
      {"+", "+: Unknown command or category name in ACL"},
      {"+@", "+@: Unknown command or category name in ACL"},
      {"-select|0", "-select|0: Unknown command or category name in ACL"},
      {"+config|nothing", "+config|nothing: Unknown command or category name in ACL"},
      {"+get|a|b", "+get|a|b: Unknown command or category name in ACL"},
      {"+config|get|x", "+config|get|x: Allowing first-arg of a subcommand is not supported"},
      {"+select|", "+select|: Syntax error"},
      {"+select|\t", "+select|\t: Syntax error"},
      {"~* ~a",
       "~a: Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not "
       "have any effect. Try 'resetkeys' to start with an empty list of patterns"},
      {"allchannels &a",
       "&a: Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does "
       "not have any effect. Try 'resetchannels' to start with an empty list of channels"},
      {"%~a", "%~a: Syntax error"},
      {"%X~a", "%X~a: Syntax error"},
      {"%RR~a", "%RR~a: Syntax error"},
      {"%R", "%R: Syntax error"},
      {"%", "%: Syntax error"},
      {"<p", "<p: The password you are trying to remove from the user does not exist"},
      {"#12",
       "#12: The password hash must be exactly 64 characters and contain only lowercase "
       "hexadecimal characters"},
      {"!12",
       "!12: The password hash must be exactly 64 characters and contain only lowercase "
       "hexadecimal characters"},
  };
  const RuleBook book = small_book();
  for (const Case& c : kCases) {
    User user("u", book);
    EXPECT_EQ(apply(&user, c.rules, book), c.error);
  }
}

TEST(AclRules, WhatPatternsMatch) {
  struct Case {
    const char *rules, *key;
    uint8_t rights;
    bool may;
  };
  const Case kCases[] = {
      {"~*", "", kMayAll, true},
      {"%R~*", "any", kMayRead, true},
      {"%R~*", "any", kMayWrite, false},
      {"%R~*", "any", kMayAll, false},
      {"%R~*", "any", 0, true},
      {"%RW~*", "", 0, false},  // no glob but the empty one matches nothing at all
      {"~a:*", "a:1", kMayAll, true},
      {"~a:*", "a:", kMayAll, true},
      {"~a:*", "a", kMayAll, false},
      {"~a", "a", kMayAll, true},
      {"~a", "ab", kMayAll, false},
      {"~a?c", "abc", kMayAll, true},
      {"~*c", "abc", kMayAll, true},
      {"~a\\*", "a*", kMayAll, true},
      {"~a\\*", "ab", kMayAll, false},
      {"~[ab]*", "b1", kMayAll, true},
      // Both rights must come from one pattern.
      {"%R~a* %W~*b", "ab", kMayAll, false},
      {"%R~a* %W~*b ~ab", "ab", kMayAll, true},
  };
  const RuleBook book = small_book();
  for (const Case& c : kCases) {
    User user("u", book);
    apply(&user, c.rules, book);
    EXPECT_EQ(user.selectors[0].may_touch(c.key, c.rights), c.may) << c.rules << " " << c.key;
  }
}

TEST(AclRules, WhatChannelsMayBeHeard) {
  const RuleBook book = small_book();
  User user("u", book);
  apply(&user, "&news:* &one", book);
  const Selector& s = user.selectors[0];
  EXPECT_TRUE(s.may_use_channel("news:1", false));
  EXPECT_TRUE(s.may_use_channel("one", false));
  EXPECT_FALSE(s.may_use_channel("two", false));
  EXPECT_TRUE(s.may_use_channel("news:*", true));
  EXPECT_FALSE(s.may_use_channel("news:1*", true)) << "patterns are compared as words";
}

TEST(AclRules, ChannelsAtFirstAreASetting) {
  RuleBook book = small_book();
  book.opens_channels = true;
  User user("u", book);
  EXPECT_EQ(apply(&user, "(+get)", book), "");
  EXPECT_EQ(user.rules(), "off sanitize-payload &* -@all (&* -@all +get)");
  book.opens_channels = false;
  EXPECT_EQ(apply(&user, "reset", book), "");
  EXPECT_EQ(user.rules(), "off sanitize-payload resetchannels -@all");
}

}  // namespace
}  // namespace redstart
