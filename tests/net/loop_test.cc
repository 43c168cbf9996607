#include "net/loop.h"

#include <thread>

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

}  // namespace
}  // namespace redstart::test
