#include "net/read_ahead.h"

#include <sys/ioctl.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "engine/scripting.h"
#include "net/busy_pump.h"
#include "tests/net/door_fixture.h"

namespace redstart::test {
namespace {

// Answers how many of its kind have run. The first one does more, where a test wants it.
int ran;
std::function<void(Context&)> at_first;
void ordinal(Context& c) {
  if (auto more = std::exchange(at_first, nullptr)) more(c);
  c.reply.integer(++ran);
}
constexpr CommandSpec kOrdinal = {
    .name = "ordinal", .arity = -1, .flags = kAllowBusy, .run = ordinal};
constexpr const CommandSpec* kMore[] = {&kOrdinal};

class ReadAheadTest : public DoorTest {
 protected:
  ReadAheadTest() {
    engine.add_commands(kMore);
    ran = 0;
    at_first = nullptr;
  }

  void connect(size_t count) {
    for (size_t i = 0; i < count; i++) {
      clients.push_back(std::make_unique<Client>(port()));
      turns(1);
    }
    turns(2);
    ASSERT_EQ(door.connections(), count);
    for (Session* s = engine.sessions().first(); s; s = engine.sessions().after(s)) {
      sessions.push_back(s);
    }
  }
  void send(size_t client, std::string_view text) { clients[client]->send(text); }
  std::string heard(size_t client) {
    std::string text;
    clients[client]->receive(&text);
    return text;
  }

  const std::string small = request({"ordinal", "key"});
  const std::string long_one = request({"ordinal", std::string(ReadAhead::kBytesMax, 'k')});
  const std::string without_key = request({"ordinal"});
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<Session*> sessions;  // in the order of clients
};

TEST_F(ReadAheadTest, OthersAreReceivedBeforeTheFirstRuns) {
  connect(8);
  size_t received = 0;
  at_first = [&](Context&) {
    for (Session* session : sessions) {
      int unread = 0;
      ioctl(session->channel()->info().fd, FIONREAD, &unread);
      received += unread == 0;
    }
  };
  for (size_t i = 0; i < 8; i++) send(i, small);
  loop.turn(100);
  EXPECT_EQ(received, 5u);
  for (size_t i = 0; i < 8; i++) EXPECT_EQ(heard(i), ":" + std::to_string(i + 1) + "\r\n");
}

TEST_F(ReadAheadTest, AllRunInTheOrderTheyCame) {
  const std::string kinds[] = {small,    without_key, small, small,       small,
                               long_one, small,       small, "ordinal\n", small + small};
  connect(std::size(kinds));
  for (size_t i = 0; i < std::size(kinds); i++) send(i, kinds[i]);
  loop.turn(100);
  for (size_t i = 0; i + 1 < std::size(kinds); i++) {
    EXPECT_EQ(heard(i), ":" + std::to_string(i + 1) + "\r\n");
  }
  EXPECT_EQ(heard(std::size(kinds) - 1), ":10\r\n:11\r\n");
}

TEST_F(ReadAheadTest, APartOfARequestWaitsForItsRest) {
  connect(2);
  const std::string whole = request({"ordinal", "key", "value"});
  send(0, whole.substr(0, whole.size() - 5));
  send(1, small);
  loop.turn(100);
  EXPECT_EQ(heard(0), "");
  EXPECT_EQ(heard(1), ":1\r\n");
  send(0, whole.substr(whole.size() - 5));
  loop.turn(100);
  EXPECT_EQ(heard(0), ":2\r\n");
}

TEST_F(ReadAheadTest, WhoIsClosedMeanwhileDoesNotRun) {
  connect(4);
  at_first = [&](Context&) {
    sessions[1]->channel()->close_now();
    loop.bury_closed();  // as a door does that goes
    sessions[2]->channel()->close_after_flush();
  };
  for (size_t i = 0; i < 4; i++) send(i, small);
  loop.turn(100);
  EXPECT_EQ(heard(0), ":1\r\n");
  EXPECT_EQ(heard(1), "");
  EXPECT_EQ(heard(2), "");
  EXPECT_EQ(heard(3), ":2\r\n");
  EXPECT_EQ(door.connections(), 2u);
}

TEST_F(ReadAheadTest, WhoLeavesLaterIsThereStill) {
  connect(3);
  at_first = [&](Context&) { EXPECT_FALSE(sessions[2]->hold & kClosing); };
  send(0, small);
  send(1, small);
  clients[1].reset();
  clients[2].reset();
  for (int i = 0; i < 5000 && door.connections() > 1; i++) loop.turn(2);
  EXPECT_EQ(heard(0), ":1\r\n");
  EXPECT_EQ(ran, 2);
}

// The kernel tells of so many connections at once, and in the same turn of those that have more.
TEST_F(ReadAheadTest, WhatComesMeanwhileIsPutBehindWhatWaits) {
  connect(1024);
  const std::string echo = request({"echo", "key"});
  const std::string whole = request({"echo", "key"}) + request({"echo", "more"});
  // Runs when the last of all has been received.
  at_first = [&](Context&) { send(1023, whole.substr(echo.size() + 5)); };
  for (size_t i = 0; i < 1019; i++) send(i, i < 1018 ? "ping\r\n" : echo);
  for (size_t i = 1019; i < 1023; i++) send(i, small);
  send(1023, whole.substr(0, echo.size() + 5));
  loop.turn(100);
  EXPECT_EQ(heard(1023), "$3\r\nkey\r\n$4\r\nmore\r\n");
  EXPECT_EQ(heard(1022), ":4\r\n");
}

class ReadAheadBusyTest : public ReadAheadTest {
 protected:
  // A script that lets the others in while it runs.
  void be_busy(Context& c) {
    RunningScript script{c.session, c.args, "slow"};
    engine.running_script = &script;
    engine.attention |= kBusyScript;
    pump.serve(c.session.channel()->info().fd);
    engine.attention &= ~kBusyScript;
    engine.running_script = nullptr;
  }
  BusyPump pump{loop, {&door}};
};

TEST_F(ReadAheadBusyTest, ThoseThatWaitAreServedMeanwhile) {
  connect(4);
  at_first = [&](Context& c) { be_busy(c); };
  for (size_t i = 0; i < 4; i++) send(i, small);
  loop.turn(100);
  EXPECT_EQ(heard(0), ":4\r\n");
  for (size_t i = 1; i < 4; i++) EXPECT_EQ(heard(i), ":" + std::to_string(i) + "\r\n");
}

TEST_F(ReadAheadBusyTest, SoIsTheOneThatOnlyWaitsForThemToRun) {
  for (const std::string& last : {long_one, without_key}) {
    clients.clear();
    sessions.clear();
    turns(3);
    connect(2);
    ran = 0;
    at_first = [&](Context& c) {
      send(1, last);
      be_busy(c);
    };
    send(0, small);
    send(1, last);
    loop.turn(100);
    EXPECT_EQ(heard(1), ":1\r\n:2\r\n");
    EXPECT_EQ(heard(0), ":3\r\n");
  }
}

}  // namespace
}  // namespace redstart::test
