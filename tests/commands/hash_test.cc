#include <cstring>

#include "keyspace/keyspace.h"
#include "tests/commands/fixture.h"

namespace redstart {
namespace {

// A hash of every encoding with the same contents.
class HashCommands : public testing::TestWithParam<const char*> {
 protected:
  HashCommands() {
    if (GetParam() == std::string_view("hashtable")) {
      t_.run("CONFIG SET hash-max-listpack-entries 0");
    }
  }
  CommandTest t_;
};

INSTANTIATE_TEST_SUITE_P(Encodings, HashCommands, testing::Values("listpack", "hashtable"));

TEST_P(HashCommands, SetAndGet) {
  EXPECT_EQ(t_.run("HSET h a 1 b two"), "2");
  EXPECT_EQ(t_.run("OBJECT ENCODING h"), '"' + std::string(GetParam()) + '"');
  EXPECT_EQ(t_.run("HSET h a 10 c 3"), "1");
  EXPECT_EQ(t_.run("HMSET h d 4"), "OK");
  EXPECT_EQ(t_.run("HSETNX h d 5"), "0");
  EXPECT_EQ(t_.run("HSETNX h e 5"), "1");
  EXPECT_EQ(t_.run("HMGET h a b x"), "[\"10\", \"two\", nil]");
  EXPECT_EQ(t_.run("HGET h x"), "nil");
  EXPECT_EQ(t_.run("HEXISTS h a"), "1");
  EXPECT_EQ(t_.run("HSTRLEN h b"), "3");
  EXPECT_EQ(t_.run("HSTRLEN h a"), "2");
  EXPECT_EQ(t_.run("HLEN h"), "5");
  EXPECT_EQ(t_.run("HDEL h b c x d e"), "4");
  EXPECT_EQ(t_.run("HGETALL h"), "[\"a\", \"10\"]");
  t_.run("HELLO 3");
  EXPECT_EQ(t_.run("HGETALL h"), "{\"a\": \"10\"}");
  EXPECT_EQ(t_.run("HDEL h a"), "1");
  EXPECT_EQ(t_.run("EXISTS h"), "0");
}

TEST_P(HashCommands, Counters) {
  EXPECT_EQ(t_.run("HINCRBY h n 5"), "5");
  EXPECT_EQ(t_.run("HINCRBY h n -7"), "-2");
  EXPECT_EQ(t_.run("HINCRBYFLOAT h f 10.5"), "\"10.5\"");
  t_.effects();
  EXPECT_EQ(t_.run("HINCRBYFLOAT h f 0.1"), "\"10.6\"");
  EXPECT_EQ(t_.effects(), "HSET h f 10.6");
  t_.run("HSET h text x max 9223372036854775807");
  EXPECT_EQ(t_.run("HINCRBY h text 1"), "(error) ERR hash value is not an integer");
  EXPECT_EQ(t_.run("HINCRBYFLOAT h text 1"), "(error) ERR hash value is not a float");
  EXPECT_EQ(t_.run("HINCRBY h max 1"), "(error) ERR increment or decrement would overflow");
  EXPECT_EQ(t_.run("HINCRBYFLOAT h f inf"), "(error) ERR value is NaN or Infinity");
  EXPECT_EQ(t_.run("HINCRBY new text x"), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(t_.run("EXISTS new"), "0");
}

TEST_P(HashCommands, ConditionsOfFieldExpiry) {
  t_.run("HSET h a 1 b 2");
  EXPECT_EQ(t_.run("HEXPIRE h 100 XX FIELDS 1 a"), "[0]");
  EXPECT_EQ(t_.run("HEXPIRE h 100 GT FIELDS 1 a"), "[0]");
  EXPECT_EQ(t_.run("HEXPIRE h 100 LT FIELDS 1 a"), "[1]");
  EXPECT_EQ(t_.run("HEXPIRE h 200 NX FIELDS 2 a b"), "[0, 1]");
  EXPECT_EQ(t_.run("HEXPIRE h 100 GT FIELDS 2 a b"), "[0, 0]");
  EXPECT_EQ(t_.run("HEXPIRE h 150 GT FIELDS 3 a b none"), "[1, 0, -2]");
  EXPECT_EQ(t_.run("HTTL h FIELDS 3 a b none"), "[150, 200, -2]");
  EXPECT_EQ(t_.run("HPERSIST h FIELDS 3 a a none"), "[1, -1, -2]");
  EXPECT_EQ(t_.run("HPTTL h FIELDS 2 a b"), "[-1, 200000]");
  EXPECT_EQ(t_.run("HEXPIRE h 0 FIELDS 1 b"), "[2]");
  EXPECT_EQ(t_.run("HGETALL h"), "[\"a\", \"1\"]");
}

TEST_P(HashCommands, ExpiredFieldsAreDeletedByThoseWhoAskForThem) {
  t_.run("HSET h a 1 b 2 c 3");
  t_.run("HPEXPIRE h 10 FIELDS 2 a b");
  t_.advance_lazily_ms(11);
  t_.effects();
  EXPECT_EQ(t_.run("HLEN h"), "3");
  EXPECT_EQ(t_.run("HGETALL h"), "[\"c\", \"3\"]");
  EXPECT_EQ(t_.run("HSCAN h 0"), "[\"0\", [\"c\", \"3\"]]");
  EXPECT_EQ(t_.effects(), "");
  EXPECT_EQ(t_.run("HGET h a"), "nil");
  EXPECT_EQ(t_.run("HLEN h"), "2");
  EXPECT_EQ(t_.effects(), "HDEL h a");
  EXPECT_EQ(t_.run("HINCRBY h b 1"), "1");
  EXPECT_EQ(t_.effects(), "MULTI; HDEL h b; HINCRBY h b 1; EXEC");
  EXPECT_EQ(t_.run("HTTL h FIELDS 1 b"), "[-1]");
}

TEST_P(HashCommands, ExpiredFieldsAreDeletedInTime) {
  t_.run("HSET h a 1 b 2");
  t_.run("HPEXPIRE h 1000 FIELDS 1 a");
  t_.run("HPEXPIRE h 2000 FIELDS 1 b");
  // The key is found again by its new name.
  t_.run("RENAME h g");
  t_.run("COPY g k");
  t_.effects();
  t_.advance_ms(1300);
  EXPECT_EQ(t_.run("HLEN g"), "1");
  EXPECT_EQ(t_.run("HLEN k"), "1");
  t_.run("DEL k");
  t_.effects();
  t_.advance_ms(1300);
  EXPECT_EQ(t_.effects(), "HDEL g b");
  EXPECT_EQ(t_.run("EXISTS g"), "0");
}

TEST_P(HashCommands, AnEarlierExpiryComesFirst) {
  t_.run("HSET h a 1 b 2");
  t_.run("HPEXPIRE h 100000 FIELDS 1 a");
  t_.run("HPEXPIRE h 1000 FIELDS 1 b");
  t_.advance_ms(1300);
  EXPECT_EQ(t_.run("HLEN h"), "1");
}

TEST_P(HashCommands, HashesWithFieldsThatExpireAreCounted) {
  const struct {
    const char* command;
    int hashes;
  } kSteps[] = {
      {"HSET a f 1 g 2 h 3", 0},
      {"HPEXPIRE a 100000 FIELDS 2 f g", 1},
      {"HPEXPIRE a 1000 FIELDS 1 f", 1},
      {"HSETEX b PX 100000 FIELDS 1 f 1", 2},
      {"COPY a c", 3},
      {"RENAME c d", 3},
      {"HDEL a f", 3},
      {"HPERSIST a FIELDS 1 g", 2},
      {"HPEXPIRE a 500 FIELDS 1 g", 3},
      {"HSET a g 4", 2},
      {"HGETEX a PX 700 FIELDS 1 h", 3},
      {"SET b text", 2},
      {"HDEL d f g", 1},
      {"HSETEX e PX 800 FIELDS 1 f 1", 2},
      {"UNLINK a", 1},
      {"HGETDEL e FIELDS 1 f", 0},
      {"HSETEX e PX 900 FIELDS 1 f 1", 1},
      {"HSET e g 1", 1},
  };
  auto counted = [&] {
    std::string text = t_.run("INFO keyspace");
    size_t at = text.find("subexpiry=");
    return at == std::string::npos ? -1 : std::stoi(text.substr(at + strlen("subexpiry=")));
  };
  for (const auto& step : kSteps) {
    SCOPED_TRACE(step.command);
    t_.run(step.command);
    EXPECT_EQ(counted(), step.hashes);
    EXPECT_EQ(t_.session().keys->validate(), nullptr);
  }
  t_.advance_ms(1300);
  EXPECT_EQ(counted(), 0);
  EXPECT_EQ(t_.run("HSETEX e PX 900 FIELDS 1 f 1"), "1");
  t_.run("FLUSHALL");
  t_.run("SET b 1");
  EXPECT_EQ(counted(), 0);
}

TEST_P(HashCommands, EffectsOfFieldExpiry) {
  int64_t now_ms = t_.engine().now_ms();
  t_.run("HSET h a 1 b 2 c 3");
  t_.effects();
  t_.run("HEXPIRE h 100 NX FIELDS 2 a none");
  EXPECT_EQ(t_.effects(), "HPEXPIREAT h " + std::to_string(now_ms + 100000) + " NX FIELDS 1 a");
  t_.run("HEXPIRE h 100 XX FIELDS 1 b");
  EXPECT_EQ(t_.effects(), "");
  t_.run("HEXPIREAT h 1 FIELDS 2 b c");
  EXPECT_EQ(t_.effects(), "MULTI; HDEL h b; HDEL h c; EXEC");
  t_.run("HPERSIST h FIELDS 1 a");
  EXPECT_EQ(t_.effects(), "HPERSIST h FIELDS 1 a");
  t_.run("HPERSIST h FIELDS 1 a");
  EXPECT_EQ(t_.effects(), "");
}

TEST_P(HashCommands, ValuesAndExpiriesInOneStep) {
  EXPECT_EQ(t_.run("HSETEX h EX 100 FIELDS 2 a 1 b 2"), "1");
  EXPECT_EQ(t_.run("HSETEX h FNX FIELDS 2 a 9 z 9"), "0");
  EXPECT_EQ(t_.run("HSETEX h FXX KEEPTTL FIELDS 1 a 3"), "1");
  EXPECT_EQ(t_.run("HSETEX h FXX FIELDS 1 b 4"), "1");
  EXPECT_EQ(t_.run("HTTL h FIELDS 3 a b z"), "[100, -1, -2]");
  EXPECT_EQ(t_.run("HGETEX h PX 5000 FIELDS 2 b z"), "[\"4\", nil]");
  EXPECT_EQ(t_.run("HGETEX h PERSIST FIELDS 1 a"), "[\"3\"]");
  EXPECT_EQ(t_.run("HPTTL h FIELDS 2 a b"), "[-1, 5000]");
  EXPECT_EQ(t_.run("HGETEX h EXAT 1 FIELDS 1 a"), "[\"3\"]");
  EXPECT_EQ(t_.run("HGETDEL h FIELDS 2 a b"), "[nil, \"4\"]");
  EXPECT_EQ(t_.run("EXISTS h"), "0");
  EXPECT_EQ(t_.run("HGETDEL h FIELDS 1 a"), "[nil]");
}

// The type of the key is judged before the call is.
TEST_P(HashCommands, ValuesWithExpiriesSayWhatIsWrong) {
  t_.run("SET text x");
  t_.run("HSET h a 1");
  struct {
    std::string_view call, error;
  } const cases[] = {
      {"HGETEX text EX x FIELDS 1 a",
       "WRONGTYPE Operation against a key holding the wrong kind of value"},
      {"HGETEX h EX -1 FIELDS 1 a", "ERR invalid expire time, must be >= 0"},
      {"HGETEX h PX 9223372036854775807 FIELDS 1 a", "ERR invalid expire time in 'hgetex' command"},
      {"HGETEX h PERSIST x 1 a",
       "ERR Mandatory argument FIELDS is missing or not at the right position"},
      {"HGETEX h FIELDS 0 a", "ERR Number of fields must be a positive integer"},
      {"HGETEX h FIELDS 2 a", "ERR The `numfields` parameter must match the number of arguments"},
      {"HSETEX h FNX FXX FIELDS 1 a 1", "ERR Only one of FXX or FNX arguments can be specified"},
      {"HSETEX h EX 1 KEEPTTL FIELDS 1 a 1",
       "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"},
      {"HSETEX h AB FIELDS 1 a 1", "ERR unknown argument: AB"},
  };
  for (const auto& [call, error] : cases) {
    EXPECT_EQ(t_.run(call), "(error) " + std::string(error)) << call;
  }
  EXPECT_EQ(t_.run("HTTL h FIELDS 1 a"), "[-1]");
}

TEST_P(HashCommands, RandomFields) {
  EXPECT_EQ(t_.run("HRANDFIELD h"), "nil");
  EXPECT_EQ(t_.run("HRANDFIELD h 3"), "[]");
  t_.run("HSET h a 1");
  EXPECT_EQ(t_.run("HRANDFIELD h 3 WITHVALUES"), "[\"a\", \"1\"]");
  EXPECT_EQ(t_.run("HRANDFIELD h -2"), "[\"a\", \"a\"]");
  EXPECT_EQ(t_.run("HRANDFIELD h -9223372036854775808"),
            "(error) ERR value is out of range, value must between -9223372036854775807 and "
            "9223372036854775807");
  EXPECT_EQ(t_.run("HRANDFIELD h -9223372036854770000 WITHVALUES"),
            "(error) ERR value is out of range");
  EXPECT_EQ(t_.run("HRANDFIELD h 1 VALUES"), "(error) ERR syntax error");
  t_.run("HELLO 3");
  EXPECT_EQ(t_.run("HRANDFIELD h 3 WITHVALUES"), "[[\"a\", \"1\"]]");
  t_.run("HPEXPIRE h 1 FIELDS 1 a");
  t_.advance_lazily_ms(5);
  t_.effects();
  EXPECT_EQ(t_.run("HRANDFIELD h 3"), "[]");
  EXPECT_EQ(t_.effects(), "HDEL h a");
}

TEST(HashErrors, OfFields) {
  CommandTest t;
  EXPECT_EQ(t.run("HSET h a"), "(error) ERR wrong number of arguments for 'hset' command");
  EXPECT_EQ(t.run("HSET h a 1 b"), "(error) ERR wrong number of arguments for 'hset' command");
  EXPECT_EQ(t.run("HTTL h FIELD 1 a"),
            "(error) ERR Mandatory argument FIELDS is missing or not at the right position");
  EXPECT_EQ(t.run("HTTL h FIELDS 0 a"), "(error) ERR Number of fields must be a positive integer");
  EXPECT_EQ(t.run("HTTL h FIELDS 2 a"),
            "(error) ERR The `numfields` parameter must match the number of arguments");
  EXPECT_EQ(t.run("HEXPIRE h -1 FIELDS 1 a"), "(error) ERR invalid expire time, must be >= 0");
  EXPECT_EQ(t.run("HEXPIRE h 99999999999999 FIELDS 1 a"),
            "(error) ERR invalid expire time in 'hexpire' command");
  EXPECT_EQ(t.run("HSETEX h EX 1 KEEPTTL FIELDS 1 a 1"),
            "(error) ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");
  // Upstash looks at the key first.
  auto upstash = t.connect(Dialect::kUpstash);
  EXPECT_EQ(upstash->run("HEXPIREAT h 1700000000000 FIELDS 1 a"), "[-2]");
}

}  // namespace
}  // namespace redstart
