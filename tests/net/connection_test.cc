#include "net/connection.h"

#include <chrono>
#include <random>

#include "tests/net/door_fixture.h"

namespace redstart::test {
namespace {

class ConnectionTest : public DoorTest {
 protected:
  // Every kind of frame, an empty line and an empty array between them.
  const std::string requests_ = request({"ping"}) + "echo \"a b\"\r\n" + "\r\n" + "*0\r\n" +
                                request({"echo", ""}) + request({"nope"}) + "ping\n" +
                                request({"echo", std::string(300, 'e')}) + request({"ping"});
  const std::string answers_ =
      "+PONG\r\n$3\r\na b\r\n$0\r\n\r\n-ERR unknown command 'nope', with args beginning with: \r\n"
      "+PONG\r\n$300\r\n" +
      std::string(300, 'e') + "\r\n+PONG\r\n";
};

TEST_F(ConnectionTest, AnswersAPipelineCutAtAnyByte) {
  Client client(port());
  for (size_t cut = 0; cut <= requests_.size(); cut++) {
    client.send(requests_.substr(0, cut));
    turns(2);
    ASSERT_EQ(ask(client, requests_.substr(cut), answers_.size()), answers_) << "cut at " << cut;
  }
}

TEST_F(ConnectionTest, AnswersAPipelineThatComesByteByByte) {
  Client client(port());
  std::string text;
  for (char byte : requests_) {
    client.send({&byte, 1});
    turns(2);
    client.receive(&text);
  }
  EXPECT_EQ(text + answer(client, answers_.size() - text.size()), answers_);
}

// Long bulk strings take a road of their own, pieces of any size lead to it.
TEST_F(ConnectionTest, AnswersRandomPipelinesInRandomPieces) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  Client client(port());
  for (int round = 0; round < 20; round++) {
    std::string requests, expected;
    for (int i = 0; i < 50; i++) {
      const bool is_long = random() % 8 == 0;
      const std::string word(random() % (is_long ? 300000 : 40), static_cast<char>('a' + i % 26));
      requests += request({"echo", word});
      expected += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    }
    std::string text;
    size_t sent = 0;
    while (sent < requests.size()) {
      sent += client.send(std::string_view(requests).substr(sent, 1 + random() % 100000));
      turns(1);
      client.receive(&text);
    }
    if (text.size() < expected.size()) text += answer(client, expected.size() - text.size());
    ASSERT_TRUE(text == expected) << text.size() << " of " << expected.size();
  }
}

TEST_F(ConnectionTest, GivesItsBuffersBackWhenIdle) {
  Client client(port());
  const std::string word(100000, 'w');
  EXPECT_EQ(ask(client, request({"count", word}) + "ping\r\n", 16), ":100000\r\n+PONG\r\n");
  turns(1);
  const auto held = [&] {
    const ChannelInfo info = last_session().channel()->info();
    return info.query_buffer + info.query_free;
  };
  EXPECT_LE(held(), 32u * 1024);
  EXPECT_EQ(loop.chunks().in_use(), 0u);
  client.send("ping");  // an unfinished command is not given back, however old
  turns(2);
  clock.advance_ms(4000);
  turns(2);
  EXPECT_GE(held(), 4u);
  EXPECT_EQ(ask(client, "\r\n", 7), "+PONG\r\n");
  clock.advance_ms(4000);
  turns(2);
  EXPECT_EQ(held(), 0u);
}

TEST_F(ConnectionTest, WaitsForASlowReader) {
  Client client(port());
  constexpr int kReplies = 40;
  constexpr size_t kSize = 500000;
  std::string requests, expected;
  for (int i = 0; i < kReplies; i++) {
    requests += request({"big", std::to_string(kSize)});
    expected += "$500000\r\n" + std::string(kSize, 'x') + "\r\n";
  }
  client.send(requests);
  turns(200);
  // More than the kernel takes: it waits here, and others are served meanwhile.
  EXPECT_GT(door.memory(), kSize);
  Client other(port());
  EXPECT_EQ(ask(other, "ping\r\n", 7), "+PONG\r\n");

  EXPECT_TRUE(answer(client, expected.size()) == expected);
  turns(2);
  EXPECT_EQ(loop.chunks().in_use(), 0u);
}

TEST_F(ConnectionTest, TheChunksOfALargeReplyGoBackInAWhile) {
  Client client(port());
  constexpr size_t kSize = 10 * ChunkPool::kRunSize;
  // Beside what is sent by reference: many values that are copied.
  std::string requests;
  for (size_t i = 0; i < kSize / 10000; i++) requests += request({"big", "10000"});
  client.send(requests);
  // Nobody reads yet: a slow machine would send as fast as it answers.
  for (int i = 0; i < 5000 && loop.chunks().runs() <= ChunkPool::kRunsKept; i++) loop.turn(0);
  EXPECT_GT(loop.chunks().runs(), ChunkPool::kRunsKept);
  EXPECT_EQ(answer(client, kSize / 10000 * 10010).size(), kSize / 10000 * 10010);
  turns(2);
  for (int i = 0; i < 2; i++) {
    clock.advance_ms(500);
    turns(2);
  }
  EXPECT_EQ(loop.chunks().runs(), ChunkPool::kRunsKept);
}

TEST_F(ConnectionTest, RepliesToABrokenFrameAndCloses) {
  {
    Client client(port());
    client.send("ping\r\n*1\r\nfoo\r\nping\r\n");
    EXPECT_EQ(last_words(client), "+PONG\r\n-ERR Protocol error: expected '$', got 'f'\r\n");
    // What it sends still is not answered, and no reason to reset the connection.
    EXPECT_EQ(client.send("ping\r\n"), 6u);
    turns(3);
    std::string more;
    EXPECT_FALSE(client.receive(&more));
    EXPECT_EQ(more, "");
    EXPECT_EQ(client.send("ping\r\n"), 6u);
    EXPECT_EQ(door.connections(), 1u);
  }
  turns(3);
  EXPECT_EQ(door.connections(), 0u);
}

// The end of the fixture would use what has gone.
TEST_F(ConnectionTest, WhatStillWaitsToBeClosedEndsWithItsDoor) {
  Client slow(port()), refused(port());
  for (int i = 0; i < 40; i++) slow.send(request({"big", "500000"}));
  slow.send("quit\r\n");
  refused.send("*1\r\nfoo\r\n");
  turns(200);
  EXPECT_EQ(door.connections(), 2u);
  door.close_all();
  loop.bury_closed();
  EXPECT_EQ(door.connections(), 0u);
}

TEST_F(ConnectionTest, ClosesOnABrowserWithoutAnAnswer) {
  for (const char* line : {"POST / HTTP/1.1\r\n", "host: localhost:6379\r\n"}) {
    Client client(port());
    client.send(std::string(line) + "ping\r\n");
    EXPECT_EQ(last_words(client), "");
  }
}

TEST_F(ConnectionTest, AnswersQuitAndDropsWhatFollows) {
  Client client(port());
  client.send("quit\r\nping\r\n");
  EXPECT_EQ(last_words(client), "+OK\r\n");
}

TEST_F(ConnectionTest, WhatFollowsQuitWakesNobodyWhileTheAnswerWaits) {
  Client client(port());
  client.send(request({"big", "20000000"}) + "quit\r\n");
  turns(100);
  client.send(std::string(20000, 'x'));
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; i++) loop.turn(20);
  EXPECT_GT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(50));
}

TEST_F(ConnectionTest, LeavesTheRestWhileHeld) {
  Client client(port());
  client.send("ping\r\nhold\r\necho after\r\n");
  EXPECT_EQ(answer(client, 7), "+PONG\r\n");
  client.send("ping\r\n");  // arrives while it is held
  turns(3);
  std::string early;
  client.receive(&early);
  EXPECT_EQ(early, "");

  Session& session = last_session();
  session.channel()->begin().status("LATE");
  session.channel()->end();
  session.hold = 0;
  session.channel()->resume();
  EXPECT_EQ(answer(client, 25), "+LATE\r\n$5\r\nafter\r\n+PONG\r\n");
}

TEST_F(ConnectionTest, KeepsAPausedCommandHoweverLong) {
  Client client(port());
  EXPECT_EQ(ask(client, "ping\r\n", 7), "+PONG\r\n");
  engine.pause_clients(engine.now_ms() + 1000, false);
  const std::string word(100000, 'p');
  const std::string requests = request({"count", word}) + "echo after\r\n";
  for (size_t sent = 0; sent < requests.size(); turns(2)) {
    sent += client.send(std::string_view(requests).substr(sent));
  }
  std::string early;
  client.receive(&early);
  EXPECT_EQ(early, "");
  engine.unpause_clients();
  EXPECT_EQ(answer(client, 20), ":100000\r\n$5\r\nafter\r\n");
}

TEST_F(ConnectionTest, APausedCommandNeedsNoFurtherBytes) {
  Client client(port());
  EXPECT_EQ(ask(client, "ping\r\n", 7), "+PONG\r\n");
  engine.pause_clients(engine.now_ms() + 1000, false);
  client.send("echo it\r\n");
  turns(2);
  engine.unpause_clients();
  EXPECT_EQ(answer(client, 8), "$2\r\nit\r\n");
}

TEST_F(ConnectionTest, TheLargestGoesWhenClientsHoldTooMuch) {
  std::string error;
  ASSERT_TRUE(engine.config().set("maxmemory-clients", "1000000", &error)) << error;
  Client small(port()), large(port()), spared(port());
  EXPECT_EQ(ask(small, "ping\r\n", 7), "+PONG\r\n");
  EXPECT_EQ(ask(large, "ping\r\n", 7), "+PONG\r\n");
  EXPECT_EQ(ask(spared, "ping\r\n", 7), "+PONG\r\n");
  last_session().no_evict = true;
  // Each announces more than all of them may hold.
  const std::string half = "*2\r\n$4\r\necho\r\n$2000000\r\n" + std::string(1000, 'x');
  spared.send(half);
  turns(5);
  EXPECT_EQ(stats().evicted_clients, 0u);
  large.send(half);
  EXPECT_EQ(last_words(large), "");
  EXPECT_EQ(stats().evicted_clients, 1u);
  EXPECT_EQ(ask(small, "ping\r\n", 7), "+PONG\r\n");
}

TEST_F(ConnectionTest, SpeaksTheProtocolAskedForFromTheNextCommandOn) {
  Client client(port());
  EXPECT_EQ(ask(client, "nothing\r\nproto 3\r\nnothing\r\nproto 2\r\nnothing\r\n", 23),
            "$-1\r\n+OK\r\n_\r\n+OK\r\n$-1\r\n");
}

TEST_F(ConnectionTest, LimitsTheUnauthenticated) {
  engine.default_tenant().users.default_user().set_password("secret");
  Client client(port());
  client.send("*11\r\n");
  EXPECT_EQ(last_words(client), "-ERR Protocol error: unauthenticated multibulk length\r\n");
}

TEST_F(ConnectionTest, MutesAnswers) {
  Client client(port());
  EXPECT_EQ(ask(client, "answers skip\r\nping\r\necho a\r\n", 7), "$1\r\na\r\n");
  EXPECT_EQ(
      ask(client, "echo b\r\nanswers off\r\nping\r\nanswers skip\r\nping\r\nanswers on\r\n", 12),
      "$1\r\nb\r\n+OK\r\n");
  EXPECT_EQ(ask(client, "answers skip\r\nanswers on\r\nping\r\n", 12), "+OK\r\n+PONG\r\n");
}

TEST_F(ConnectionTest, ClosesOverTheHardLimit) {
  settings().output_limit_normal.hard_bytes = 100000;
  Client client(port());
  std::string requests;
  for (int i = 0; i < 15; i++) requests += "big 10000\r\n";
  client.send(requests);
  EXPECT_EQ(last_words(client), "");
  EXPECT_EQ(stats().output_buffer_limit_disconnections, 1u);
}

TEST_F(ConnectionTest, AShortReplyPassesAnyLimit) {
  settings().output_limit_normal.hard_bytes = 10;
  Client client(port());
  const std::string reply = ask(client, "big 10000\r\n", 10010);
  EXPECT_EQ(reply.size(), 10010u);
  EXPECT_EQ(stats().output_buffer_limit_disconnections, 0u);
}

TEST_F(ConnectionTest, ClosesWhenTooLongOverTheSoftLimit) {
  settings().output_limit_normal = {0, 100000, 5};
  Client client(port());
  for (int i = 0; i < 40; i++) client.send("big 500000\r\n");
  turns(100);
  clock.advance_ms(5000);
  turns(2);
  EXPECT_EQ(door.connections(), 1u);
  clock.advance_ms(1500);  // nothing new is written meanwhile
  turns(2);
  EXPECT_EQ(door.connections(), 0u);
  EXPECT_EQ(stats().output_buffer_limit_disconnections, 1u);
}

TEST_F(ConnectionTest, ClosesOverTheQueryLimit) {
  settings().client_query_buffer_limit = 1 << 20;
  Client client(port());
  // Many small arguments: no long string that would have a buffer of its own.
  std::string requests = "*1000000\r\n";
  for (int i = 0; i < 200000; i++) requests += "$4\r\nword\r\n";
  client.send(requests);
  EXPECT_EQ(last_words(client), "");
  EXPECT_EQ(stats().query_buffer_limit_disconnections, 1u);
}

// Cut off at once, a client that is still sending would not hear why.
TEST_F(ConnectionTest, ALongStringIsReadUpToTheQueryLimit) {
  settings().client_query_buffer_limit = 1 << 20;
  Client client(port());
  client.send("*2\r\n$4\r\necho\r\n$2000000\r\n" + std::string(1000, 'x'));
  turns(5);
  EXPECT_EQ(stats().query_buffer_limit_disconnections, 0u);
  client.send(std::string(1 << 20, 'x'));
  EXPECT_EQ(last_words(client), "");
  EXPECT_EQ(stats().query_buffer_limit_disconnections, 1u);
}

TEST_F(ConnectionTest, GoesWithItsPeer) {
  {
    Client client(port());
    client.send("ping\r\n*3\r\n$3\r\n");
    turns(3);
    EXPECT_EQ(engine.session_count(), 1u);
  }
  turns(3);
  EXPECT_EQ(engine.session_count(), 0u);
  EXPECT_EQ(loop.connections(), 0u);
}

// The kernel says that with a reset, not with the end.
TEST_F(ConnectionTest, GoesWithAPeerThatReadsNoAnswer) {
  {
    Client client(port());
    client.send(request({"big", "20000000"}));
    turns(20);
    EXPECT_EQ(engine.session_count(), 1u);
  }
  turns(3);
  EXPECT_EQ(engine.session_count(), 0u);
  EXPECT_EQ(loop.chunks().in_use(), 0u);
}

TEST_F(ConnectionTest, MayBeClosedByAnother) {
  Client client(port()), other(port());
  EXPECT_EQ(ask(client, "ping\r\n", 7), "+PONG\r\n");
  EXPECT_EQ(ask(other, "ping\r\n", 7), "+PONG\r\n");
  client.send("ping\r\n");
  last_session().channel()->close_now();
  turns(2);
  EXPECT_EQ(door.connections(), 1u);
}

TEST_F(ConnectionTest, CostsLittleWhenIdle) {
  Client client(port());
  EXPECT_EQ(ask(client, "ping\r\n", 7), "+PONG\r\n");
  turns(1);
  // The rest of the kibibyte is libuv's handle and the allocator's.
  EXPECT_LE(door.memory(), 650u);
}

}  // namespace
}  // namespace redstart::test
