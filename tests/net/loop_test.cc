#include "net/loop.h"

#include <memory>
#include <thread>
#include <vector>

#include "base/big_buf.h"
#include "base/process.h"
#include "tests/net/door_fixture.h"

namespace redstart::test {
namespace {

TEST_F(DoorTest, LoopRunsWhatOtherThreadsPost) {
  int ran = 0;
  std::thread other([&] {
    for (int i = 0; i < 100; i++) {
      loop.post([&] {
        EXPECT_TRUE(loop.in_loop_thread());
        if (++ran == 100) loop.stop();
      });
    }
  });
  loop.run();
  other.join();
  EXPECT_EQ(ran, 100);
}

TEST_F(DoorTest, LoopWakesForTheEnginesDeadline) {
  bool fired = false;
  engine.timers().add(clock.mono_us() / 1000 + 5, [&] { fired = true; });
  loop.turn(0);
  EXPECT_FALSE(fired);
  clock.advance_ms(5);
  loop.turn(10);
  EXPECT_TRUE(fired);
}

TEST_F(DoorTest, LoopStopsOnceAndForAll) {
  loop.stop();
  loop.stop();
  EXPECT_FALSE(loop.turn(0));
  loop.run();  // returns at once
}

TEST_F(DoorTest, LoopSendsAnswersInTheTurnThatMadeThem) {
  Client client(port());
  turns(1);
  client.send("ping\r\n");
  loop.turn(100);
  std::string text;
  client.receive(&text);
  EXPECT_EQ(text, "+PONG\r\n");
}

TEST_F(DoorTest, LoopAnswersTheOthersBeforeItReadsWhoSendsMuch) {
  Client much(port()), little(port());
  const std::string long_line(20000, 'x');
  ASSERT_EQ(ask(much, request({"count", long_line}), 8), ":20000\r\n");
  ASSERT_EQ(ask(little, "ping\r\n", 7), "+PONG\r\n");
  const std::string before = std::to_string(stats().writes_processed + 1);
  much.send("written\r\n");
  little.send("ping\r\n");
  loop.turn(0);
  std::string answers;
  much.receive(&answers);
  EXPECT_EQ(answers, ":" + before + "\r\n");
  // One who has sent little is one of the others again.
  much.send("written\r\n");
  little.send("ping\r\n");
  loop.turn(0);
  EXPECT_EQ(answer(much, 4), ":" + std::to_string(std::stoi(before) + 1) + "\r\n");
}

// So much CPU time; or nothing for longer.
void work(Context& c) {
  const int64_t began = thread_cpu_us();
  while (thread_cpu_us() - began < 600) {
  }
  c.reply.ok();
}
void doze(Context& c) {
  usleep(20000);
  c.reply.ok();
}
constexpr CommandSpec kWork = {.name = "work", .arity = 1, .run = work};
constexpr CommandSpec kDoze = {.name = "doze", .arity = 1, .run = doze};
constexpr const CommandSpec* kLong[] = {&kWork, &kDoze};

TEST_F(DoorTest, LoopTellsWorkFromWaitingInItsLongestTurn) {
  engine.add_commands(kLong);
  Client client(port());
  ASSERT_EQ(ask(client, request({"work"}), 5), "+OK\r\n");
  EXPECT_GE(stats().longest_turn_cpu_us, 600u);
  ASSERT_EQ(ask(client, request({"work"}) + request({"doze"}), 10), "+OK\r\n+OK\r\n");
  EXPECT_GE(stats().longest_turn_us, 20600u);
  EXPECT_LT(stats().longest_turn_cpu_us, 20000u);
}

void tell_others(Engine& engine, const Session* teller, char letter) {
  BigBuf* text = BigBuf::create(1);
  text->set_size(1);
  *text->data() = letter;
  for (Session* s = engine.sessions().first(); s; s = engine.sessions().after(s)) {
    if (s != teller) s->channel()->push(text);
  }
  text->drop();
}
void tell(Context& c) {
  tell_others(c.engine, &c.session, 'a');
  c.reply.ok();
}
constexpr CommandSpec kTell = {.name = "tell", .arity = 1, .run = tell};
constexpr const CommandSpec* kMore[] = {&kTell};

TEST_F(DoorTest, LoopTellsManyInPartsAfterTheAnswerAndLetsThemShareWrites) {
  engine.add_commands(kMore);
  std::vector<std::unique_ptr<Client>> listeners;
  for (int i = 0; i < 40; i++) listeners.push_back(std::make_unique<Client>(port()));
  Client teller(port());
  turns(3);
  ASSERT_EQ(door.connections(), 41u);

  // What had been written after each turn in which something was.
  std::vector<uint64_t> writes = {0};
  const std::function<void()> look = [&] {
    if (stats().writes_processed == writes.back()) return (void)loop.post(look);
    writes.push_back(stats().writes_processed);
    if (writes.size() == 2) {
      std::string answer;
      teller.receive(&answer);
      EXPECT_EQ(answer, "+OK\r\n");
      tell_others(engine, &last_session(), 'b');
    }
    if (stats().bytes_out == 5 + 2 * 40) return loop.stop();
    loop.post(look);
  };
  teller.send(request({"tell"}));
  loop.post(look);
  loop.run();

  EXPECT_EQ(writes[1], 1u + 16);
  // Who had not been told yet is told both at once.
  EXPECT_EQ(writes.back(), 1u + 40 + 16);
  for (auto& listener : listeners) {
    std::string heard;
    listener->receive(&heard);
    EXPECT_EQ(heard, "ab");
  }
}

}  // namespace
}  // namespace redstart::test
