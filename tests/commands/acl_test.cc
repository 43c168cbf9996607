#include <gtest/gtest.h>

#include "base/file.h"
#include "engine/user_changes.h"
#include "security/acl_log.h"
#include "tests/base/fault_files.h"
#include "tests/commands/fixture.h"
#include "tests/commands/listener.h"

namespace redstart {
namespace {

TEST(Acl, TheDefaultUser) {
  CommandTest t;
  EXPECT_EQ(t.run("ACL WHOAMI"), "\"default\"");
  EXPECT_EQ(t.run("ACL USERS"), "[\"default\"]");
  EXPECT_EQ(t.run("ACL LIST"), "[\"user default on nopass sanitize-payload ~* &* +@all\"]");
  EXPECT_EQ(t.run("ACL GETUSER default"),
            "[\"flags\", [\"on\", \"nopass\", \"sanitize-payload\"], \"passwords\", [], "
            "\"commands\", \"+@all\", \"keys\", \"~*\", \"channels\", \"&*\", \"selectors\", []]");
  EXPECT_EQ(t.run("ACL GETUSER nobody"), "nil");
  t.run("CONFIG SET requirepass a");
  EXPECT_NE(
      t.run("ACL LIST").find(" #ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb "),
      std::string::npos);
}

TEST(Acl, Categories) {
  CommandTest t;
  EXPECT_TRUE(t.run("ACL CAT").starts_with("[\"keyspace\", \"read\", \"write\", "));
  EXPECT_NE(t.run("ACL CAT connection").find("\"ping\""), std::string::npos);
  EXPECT_EQ(t.run("ACL CAT nothing"), "(error) ERR Unknown category 'nothing'");
}

TEST(Acl, PasswordsHaveTheLengthAskedFor) {
  CommandTest t;
  EXPECT_EQ(t.run("ACL GENPASS").size(), 64u + 2);
  EXPECT_EQ(t.run("ACL GENPASS 5").size(), 2u + 2);
  EXPECT_NE(t.run("ACL GENPASS"), t.run("ACL GENPASS"));
  EXPECT_TRUE(t.run("ACL GENPASS 0").starts_with("(error) ERR ACL GENPASS argument must be"));
  EXPECT_TRUE(t.run("ACL GENPASS 4097").starts_with("(error) ERR ACL GENPASS argument must be"));
}

// ---- users --------------------------------------------------------------------------------------

TEST(Acl, MakesAndChangesUsers) {
  CommandTest t;
  EXPECT_EQ(t.run("ACL SETUSER zoe"), "OK");
  EXPECT_EQ(t.run("ACL SETUSER alice on >a ~a* %R~b +@read -get '(+set ~c)' (+del &d)"), "OK");
  EXPECT_EQ(t.run("ACL USERS"), "[\"alice\", \"default\", \"zoe\"]");
  EXPECT_EQ(
      t.run("ACL LIST"),
      "[\"user alice on sanitize-payload "
      "#ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb ~a* %R~b resetchannels "
      "-@all +@read -get (~c resetchannels -@all +set) (resetchannels &d -@all +del)\", "
      "\"user default on nopass sanitize-payload ~* &* +@all\", "
      "\"user zoe off sanitize-payload resetchannels -@all\"]");
  EXPECT_EQ(t.run("ACL GETUSER alice"),
            "[\"flags\", [\"on\", \"sanitize-payload\"], \"passwords\", "
            "[\"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\"], \"commands\", "
            "\"-@all +@read -get\", \"keys\", \"~a* %R~b\", \"channels\", \"\", \"selectors\", "
            "[[\"commands\", \"-@all +set\", \"keys\", \"~c\", \"channels\", \"\"], "
            "[\"commands\", \"-@all +del\", \"keys\", \"\", \"channels\", \"&d\"]]]");
  EXPECT_EQ(t.run("ACL SETUSER alice +nothing"),
            "(error) ERR Error in ACL SETUSER modifier '+nothing': Unknown command or category "
            "name in ACL");
  EXPECT_EQ(t.run("ACL SETUSER 'a b' on"),
            "(error) ERR Usernames can't contain spaces or null characters");
  EXPECT_EQ(t.run({"ACL", "SETUSER", std::string("a\0b", 3)}),
            "(error) ERR Usernames can't contain spaces or null characters");
  EXPECT_EQ(t.run("ACL SETUSER x (+get"),
            "(error) ERR Unmatched parenthesis in acl selector starting at '(+get'.");
  EXPECT_EQ(t.run("ACL DELUSER zoe nobody alice"), "2");
  EXPECT_EQ(t.run("ACL DELUSER alice default"), "(error) ERR The 'default' user cannot be removed");
  EXPECT_EQ(t.run("ACL USERS"), "[\"default\"]");
  EXPECT_EQ(t.effects(), "") << "users are nobody's data";
}

TEST(Acl, RulesKnowCommandsByTheirOwnName) {
  Settings settings = CommandTest::test_settings();
  settings.renamed_commands = {{"get", "fetch"}, {"set", ""}};
  CommandTest t(settings);
  std::string error;
  ASSERT_TRUE(t.engine().rename_commands(&error));
  EXPECT_EQ(t.run("ACL SETUSER u on nopass ~* +get +set"), "OK");
  EXPECT_EQ(t.run("ACL SETUSER u +fetch"),
            "(error) ERR Error in ACL SETUSER modifier '+fetch': Unknown command or category name "
            "in ACL");
  t.run("AUTH u x");
  EXPECT_EQ(t.run("FETCH k"), "nil");
}

TEST(Acl, LoggingIn) {
  CommandTest t;
  auto c = t.connect();
  t.run("ACL SETUSER alice >a +ping");
  EXPECT_EQ(c->run("AUTH alice a"),
            "(error) WRONGPASS invalid username-password pair or user is disabled.");
  t.run("ACL SETUSER alice on");
  EXPECT_EQ(c->run("AUTH alice b"),
            "(error) WRONGPASS invalid username-password pair or user is disabled.");
  EXPECT_EQ(c->run("PING"), "PONG");
  EXPECT_EQ(c->run("AUTH alice a"), "OK");
  EXPECT_EQ(c->run("GET k"),
            "(error) NOPERM User alice has no permissions to run the 'get' command");
  EXPECT_EQ(c->run("ACL WHOAMI"),
            "(error) NOPERM User alice has no permissions to run the 'acl|whoami' command");
  t.run("ACL SETUSER alice off");
  EXPECT_EQ(c->run("PING"), "PONG") << "who is in may stay";
  EXPECT_EQ(c->run("RESET"), "RESET");
  EXPECT_EQ(c->run("ACL WHOAMI"), "\"default\"");
  EXPECT_EQ(c->run("HELLO 3 AUTH alice a"),
            "(error) WRONGPASS invalid username-password pair or user is disabled.");
  t.run("ACL SETUSER default off");
  auto late = t.connect();
  EXPECT_EQ(late->run("PING"), "(error) NOAUTH Authentication required.");
  EXPECT_EQ(c->run("PING"), "PONG");
}

TEST(Acl, RequirepassIsThePasswordOfTheDefaultUser) {
  CommandTest t;
  t.run("ACL SETUSER default resetkeys ~a -@all +ping +config|set");
  t.run("CONFIG SET maxmemory 100mb");
  EXPECT_EQ(t.engine().default_tenant().users.default_user().rules(),
            "on nopass sanitize-payload ~a &* -@all +ping +config|set")
      << "other settings leave it alone";
  EXPECT_EQ(t.run("CONFIG SET requirepass secret"), "OK");
  auto c = t.connect();
  EXPECT_EQ(c->run("PING"), "(error) NOAUTH Authentication required.");
  EXPECT_EQ(c->run("AUTH secret"), "OK");
  EXPECT_EQ(c->run("GET a"),
            "(error) NOPERM User default has no permissions to run the 'get' command");
  EXPECT_EQ(t.run("CONFIG SET requirepass ''"), "OK");
  EXPECT_TRUE(t.engine().default_tenant().users.default_user().no_password);
}

// ---- what is looked at --------------------------------------------------------------------------

TEST(Acl, KeysOfCalls) {
  struct Case {
    const char *call, *denied;  // the key; null: nothing
  };
  const Case kCases[] = {
      {"GET r1", nullptr},
      {"GET w1", "w1"},
      {"GET other", "other"},
      {"SET w1 v", nullptr},
      {"SET r1 v", "r1"},
      {"SET w1 v GET", "w1"},
      {"SET rw1 v GET", nullptr},
      {"SET w1 get", nullptr},
      {"GETDEL w1", "w1"},
      {"GETDEL rw1", nullptr},
      {"INCR w1", "w1"},
      {"MSET w1 v w2 v", nullptr},
      {"MSET w1 v r1 v", "r1"},
      {"MGET r1 r2 x", "x"},
      {"COPY r1 w1", nullptr},
      {"COPY w1 r1", "w1"},
      {"RENAME r1 w1", "r1"},
      {"RENAME rw1 w1", nullptr},
      {"EXISTS w1 r1", nullptr},
      {"EXISTS x", "x"},
      {"BITFIELD r1 GET u8 0", nullptr},
      {"BITFIELD r1 SET u8 0 1", "r1"},
      {"ZUNIONSTORE w1 2 r1 r2", nullptr},
      {"ZUNIONSTORE w1 2 r1 w2", "w2"},
      {"SORT r1 STORE w1", nullptr},
      {"SORT r1 STORE r2", "r2"},
      {"XREAD COUNT 1 STREAMS r1 w1 0 0", "w1"},
      {"XREADGROUP GROUP g c STREAMS r1 >", nullptr},
      {"EVAL '' 1 r1", "r1"},
      {"EVAL '' 1 rw1", nullptr},
      {"EVAL '' 0 r1", nullptr},
      {"EVAL_RO '' 1 r1", nullptr},
      {"PFMERGE x", "x"},
      {"OBJECT ENCODING x", "x"},
      {"OBJECT ENCODING w1", nullptr},
      {"MIGRATE h 1 '' 0 1 KEYS rw1 x", "x"},
      {"MIGRATE h 1 rw1 0 1", nullptr},
      {"GEORADIUS r1 0 0 1 m STORE r2", "r2"},
      {"GEORADIUS r1 0 0 1 m STOREDIST w1", nullptr},
      {"FLUSHALL", nullptr},
      {"SUBSCRIBE c", nullptr},
  };
  CommandTest t;
  t.run("ACL SETUSER u on nopass +@all &* %R~r? %W~w? ~rw?");
  for (const Case& c : kCases) {
    std::string expected = "OK";
    if (c.denied) {
      expected = "\"User u has no permissions to access the '" + std::string(c.denied) + "' key\"";
    }
    EXPECT_EQ(t.run("ACL DRYRUN u " + std::string(c.call)), expected) << c.call;
  }
  auto c = t.connect();
  c->run("AUTH u x");
  EXPECT_EQ(c->run("GET other"), "(error) NOPERM No permissions to access a key");
  EXPECT_EQ(c->run("SET w1 v"), "OK");
  EXPECT_EQ(c->run("GET w1"), "(error) NOPERM No permissions to access a key");
}

TEST(Acl, ChannelsOfCalls) {
  struct Case {
    const char *call, *denied;
  };
  const Case kCases[] = {
      {"PUBLISH a x", nullptr},     {"PUBLISH p1 x", nullptr},   {"PUBLISH b x", "b"},
      {"SPUBLISH b x", "b"},        {"SUBSCRIBE a p1 b", "b"},   {"SSUBSCRIBE b", "b"},
      {"PSUBSCRIBE p*", nullptr},   {"PSUBSCRIBE p1", "p1"},     {"PSUBSCRIBE p* q*", "q*"},
      {"UNSUBSCRIBE b", nullptr},   {"PUNSUBSCRIBE b", nullptr}, {"SUNSUBSCRIBE b", nullptr},
      {"PUBSUB NUMSUB b", nullptr},
  };
  CommandTest t;
  t.run("ACL SETUSER u on nopass +@all ~* resetchannels &a &p*");
  for (const Case& c : kCases) {
    std::string expected = "OK";
    if (c.denied) {
      expected =
          "\"User u has no permissions to access the '" + std::string(c.denied) + "' channel\"";
    }
    EXPECT_EQ(t.run("ACL DRYRUN u " + std::string(c.call)), expected) << c.call;
  }
  auto c = t.connect();
  c->run("AUTH u x");
  EXPECT_EQ(c->run("PUBLISH b x"), "(error) NOPERM No permissions to access a channel");
}

TEST(Acl, OneSetOfRulesMustAllowItAll) {
  CommandTest t;
  t.run("ACL SETUSER u on nopass +get ~a (+set ~b) (+get ~c %W~d)");
  EXPECT_EQ(t.run("ACL DRYRUN u GET a"), "OK");
  EXPECT_EQ(t.run("ACL DRYRUN u GET c"), "OK");
  EXPECT_EQ(t.run("ACL DRYRUN u SET b v"), "OK");
  EXPECT_EQ(t.run("ACL DRYRUN u GET b"), "\"User u has no permissions to access the 'b' key\"");
  EXPECT_EQ(t.run("ACL DRYRUN u SET a v"), "\"User u has no permissions to access the 'a' key\"");
  EXPECT_EQ(t.run("ACL DRYRUN u DEL a"), "\"User u has no permissions to run the 'del' command\"");
}

TEST(Acl, DryrunAnswersMistakes) {
  CommandTest t;
  EXPECT_EQ(t.run("ACL DRYRUN nobody GET a"), "(error) ERR User 'nobody' not found");
  EXPECT_EQ(t.run("ACL DRYRUN default NOTHING"), "(error) ERR Command 'NOTHING' not found");
  EXPECT_EQ(t.run("ACL DRYRUN default GET"),
            "(error) ERR wrong number of arguments for 'get' command");
  EXPECT_EQ(t.run("ACL DRYRUN default CONFIG GET"),
            "(error) ERR wrong number of arguments for 'config|get' command");
}

TEST(Acl, SortByAndGetNeedAllKeys) {
  CommandTest t;
  t.run("RPUSH list 1");
  t.run("ACL SETUSER u on nopass (+sort ~list ~v*)");
  auto c = t.connect();
  c->run("AUTH u x");
  EXPECT_EQ(c->run("SORT list"), "[\"1\"]");
  EXPECT_EQ(c->run("SORT list BY nosort"), "[\"1\"]");
  EXPECT_EQ(c->run("SORT list BY v*"),
            "(error) ERR BY option of SORT denied due to insufficient ACL permissions.");
  EXPECT_EQ(c->run("SORT list GET v*"),
            "(error) ERR GET option of SORT denied due to insufficient ACL permissions.");
  t.run("ACL SETUSER u (+sort ~list %W~*)");
  EXPECT_EQ(c->run("SORT list BY v*"),
            "(error) ERR BY option of SORT denied due to insufficient ACL permissions.");
  t.run("ACL SETUSER u (+sort ~list %R~*)");
  EXPECT_EQ(c->run("SORT list BY v*"), "[\"1\"]");
  EXPECT_EQ(c->run("SORT list GET #"), "[\"1\"]");
}

TEST(Acl, TransactionsAreLookedAtTwice) {
  CommandTest t;
  t.run("ACL SETUSER u on nopass ~a &a +@all");
  auto c = t.connect();
  c->run("AUTH u x");
  c->run("MULTI");
  EXPECT_EQ(c->run("SET b 1"), "(error) NOPERM No permissions to access a key");
  EXPECT_EQ(c->run("EXEC"), "(error) EXECABORT Transaction discarded because of previous errors.");
  for (const char* call : {"MULTI", "SET a 1", "INCR a", "PUBLISH a x", "PING"}) c->run(call);
  t.run("ACL SETUSER u resetkeys resetchannels -set");
  const std::string changed =
      "(error) NOPERM ACLs rules changed between the moment the transaction was accumulated and "
      "the EXEC call. This command is no longer allowed for the following reason: no permission "
      "to ";
  EXPECT_EQ(c->run("EXEC"), "[" + changed + "execute the command or subcommand, " + changed +
                                "touch the specified keys, " + changed +
                                "access one of the channels used as arguments, PONG]");
  EXPECT_EQ(t.run("EXISTS a"), "0");
}

TEST(Acl, WhoDeletesHimselfHasNoRightsAnyMore) {
  CommandTest t;
  t.run("ACL SETUSER u on nopass +acl|deluser +@transaction");
  auto c = t.connect();
  c->run("AUTH u x");
  c->run("MULTI");
  c->run("ACL DELUSER u");
  c->run("ACL DELUSER nobody");
  EXPECT_EQ(c->run("EXEC"), "[1, (error) NOAUTH Authentication required.]");
}

TEST(Acl, ScriptsRunAsTheirCaller) {
  CommandTest t;
  t.run("ACL SETUSER u on nopass ~a +eval +set");
  auto c = t.connect();
  c->run("AUTH u x");
  EXPECT_EQ(c->run("EVAL \"return redis.call('set', 'a', '1')\" 0"), "OK");
  EXPECT_NE(c->run("EVAL \"return redis.call('set', 'b', '1')\" 0")
                .find("ERR ACL failure in script: No permissions to access a key"),
            std::string::npos);
  EXPECT_NE(c->run("EVAL \"return redis.call('get', 'a')\" 0")
                .find("ERR ACL failure in script: User u has no permissions to run the 'get' "
                      "command"),
            std::string::npos);
  EXPECT_EQ(c->run("EVAL \"return {redis.acl_check_cmd('set', 'a', '1') and 1 or 0, "
                   "redis.acl_check_cmd('set', 'b', '1') and 1 or 0}\" 0"),
            "[1, 0]");
}

TEST(Acl, WhoWaitsIsLookedAtAgain) {
  CommandTest t;
  t.run("ACL SETUSER u on nopass ~* +@all");
  auto c = t.connect();
  c->run("AUTH u x");
  c->run("BLPOP list 0");
  EXPECT_TRUE(c->waits());
  t.run("ACL SETUSER u resetkeys");
  t.run("RPUSH list a");
  EXPECT_EQ(c->late(), "(error) NOPERM No permissions to access a key");
  EXPECT_EQ(t.run("LLEN list"), "1");
}

// ---- what follows from a change -----------------------------------------------------------------

TEST(Acl, WhoseUserIsDeletedIsSentAway) {
  CommandTest t;
  t.run("ACL SETUSER u on nopass ~* +@all");
  Listener l(t.engine()), other(t.engine());
  l.run("AUTH u x");
  EXPECT_EQ(t.run("ACL DELUSER u"), "1");
  EXPECT_TRUE(l.closed);
  EXPECT_FALSE(other.closed);
  EXPECT_EQ(l.run("GET k"), "nil") << "as the default user, who may";
  t.run("CONFIG SET requirepass p");
  t.run("ACL SETUSER u on nopass ~* +@all");
  Listener self(t.engine());
  self.run("AUTH u x");
  EXPECT_EQ(self.run("ACL DELUSER u"), "1") << "it is answered first";
  EXPECT_TRUE(self.closed);
  EXPECT_EQ(self.run("GET k"), "(error) NOAUTH Authentication required.");
}

TEST(Acl, ListenersWhoMayNotHearAreSentAway) {
  struct Case {
    const char *was, *call, *change;
    bool closed;
  };
  const Case kCases[] = {
      {"&a &b*", "SUBSCRIBE a", "&c", false},
      {"&a &b*", "SUBSCRIBE a", "resetchannels &a", false},
      {"&a &b*", "SUBSCRIBE a b1", "resetchannels &a", true},
      {"&a &b*", "SSUBSCRIBE a", "resetchannels &b*", true},
      {"&a &b*", "PSUBSCRIBE b*", "resetchannels &b*", false},
      {"&a &b*", "PSUBSCRIBE b*", "resetchannels &b* &z", false},
      {"&a &b*", "PSUBSCRIBE b*", "resetchannels &b? &a", true},
      {"&a &b*", "SUBSCRIBE b1", "resetchannels &b? &a", false},
      {"&*", "SUBSCRIBE a", "resetchannels &a", false},
      {"&*", "SUBSCRIBE a", "resetchannels", true},
      {"&*", "SUBSCRIBE a", "resetchannels (&a)", false},
      {"&a", "SUBSCRIBE a", "allchannels", false},
      {"&a", "PING", "resetchannels", false},
  };
  for (const Case& c : kCases) {
    CommandTest t;
    t.run("ACL SETUSER u on nopass +@all " + std::string(c.was));
    Listener l(t.engine());
    l.run("AUTH u x");
    l.run(c.call);
    EXPECT_EQ(t.run("ACL SETUSER u " + std::string(c.change)), "OK");
    EXPECT_EQ(l.closed, c.closed) << c.was << ", " << c.call << ", " << c.change;
  }
}

// ---- what is noted ------------------------------------------------------------------------------

TEST(Acl, DenialsAreNoted) {
  CommandTest t;
  t.run("ACL SETUSER u on >p ~a +set +eval +multi +exec +incr");
  auto c = t.connect();
  EXPECT_EQ(t.run("ACL LOG"), "[]");
  c->run("auth u wrong");
  c->run("HELLO 2 AUTH u wrong");
  c->run("AUTH u p");
  t.run("ACL SETUSER u resetchannels +publish");
  c->run("GET a");
  c->run("GET a");
  c->run("SET b v");
  c->run("PUBLISH ch x");
  c->run("EVAL \"return redis.call('del', 'a')\" 0");
  c->run("MULTI");
  c->run("DEL a");
  c->run("DISCARD");
  c->run("EXEC");
  c->run("MULTI");
  c->run("INCR a");
  t.run("ACL SETUSER u -incr");
  c->run("EXEC");

  struct Expected {
    std::string reason, context, object, count, command;
  };
  const Expected kExpected[] = {
      {"command", "multi", "incr", "1", "cmd=exec"},
      {"command", "multi", "discard", "1", "cmd=discard"},
      {"command", "multi", "del", "1", "cmd=del"},
      {"command", "lua", "del", "1", "cmd=eval"},
      {"channel", "toplevel", "ch", "1", "cmd=publish"},
      {"key", "toplevel", "b", "1", "cmd=set"},
      {"command", "toplevel", "get", "2", "cmd=get"},
      {"auth", "toplevel", "HELLO", "1", "cmd=hello"},
      {"auth", "toplevel", "auth", "1", "cmd=auth"},
  };
  for (size_t i = 0; i < std::size(kExpected); i++) {
    const Expected& e = kExpected[i];
    const auto& entry = t.engine().default_tenant().acl_log.entries().at(i);
    std::string shown = t.run("ACL LOG 100");
    EXPECT_NE(shown.find("[\"count\", " + e.count + ", \"reason\", \"" + e.reason +
                         "\", \"context\", \"" + e.context + "\", \"object\", \"" + e.object +
                         "\", \"username\", \"u\", \"age-seconds\", \"0\", \"client-info\", "),
              std::string::npos)
        << i << " " << shown;
    EXPECT_EQ(entry.denial.object, e.object) << i;
    EXPECT_NE(entry.denial.client_info.find(e.command), std::string::npos)
        << entry.denial.client_info;
  }
  const std::string info = t.run("INFO stats");
  for (const char* line : {"acl_access_denied_auth:2", "acl_access_denied_cmd:6",
                           "acl_access_denied_key:1", "acl_access_denied_channel:1"}) {
    EXPECT_NE(info.find(line), std::string::npos) << line << info;
  }
  t.advance_ms(1500);
  EXPECT_NE(t.run("ACL LOG 1").find("\"age-seconds\", \"1.5\""), std::string::npos);
  EXPECT_EQ(t.run("ACL LOG 0"), "[]");
  EXPECT_EQ(t.run("ACL LOG -1"), "[]");
  EXPECT_EQ(t.run("ACL LOG x"), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(t.run("ACL LOG reset"), "OK");
  EXPECT_EQ(t.run("ACL LOG"), "[]");
}

TEST(Acl, TheLogHasALength) {
  CommandTest t;
  t.run("CONFIG SET acllog-max-len 2");
  for (const char* name : {"a", "b", "c"}) t.run("AUTH " + std::string(name) + " x");
  EXPECT_EQ(t.engine().default_tenant().acl_log.entries().size(), 2u);
  t.run("CONFIG SET acllog-max-len 0");
  EXPECT_EQ(t.engine().default_tenant().acl_log.entries().size(), 2u);
  t.run("AUTH d x");
  EXPECT_EQ(t.run("ACL LOG"), "[]");
}

// ---- files --------------------------------------------------------------------------------------

class AclFiles : public testing::Test {
 public:
  AclFiles() : t_(settings()) { t_.engine().host().files = &files_; }

  static Settings settings() {
    Settings settings = CommandTest::test_settings();
    settings.aclfile = "users.acl";
    settings.dir = "/data";
    return settings;
  }
  void write(std::string_view text) {
    ASSERT_EQ(replace_file(files_, "/data/users.acl", "/data/draft", text), 0);
  }
  std::string file() {
    int error = 0;
    std::string text;
    auto file = files_.open("/data/users.acl", FileSystem::Mode::kRead, &error);
    if (!file) return "(none)";
    read_all(*file, &text);
    return text;
  }

  FaultFiles files_;
  CommandTest t_;
};

TEST_F(AclFiles, SaveAndLoad) {
  t_.run("ACL SETUSER alice on >a ~a* &b +@read -get (+set ~c)");
  t_.run("ACL SETUSER default >secret");
  const std::string users = t_.run("ACL LIST");
  EXPECT_EQ(t_.run("ACL SAVE"), "OK");
  files_.crash(0);
  const std::string saved = file();
  EXPECT_TRUE(saved.starts_with("user alice on sanitize-payload #ca97")) << saved;
  t_.run("ACL DELUSER alice");
  t_.run("ACL SETUSER bob");
  t_.run("ACL SETUSER default nopass");
  EXPECT_EQ(t_.run("ACL LOAD"), "OK");
  EXPECT_EQ(t_.run("ACL LIST"), users);

  // A server that starts with it.
  CommandTest again(settings());
  again.engine().host().files = &files_;
  std::string error;
  EXPECT_TRUE(load_users(again.engine(), &error)) << error;
  again.run("AUTH secret");
  EXPECT_EQ(again.run("ACL LIST"), users);
}

TEST_F(AclFiles, ABadFileChangesNothing) {
  t_.run("ACL SETUSER alice on");
  const std::string users = t_.run("ACL LIST");
  write("user bob on\nuser carol +nothing\n");
  EXPECT_EQ(t_.run("ACL LOAD"),
            "(error) ERR users.acl:2: Error in applying operation '+nothing': Unknown command or "
            "category name in ACL. WARNING: ACL errors detected, no change to the previously "
            "active ACL rules was performed");
  files_.remove("/data/users.acl");
  EXPECT_EQ(t_.run("ACL LOAD"),
            "(error) ERR Error loading ACLs, opening file 'users.acl': No such file or directory");
  EXPECT_EQ(t_.run("ACL LIST"), users);
  std::string error;
  EXPECT_FALSE(load_users(t_.engine(), &error));
  EXPECT_EQ(error,
            "Aborting Redis startup because of ACL errors: Error loading ACLs, opening file "
            "'users.acl': No such file or directory");
}

TEST_F(AclFiles, ADiskThatFailsLosesNothing) {
  write("user bob on\n");
  files_.faults.write_error = -EIO;
  EXPECT_EQ(t_.run("ACL SAVE"),
            "(error) ERR There was an error trying to save the ACLs. Please check the server logs "
            "for more information");
  files_.faults = {};
  EXPECT_EQ(file(), "user bob on\n");
}

TEST_F(AclFiles, LoadingSendsAwayWhoIsGone) {
  t_.run("ACL SETUSER alice on nopass +@all &a");
  t_.run("ACL SETUSER bob on nopass +@all &b");
  t_.run("ACL SETUSER carol on nopass +@all &a");
  Listener alice(t_.engine()), bob(t_.engine()), carol(t_.engine());
  alice.run("AUTH alice x");
  bob.run("AUTH bob x");
  carol.run("AUTH carol x");
  alice.run("SUBSCRIBE a");
  bob.run("SUBSCRIBE b");
  carol.run("SUBSCRIBE a");
  write("user alice on nopass +@all &a\nuser bob on nopass +@all\n");
  EXPECT_EQ(t_.run("ACL LOAD"), "OK");
  EXPECT_FALSE(alice.closed);
  EXPECT_TRUE(bob.closed) << "may not hear b any more";
  EXPECT_TRUE(carol.closed) << "is not there any more";
  EXPECT_EQ(t_.run("ACL GETUSER default").find("resetchannels"), std::string::npos);
}

TEST(Acl, WithoutAFile) {
  CommandTest t;
  for (const char* call : {"ACL LOAD", "ACL SAVE"}) {
    EXPECT_TRUE(t.run(call).starts_with(
        "(error) ERR This Redis instance is not configured to use an ACL file."));
  }
}

TEST(Acl, UsersOfTheConfigFile) {
  Settings settings = CommandTest::test_settings();
  settings.requirepass = "forgotten";
  settings.users = {{"alice", "on", "nopass", "(+get", "~a)"},
                    {"default", "on", ">a", "+acl|list"}};
  CommandTest t(settings);
  std::string error;
  EXPECT_TRUE(load_users(t.engine(), &error)) << error;
  t.run("AUTH a");
  EXPECT_EQ(t.run("ACL LIST"),
            "[\"user alice on nopass sanitize-payload resetchannels -@all (~a resetchannels -@all "
            "+get)\", \"user default on sanitize-payload "
            "#ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb resetchannels -@all "
            "+acl|list\"]");

  settings.users = {{"alice", "+nothing"}};
  CommandTest wrong(settings);
  EXPECT_FALSE(load_users(wrong.engine(), &error));
  EXPECT_EQ(error,
            "Error loading ACL rule '+nothing' for the user named 'alice': Unknown command or "
            "category name in ACL");
  settings.aclfile = "users.acl";
  CommandTest both(settings);
  EXPECT_FALSE(load_users(both.engine(), &error));
  EXPECT_TRUE(error.starts_with("Users are defined in the config file, and an ACL file is named"));
}

// ---- tokens of the HTTP door --------------------------------------------------------------------

TEST(Acl, TheReadOnlyTokenIsAUser) {
  Settings settings = CommandTest::test_settings();
  settings.http_readonly_token = "looking";
  CommandTest t(settings);
  std::string error;
  EXPECT_TRUE(load_users(t.engine(), &error));
  auto c = t.connect();
  EXPECT_EQ(c->run("AUTH default_ro looking"), "OK");
  EXPECT_EQ(c->run("GET k"), "nil");
  EXPECT_EQ(c->run("PING"), "PONG");
  for (const char* call : {"SET k v", "KEYS *", "SCAN 0", "EVAL_RO '' 0", "ACL LIST", "FLUSHALL",
                           "CONFIG GET port", "CLIENT LIST", "SUBSCRIBE c"}) {
    EXPECT_TRUE(c->run(call).starts_with("(error) NOPERM ")) << call;
  }
  t.run("CONFIG SET http-readonly-token other");
  auto d = t.connect();
  EXPECT_TRUE(d->run("AUTH default_ro looking").starts_with("(error) WRONGPASS"));
  EXPECT_EQ(d->run("AUTH default_ro other"), "OK");
}

TEST(Acl, TokensForUsers) {
  CommandTest t;
  t.run("ACL SETUSER alice on >a");
  const std::string token = t.run("ACL RESTTOKEN alice a");
  EXPECT_GT(token.size(), 40u);
  EXPECT_EQ(t.run("ACL RESTTOKEN alice a"), token);
  EXPECT_EQ(t.run("ACL RESTTOKEN alice b"),
            "(error) ERR Wrong password or user \"alice\" does not exist");
  EXPECT_EQ(t.run("ACL RESTTOKEN upstash x"),
            "(error) ERR Wrong password or user \"upstash\" does not exist");
}

}  // namespace
}  // namespace redstart
