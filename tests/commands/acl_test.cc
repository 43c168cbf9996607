#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

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

TEST(Acl, RulesAreToCome) {
  CommandTest t;
  EXPECT_EQ(t.run("ACL SETUSER u on"), "(error) ERR ACL SETUSER is not supported yet");
}

}  // namespace
}  // namespace redstart
