#include "security/users.h"

#include <gtest/gtest.h>

#include "security/acl_file.h"
#include "security/acl_log.h"
#include "tests/security/fixture.h"

namespace redstart {
namespace {

constexpr const char* kHashOfA = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

TEST(Users, Passwords) {
  const RuleBook book = small_book();
  User user("u", book);
  EXPECT_FALSE(user.accepts("")) << "a new user is off";
  EXPECT_EQ(apply(&user, "on", book), "");
  EXPECT_FALSE(user.accepts("")) << "and has no password";
  EXPECT_EQ(apply(&user, ">a >b >a", book), "");
  EXPECT_EQ(user.passwords.size(), 2u);
  EXPECT_TRUE(user.accepts("a"));
  EXPECT_TRUE(user.accepts("b"));
  EXPECT_FALSE(user.accepts("c"));
  EXPECT_EQ(apply(&user, "<a", book), "");
  EXPECT_FALSE(user.accepts("a"));
  EXPECT_EQ(apply(&user, std::string("#") + kHashOfA, book), "");
  EXPECT_TRUE(user.accepts("a"));
  EXPECT_EQ(apply(&user, std::string("!") + kHashOfA, book), "");
  EXPECT_FALSE(user.accepts("a"));
  EXPECT_EQ(apply(&user, "nopass", book), "");
  EXPECT_TRUE(user.accepts("anything"));
  EXPECT_TRUE(user.passwords.empty());
  EXPECT_EQ(apply(&user, ">a", book), "");
  EXPECT_FALSE(user.accepts("anything")) << "a password ends nopass";
  EXPECT_EQ(apply(&user, "off", book), "");
  EXPECT_FALSE(user.accepts("a"));
  EXPECT_EQ(apply(&user, "on resetpass", book), "");
  EXPECT_FALSE(user.accepts("a"));
}

TEST(Users, RulesComeBackFromTheirText) {
  const char* const kRules[] = {
      "on nopass sanitize-payload ~* &* +@all",
      "off sanitize-payload resetchannels -@all",
      ("on skip-sanitize-payload "
      "#ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb "
      "%R~a ~b resetchannels &c -@all +get +select|0"),
      ("on nopass sanitize-payload resetchannels -@all (~a resetchannels -@all +get) "
      "(%W~b &* +@all -set)"),
  };
  const RuleBook book = small_book();
  for (const char* rules : kRules) {
    User user("u", book);
    EXPECT_EQ(apply(&user, rules, book), "");
    EXPECT_EQ(user.rules(), rules);
  }
}

TEST(Users, WordsWithQuotesComeBackFromParentheses) {
  const RuleBook book = small_book();
  User user("u", book);
  EXPECT_EQ(apply(&user, "(~\"a\\\"b\")", book), "");
  EXPECT_EQ(user.selectors[1].keys_text(), "~a\"b");
  User again("u", book);
  EXPECT_EQ(apply(&again, user.rules(), book), "");
  EXPECT_EQ(again.selectors[1].keys_text(), "~a\"b");
  EXPECT_EQ(apply(&user, "(~\"a)", book), "(~\"a): Syntax error");

  // Neither does a parenthesis in a pattern end its selector.
  User third("u", book);
  EXPECT_EQ(third.apply("(~a) +get)", book), RuleError::kNone);
  EXPECT_EQ(third.selectors[1].keys_text(), "~a)");
  std::vector<User> read;
  Users users;
  users.put(third);
  EXPECT_EQ(read_acl_file(acl_file_text(users), "f", book, &read), "");
  EXPECT_EQ(read.back().rules(), third.rules());
}

TEST(Users, ManyRulesAreOneChange) {
  const RuleBook book = small_book();
  User user("u", book);
  std::string error;
  const auto change = [&](std::vector<std::string_view> rules) {
    error.clear();
    user.apply_all(rules, book, &error);
    return error;
  };
  EXPECT_EQ(change({"on", "+get", "nonsense"}),
            "Error in ACL SETUSER modifier 'nonsense': Syntax error");
  EXPECT_EQ(user.rules(), "off sanitize-payload resetchannels -@all");
  EXPECT_EQ(change({"(+get", "~a)", "", "on"}), "");
  EXPECT_EQ(user.rules(), "on sanitize-payload resetchannels -@all (~a resetchannels -@all +get)");
  EXPECT_EQ(change({"off", "(+get", "~a"}),
            "Unmatched parenthesis in acl selector starting at '(+get'.");
  EXPECT_TRUE(user.enabled);
  EXPECT_EQ(change({"(+get", "+nothing)"}),
            "Error in ACL SETUSER modifier '(+get +nothing)': Unknown command or category name in "
            "ACL");
  EXPECT_EQ(user.selectors.size(), 2u);
  EXPECT_EQ(change({"clearselectors"}), "");
  EXPECT_EQ(user.selectors.size(), 1u);
}

TEST(Users, WhoHasAllRights) {
  const RuleBook book = small_book();
  const auto unrestricted = [&](std::string_view rules) {
    User user("u", book);
    EXPECT_EQ(apply(&user, rules, book), "");
    return user.unrestricted();
  };
  EXPECT_TRUE(unrestricted("+@all ~* &*"));
  EXPECT_TRUE(unrestricted("+@all -get +get ~* &*"));
  EXPECT_TRUE(unrestricted("(+@all ~* &*)"));
  EXPECT_FALSE(unrestricted("+@all ~*"));
  EXPECT_FALSE(unrestricted("+@all &* ~a"));
  EXPECT_FALSE(unrestricted("+@all -get ~* &*"));
  EXPECT_FALSE(unrestricted("+@all ~* (&*)"));
}

TEST(Users, AddressesStay) {
  Users users;
  const User* user = &users.put(User("a", RuleBook()));
  users.put(User::of_power("a"));
  EXPECT_EQ(users.find("a"), user);
  EXPECT_TRUE(user->unrestricted());
  EXPECT_TRUE(users.remove("a"));
  EXPECT_FALSE(users.remove("a"));
  EXPECT_EQ(users.find("a"), nullptr);
  EXPECT_EQ(users.check("a", ""), nullptr);
  EXPECT_EQ(users.check("default", "any"), &users.default_user());
}

// ---- files --------------------------------------------------------------------------------------

TEST(AclFile, ComesBackAsItWas) {
  const RuleBook book = small_book();
  Users users;
  for (const char* name : {"alice", "bob", "", "q\"uote"}) users.put(User(name, book));
  EXPECT_EQ(apply(users.find("alice"), "on >a ~a* (+get ~b)", book), "");
  const std::string text = acl_file_text(users);
  EXPECT_TRUE(text.starts_with("user  off sanitize-payload resetchannels -@all\nuser alice on "))
      << text;
  std::vector<User> read;
  EXPECT_EQ(read_acl_file(text, "f", book, &read), "");
  Users again;
  for (User& user : read) again.put(std::move(user));
  EXPECT_EQ(acl_file_text(again), text);
}

TEST(AclFile, AllMistakesAreTold) {
  struct Case {
    const char *text, *errors;
  };
  const Case kCases[] = {
      {"", ""},
      {"\n\n  user a on\r\n\t\nuser b", ""},
      {"# comment", "f:1 should start with user keyword followed by the username. "},
      {"user", "f:1 should start with user keyword followed by the username. "},
      {"USER a", "f:1 should start with user keyword followed by the username. "},
      {"user a\tb", "'f:1: username 'a\tb' contains invalid characters. "},
      {"user a\nuser b\n\nuser a on", "WARNING: Duplicate user 'a' found on line 4. "},
      {"user a +x -y foo bar",
       "f:1: Error in applying operation '+x': Unknown command or category name in ACL. "
       "f:1: Error in applying operation '-y': Unknown command or category name in ACL. "
       "f:1: Syntax error. "},
      {"user a on\nuser b (+get", "f:2: Unmatched parenthesis in selector definition. "},
  };
  for (const Case& c : kCases) {
    std::vector<User> users;
    EXPECT_EQ(read_acl_file(c.text, "f", small_book(), &users), c.errors) << c.text;
  }
}

TEST(AclFile, LinesOfTheConfigFile) {
  const RuleBook book = small_book();
  const UserLine known[] = {{"a", "on"}};
  const auto check = [&](std::vector<std::string_view> line) {
    std::string error;
    const bool taken = check_user_line(line, known, &error);
    EXPECT_EQ(taken, error.empty());
    return error;
  };
  EXPECT_EQ(check({"b", "on", "+a-command-that-comes-later", "(+get", "~a)"}), "");
  EXPECT_EQ(check({"a", "on"}),
            "Error in user declaration 'a': Duplicate user found. A user can only be defined once "
            "in config files");
  EXPECT_EQ(check({"b", "on", "foo"}), "Error in user declaration 'foo': Syntax error");
  EXPECT_EQ(check({"b", "(+get"}), "Error in user declaration '(+get': Wrong format");

  User user("x", book);
  std::string error;
  EXPECT_TRUE(read_user_line({"b", "on", "(+get", "~a)"}, book, &user, &error));
  EXPECT_EQ(user.name + " " + user.rules(),
            "b on sanitize-payload resetchannels -@all (~a resetchannels -@all +get)");
  EXPECT_FALSE(read_user_line({"b", "+x"}, book, &user, &error));
  EXPECT_EQ(error,
            "Error loading ACL rule '+x' for the user named 'b': Unknown command or category name "
            "in ACL");
  EXPECT_FALSE(read_user_line({"b b"}, book, &user, &error));
  EXPECT_EQ(error, "Spaces not allowed in ACL usernames");
}

// ---- the log ------------------------------------------------------------------------------------

TEST(AclLog, CountsTheSameWithinAMinute) {
  AclLog log;
  const auto deny = [&](const char* object, int64_t now_ms, const char* client = "") {
    log.add({DeniedReason::kKey, DeniedContext::kTopLevel, object, "u", client}, now_ms, 20);
  };
  deny("a", 1000, "first");
  deny("b", 2000);
  deny("a", 61000, "second");
  ASSERT_EQ(log.entries().size(), 2u);
  const AclLog::Entry& a = log.entries()[0];
  EXPECT_EQ(a.denial.object, "a");
  EXPECT_EQ(a.count, 2u);
  EXPECT_EQ(a.id, 0);
  EXPECT_EQ(a.created_ms, 1000);
  EXPECT_EQ(a.updated_ms, 61000);
  EXPECT_EQ(a.denial.client_info, "second");
  deny("a", 121001);
  EXPECT_EQ(log.entries().size(), 3u) << "a minute is over";
  EXPECT_EQ(log.entries()[0].id, 2);
  log.add({DeniedReason::kKey, DeniedContext::kMulti, "a", "u", ""}, 121001, 20);
  log.add({DeniedReason::kKey, DeniedContext::kTopLevel, "a", "v", ""}, 121001, 20);
  log.add({DeniedReason::kChannel, DeniedContext::kTopLevel, "a", "u", ""}, 121001, 20);
  EXPECT_EQ(log.entries().size(), 6u);
}

TEST(AclLog, KeepsTheNewest) {
  AclLog log;
  const auto deny = [&](const std::string& object, size_t limit) {
    log.add({DeniedReason::kCommand, DeniedContext::kLua, object, "u", ""}, 0, limit);
  };
  for (int i = 0; i < 5; i++) deny(std::to_string(i), 3);
  ASSERT_EQ(log.entries().size(), 3u);
  EXPECT_EQ(log.entries()[0].denial.object, "4");
  EXPECT_EQ(log.entries()[2].denial.object, "2");
  deny("x", 0);
  EXPECT_TRUE(log.entries().empty());
  deny("y", 3);
  EXPECT_EQ(log.entries()[0].id, 5) << "numbers are not used twice";
  log.clear();
  EXPECT_TRUE(log.entries().empty());
}

}  // namespace
}  // namespace redstart
