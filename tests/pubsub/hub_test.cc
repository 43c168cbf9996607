#include "pubsub/hub.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/random.h"
#include "core/glob.h"
#include "wire/push.h"

namespace redstart {
namespace {

using Kind = Hub::Kind;

// What each session was told, in RESP2.
struct Mailboxes final : Delivery {
  void deliver(std::span<const uint64_t> sessions, Push& push) override {
    calls++;
    for (uint64_t id : sessions) got[id] += push.bytes(Push::Form::kResp2)->view();
  }
  std::map<uint64_t, std::string> got;
  int calls = 0;
};

TEST(Hub, AMessageReachesChannelThenPatterns) {
  Mailboxes mail;
  Hub hub(mail, 1);
  hub.subscribe(3, Kind::kChannel, "news");
  hub.subscribe(3, Kind::kPattern, "n*s");
  hub.subscribe(4, Kind::kPattern, "x*");
  hub.subscribe(5, Kind::kShard, "news");
  EXPECT_EQ(hub.publish("news", "hi"), 2u);
  EXPECT_EQ(mail.got[3],
            "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$2\r\nhi\r\n"
            "*4\r\n$8\r\npmessage\r\n$3\r\nn*s\r\n$4\r\nnews\r\n$2\r\nhi\r\n");
  EXPECT_FALSE(mail.got.contains(4));
  EXPECT_EQ(hub.publish_to_shard("news", "s"), 1u);
  EXPECT_EQ(mail.got[5], "*3\r\n$8\r\nsmessage\r\n$4\r\nnews\r\n$1\r\ns\r\n");
}

TEST(Hub, AllSessionsOfAChannelShareTheBytes) {
  struct Pointers final : Delivery {
    void deliver(std::span<const uint64_t> sessions, Push& push) override {
      for (size_t i = 0; i < sessions.size(); i++) {
        seen.insert(push.bytes(i % 2 ? Push::Form::kResp2 : Push::Form::kResp3));
      }
    }
    std::set<BigBuf*> seen;
  } pointers;
  Hub hub(pointers, 1);
  for (uint64_t id = 0; id < 100; id++) hub.subscribe(id, Kind::kChannel, "c");
  hub.publish("c", "payload");
  EXPECT_EQ(pointers.seen.size(), 2u);
}

TEST(Hub, NothingIsLeftBehind) {
  Mailboxes mail;
  Hub hub(mail, 1);
  EXPECT_TRUE(hub.subscribe(1, Kind::kChannel, "c"));
  EXPECT_FALSE(hub.subscribe(1, Kind::kChannel, "c"));
  EXPECT_FALSE(hub.unsubscribe(1, Kind::kPattern, "c"));
  hub.subscribe(1, Kind::kPattern, "c*");
  hub.subscribe(2, Kind::kChannel, "c");
  EXPECT_EQ(hub.sessions(), 2u);
  hub.forget(1);
  EXPECT_EQ(hub.topics(Kind::kPattern), 0u);
  EXPECT_EQ(hub.subscribers(Kind::kChannel, "c"), 1u);
  EXPECT_TRUE(hub.unsubscribe(2, Kind::kChannel, "c"));
  EXPECT_FALSE(hub.listens(2));
  EXPECT_EQ(hub.topics(Kind::kChannel) + hub.sessions(), 0u);
  EXPECT_EQ(hub.publish("c", ""), 0u);
}

TEST(Hub, NamesAreListedInOrder) {
  Mailboxes mail;
  Hub hub(mail, 1);
  for (const char* name : {"b", "a", "ab", ""}) hub.subscribe(1, Kind::kChannel, name);
  EXPECT_EQ(hub.names(Kind::kChannel, std::nullopt),
            (std::vector<std::string_view>{"", "a", "ab", "b"}));
  EXPECT_EQ(hub.names(Kind::kChannel, "a*"), (std::vector<std::string_view>{"a", "ab"}));
  EXPECT_EQ(hub.names(Kind::kChannel, ""), (std::vector<std::string_view>{""}));
  EXPECT_EQ(hub.names_of(1, Kind::kChannel), (std::vector<std::string>{"", "a", "ab", "b"}));
}

// Filing patterns by their beginning must not change which of them match.
TEST(Hub, AgreesWithMatchingEveryPattern) {
  constexpr uint64_t kSeed = 20;
  Random random(kSeed);
  Mailboxes mail;
  Hub hub(mail, random.next());
  std::map<uint64_t, std::set<std::string>> subscribed;  // session -> patterns
  auto word = [&](std::string_view letters) {
    std::string text;
    for (size_t i = random.below(5); i > 0; i--) text += letters[random.below(letters.size())];
    return text;
  };
  for (int round = 0; round < 20000; round++) {
    const uint64_t id = random.below(8);
    const std::string pattern = word("ab*?[]\\^");
    switch (random.below(4)) {
      case 0:
        EXPECT_EQ(hub.subscribe(id, Kind::kPattern, pattern), subscribed[id].insert(pattern).second);
        break;
      case 1:
        EXPECT_EQ(hub.unsubscribe(id, Kind::kPattern, pattern), subscribed[id].erase(pattern) > 0);
        break;
      case 2:
        if (random.below(20) > 0) break;
        hub.forget(id);
        subscribed.erase(id);
        break;
      default: {
        const std::string channel = word("ab*[");
        size_t expected = 0;
        for (const auto& [session, patterns] : subscribed) {
          for (const std::string& p : patterns) expected += glob_match(p, channel);
        }
        ASSERT_EQ(hub.publish(channel, "x"), expected) << "seed " << kSeed << " round " << round;
      }
    }
  }
}

}  // namespace
}  // namespace redstart
