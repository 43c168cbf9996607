#include <gtest/gtest.h>

#include "engine/tracking.h"
#include "tests/commands/listener.h"

namespace redstart {
namespace {

class TrackingTest : public testing::Test {
 protected:
  TrackingTest() { reader.run("HELLO 3"); }

  // What the reader has been told when the turn has ended.
  std::string told() {
    t.advance_ms(0);
    return reader.heard();
  }

  CommandTest t;
  Listener reader{t.engine()};
};

TEST_F(TrackingTest, TellsOnceWhoHasRead) {
  EXPECT_EQ(reader.run("CLIENT TRACKING ON"), "OK");
  t.run("SET k 1");
  t.run("SET other 1");
  EXPECT_EQ(told(), "");
  reader.run("GET k");
  reader.run("MGET a b");
  EXPECT_EQ(t.engine().tracking().keys(), 3u);
  t.run("SET k 2");
  EXPECT_EQ(told(), ">[\"invalidate\", [\"k\"]]");
  t.run("SET k 3");
  EXPECT_EQ(told(), "");
  t.run("LPUSH b x");
  EXPECT_EQ(told(), ">[\"invalidate\", [\"b\"]]");
  EXPECT_EQ(reader.run("CLIENT TRACKING OFF"), "OK");
  t.run("SET a 1");
  EXPECT_EQ(told(), "");
  EXPECT_EQ(t.engine().tracking().keys(), 0u);
}

TEST_F(TrackingTest, OwnChangesAreToldBehindTheirReply) {
  reader.run("CLIENT TRACKING ON");
  reader.run("GET k");
  EXPECT_EQ(reader.run("SET k 1"), "OK\n>[\"invalidate\", [\"k\"]]");
  reader.run("GET k");
  reader.run("MULTI");
  reader.run("SET k 2");
  reader.run("GET k");
  EXPECT_EQ(reader.run("EXEC"), "[OK, \"2\"]\n>[\"invalidate\", [\"k\"]]");
  reader.run("CLIENT TRACKING ON NOLOOP");
  reader.run("GET k");
  EXPECT_EQ(reader.run("SET k 3"), "OK");
}

TEST_F(TrackingTest, TellsOfExpiryEvictionAndFlush) {
  reader.run("CLIENT TRACKING ON");
  t.run("SET k v PX 10");
  reader.run("GET k");
  t.advance_ms(200);  // beyond a tick of the wheel
  EXPECT_EQ(told(), ">[\"invalidate\", [\"k\"]]");
  reader.run("GET k");
  t.run("FLUSHALL");
  EXPECT_EQ(told(), ">[\"invalidate\", nil]");
  EXPECT_EQ(t.engine().tracking().keys(), 0u);
  EXPECT_EQ(reader.run("FLUSHDB"), "OK\n>[\"invalidate\", nil]");
}

TEST_F(TrackingTest, BroadcastsWhatChangedUnderPrefixes) {
  EXPECT_EQ(reader.run("CLIENT TRACKING ON BCAST PREFIX user: PREFIX item:"), "OK");
  t.run("MSET user:1 x other x item:2 x");
  t.run("SET user:1 y");
  EXPECT_EQ(reader.heard(), "");
  EXPECT_EQ(told(), ">[\"invalidate\", [\"item:2\"]]\n>[\"invalidate\", [\"user:1\"]]");
  EXPECT_EQ(reader.run("CLIENT TRACKING ON BCAST PREFIX user:1"),
            "(error) ERR Prefix 'user:1' overlaps with an existing prefix 'user:'. Prefixes for a "
            "single client must not overlap.");
  reader.run("CLIENT TRACKING OFF");
  EXPECT_EQ(t.engine().tracking().prefixes(), 0u);
  reader.run("CLIENT TRACKING ON BCAST NOLOOP");
  reader.run("SET mine 1");
  t.run("SET theirs 1");
  EXPECT_EQ(told(), ">[\"invalidate\", [\"theirs\"]]");
}

TEST_F(TrackingTest, OptInAndOptOut) {
  reader.run("CLIENT TRACKING ON OPTIN");
  reader.run("GET a");
  EXPECT_EQ(reader.run("CLIENT CACHING YES"), "OK");
  reader.run("GET b");
  reader.run("GET c");
  t.run("MSET a 1 b 1 c 1");
  EXPECT_EQ(told(), ">[\"invalidate\", [\"b\"]]");
  reader.run("CLIENT CACHING YES");
  reader.run("MULTI");
  reader.run("GET a");
  reader.run("GET b");
  reader.run("EXEC");
  reader.run("GET c");
  EXPECT_EQ(t.engine().tracking().keys(), 2u);

  reader.run("CLIENT TRACKING OFF");
  reader.run("CLIENT TRACKING ON OPTOUT");
  EXPECT_EQ(reader.run("CLIENT CACHING NO"), "OK");
  reader.run("GET a");
  reader.run("GET b");
  t.run("MSET a 2 b 2");
  EXPECT_EQ(told(), ">[\"invalidate\", [\"b\"]]");
}

TEST_F(TrackingTest, RedirectsToWhoListens) {
  Listener listener(t.engine());
  listener.run("SUBSCRIBE __redis__:invalidate");
  Listener old(t.engine());
  const std::string id = std::to_string(listener.session().id());
  EXPECT_EQ(old.run("CLIENT TRACKING ON REDIRECT " + id), "OK");
  EXPECT_EQ(old.run("CLIENT GETREDIR"), id);
  old.run("GET k");
  t.run("SET k 1");
  EXPECT_EQ(listener.heard(), "[\"message\", \"__redis__:invalidate\", [\"k\"]]");
  EXPECT_EQ(old.heard(), "");
  EXPECT_EQ(old.run("CLIENT TRACKING ON REDIRECT 12345"),
            "(error) ERR The client ID you want redirect to does not exist");
}

TEST_F(TrackingTest, SaysWhenTheRedirectionIsBroken) {
  auto target = std::make_unique<Listener>(t.engine());
  const std::string id = std::to_string(target->session().id());
  reader.run("CLIENT TRACKING ON REDIRECT " + id);
  target.reset();
  reader.run("GET k");
  t.run("SET k 1");
  EXPECT_EQ(told(), ">[\"tracking-redir-broken\", " + id + "]");
  EXPECT_EQ(reader.run("CLIENT TRACKINGINFO"),
            "{\"flags\": ~[\"on\", \"broken_redirect\"], \"redirect\": " + id +
                ", \"prefixes\": []}");
}

TEST_F(TrackingTest, RefusesWhatDoesNotFitTogether) {
  const std::pair<const char*, const char*> cases[] = {
      {"CLIENT TRACKING ON PREFIX a", "PREFIX option requires BCAST mode to be enabled"},
      {"CLIENT TRACKING ON BCAST OPTIN", "OPTIN and OPTOUT are not compatible with BCAST"},
      {"CLIENT TRACKING ON OPTIN OPTOUT", "You can't specify both OPTIN mode and OPTOUT mode"},
      {"CLIENT TRACKING ON BCAST PREFIX ab PREFIX a",
       "Prefix 'ab' overlaps with another provided prefix 'a'. Prefixes for a single client must "
       "not overlap."},
      {"CLIENT TRACKING MAYBE", "syntax error"},
      {"CLIENT CACHING YES",
       "CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT "
       "mode enabled"},
  };
  for (const auto& [line, error] : cases) {
    EXPECT_EQ(reader.run(line), std::string("(error) ERR ") + error) << line;
  }
}

TEST_F(TrackingTest, KeepsItsTableToItsLimit) {
  reader.run("CLIENT TRACKING ON");
  t.run("CONFIG SET tracking-table-max-keys 2");
  reader.run("MGET a b c d");
  EXPECT_EQ(t.engine().tracking().keys(), 4u);
  const std::string told_of = told();
  EXPECT_EQ(t.engine().tracking().keys(), 2u);
  EXPECT_EQ(std::count(told_of.begin(), told_of.end(), '>'), 2);
}

}  // namespace
}  // namespace redstart
