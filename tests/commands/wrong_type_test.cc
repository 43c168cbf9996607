// What commands for strings say to a key that holds something else, and what they check before
// they look at it. The something else is a stand-in: no command for collections is needed here.
#include <string>

#include "keyspace/write_guard.h"
#include "tests/commands/fixture.h"
#include "types/object_ops.h"

namespace redstart {
namespace {

constexpr ObjectOps kStandIn = {
    .destroy_some = [](Slab&, void*, uint8_t, size_t*) { return true; },
    .copy = [](Slab&, const void*, uint8_t) -> void* { return nullptr; },
    .bytes = [](const void*, uint8_t) -> size_t { return 0; },
    .empty = [](const void*, uint8_t) { return false; },
};

class WrongType : public ::testing::Test {
 protected:
  WrongType() {
    test_.engine().keyspace_shared().ops[static_cast<size_t>(Type::kHash)] = &kStandIn;
    Keyspace& keys = *test_.session().keys;
    WriteGuard guard = keys.write(keys.key("h"));
    guard.put_object(Type::kHash, 0, nullptr);
    guard.commit(event::kRestore);
  }
  std::string run(std::string_view line) { return test_.run(line); }

  CommandTest test_;
};

TEST_F(WrongType, IsSaid) {
  for (const char* call : {"GET h",
                           "STRLEN h",
                           "DIGEST h",
                           "GETRANGE h 0 1",
                           "APPEND h x",
                           "SETRANGE h 0 x",
                           "SETRANGE h 0 ''",
                           "GETSET h x",
                           "GETDEL h",
                           "GETEX h",
                           "GETEX h EX abc",
                           "SET h x GET",
                           "SET h x GET NX",
                           "SET h x IFEQ y",
                           "SET h x IFDNE y",
                           "INCR h",
                           "INCRBYFLOAT h x",
                           "SETBIT h 0 1",
                           "GETBIT h 0",
                           "BITCOUNT h",
                           "BITPOS h 1",
                           "BITFIELD h GET u8 0",
                           "BITFIELD h SET u8 0 1",
                           "BITFIELD_RO h",
                           "BITOP AND t absent h"}) {
    EXPECT_EQ(run(call),
              "(error) WRONGTYPE Operation against a key holding the wrong kind of value")
        << call;
  }
  EXPECT_EQ(run("LCS h absent BAD"), "(error) ERR The specified keys must contain string values");
  EXPECT_EQ(run("DELEX h BAD x"),
            "(error) ERR Key should be of string type if conditions are specified");
  EXPECT_EQ(run("TYPE h"), "hash");
}

TEST_F(WrongType, ComesAfterWhatIsWrongWithTheCall) {
  constexpr char kNotInteger[] = "(error) ERR value is not an integer or out of range";
  constexpr char kSyntax[] = "(error) ERR syntax error";
  EXPECT_EQ(run("GETRANGE h 0 x"), kNotInteger);
  EXPECT_EQ(run("SETRANGE h -1 x"), "(error) ERR offset is out of range");
  EXPECT_EQ(run("GETEX h BAD"), kSyntax);
  EXPECT_EQ(run("SET h x IFEQ"), kSyntax);
  EXPECT_EQ(run("SET h x EX 0 GET"), "(error) ERR invalid expire time in 'set' command");
  EXPECT_EQ(run("INCRBY h x"), kNotInteger);
  EXPECT_EQ(run("SETBIT h 0 2"), "(error) ERR bit is not an integer or out of range");
  EXPECT_EQ(run("BITCOUNT h 0"), kSyntax);
  EXPECT_EQ(run("BITFIELD h GET u99 0").substr(0, 34), "(error) ERR Invalid bitfield type.");
}

TEST_F(WrongType, DoesNotMatterToCommandsForAnyType) {
  EXPECT_EQ(run("MGET h"), "[nil]");
  EXPECT_EQ(run("COPY h copy"), "1");
  EXPECT_EQ(run("RENAME copy moved"), "OK");
  EXPECT_EQ(run("TYPE moved"), "hash");
  EXPECT_EQ(run("SCAN 0 TYPE hash MATCH m*"), "[\"0\", [\"moved\"]]");
  EXPECT_EQ(run("EXPIRE moved 10"), "1");
  EXPECT_EQ(run("SETNX moved x"), "0");
  EXPECT_EQ(run("SET moved x"), "OK");
  EXPECT_EQ(run("BITOP OR h moved"), "1");
  EXPECT_EQ(run("TYPE h"), "string");
}

}  // namespace
}  // namespace redstart
