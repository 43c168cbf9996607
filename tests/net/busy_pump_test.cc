#include "net/busy_pump.h"

#include <functional>
#include <utility>

#include "engine/scripting.h"
#include "tests/net/door_fixture.h"

namespace redstart::test {
namespace {

// Runs for long, as a script does, and lets others in; answers its argument as it is then.
void slow(Context& c) {
  RunningScript script{c.session, c.args, "slow"};
  c.engine.running_script = &script;
  c.engine.attention |= kBusyScript;
  c.engine.host().serve_others();
  c.engine.attention &= ~kBusyScript;
  c.engine.running_script = nullptr;
  c.reply.bulk(c.arg(1));
}
constexpr CommandSpec kSlow = {.name = "slow", .arity = 2, .run = slow};
constexpr CommandSpec kUrgent = {.name = "urgent", .arity = 1, .flags = kAllowBusy, .run = ping};
constexpr const CommandSpec* kMore[] = {&kSlow, &kUrgent};

constexpr std::string_view kBusy =
    "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n";

class BusyPumpTest : public DoorTest {
 protected:
  BusyPumpTest() {
    engine.add_commands(kMore);
    engine.host().serve_others = [this] {
      pump.serve(engine.running_script->caller.channel()->info().fd);
      if (auto once = std::exchange(meanwhile, nullptr)) once();
    };
  }

  BusyPump pump{loop, {&door}};
  std::function<void()> meanwhile;
};

TEST_F(BusyPumpTest, OthersHearBusyAndWhatIsAllowedRuns) {
  Client script(port()), other(port());
  turns(3);
  std::string heard;
  std::unique_ptr<Client> late;
  meanwhile = [&] {
    // The first round accepts, the second reads.
    late = std::make_unique<Client>(port());
    late->send(request({"urgent"}) + request({"ping"}));
    other.send(request({"urgent"}) + request({"ping"}) + request({"urgent"}));
    for (int i = 0; i < 2000 && heard.size() < 2 * 7 + kBusy.size(); i++) {
      engine.host().serve_others();
      other.receive(&heard);
      usleep(100);
    }
    std::string early;
    for (int i = 0; i < 2000 && early.size() < 7 + kBusy.size(); i++) {
      engine.host().serve_others();
      late->receive(&early);
      usleep(100);
    }
    EXPECT_EQ(early, "+PONG\r\n" + std::string(kBusy));
  };
  // What the others send must not land where the arguments of the script are.
  const std::string argument(3000, 'a');
  const std::string answer_of_script = "$3000\r\n" + argument + "\r\n+PONG\r\n";
  EXPECT_EQ(ask(script, request({"slow", argument}) + request({"ping"}), answer_of_script.size()),
            answer_of_script);
  EXPECT_EQ(heard, "+PONG\r\n" + std::string(kBusy) + "+PONG\r\n");
  EXPECT_EQ(ask(other, request({"ping"}), 7), "+PONG\r\n");
}

TEST_F(BusyPumpTest, TheOneWhoWaitsIsNotReadAndNotAnswered) {
  Client script(port());
  std::string early;
  meanwhile = [&] {
    script.send(request({"urgent"}));
    usleep(1000);
    for (int i = 0; i < 10; i++) engine.host().serve_others();
    script.receive(&early);
  };
  EXPECT_EQ(ask(script, request({"ping"}) + request({"slow", "x"}), 7 + 7 + 7),
            "+PONG\r\n$1\r\nx\r\n+PONG\r\n");
  EXPECT_EQ(early, "");
}

TEST_F(BusyPumpTest, WhoeverGoesMeanwhileIsForgotten) {
  Client script(port());
  auto other = std::make_unique<Client>(port());
  turns(3);
  ASSERT_EQ(door.connections(), 2u);
  meanwhile = [&] {
    other.reset();
    usleep(1000);
    for (int i = 0; i < 10; i++) engine.host().serve_others();
  };
  EXPECT_EQ(ask(script, request({"slow", "x"}), 7), "$1\r\nx\r\n");
  turns(2);
  EXPECT_EQ(door.connections(), 1u);
}

}  // namespace
}  // namespace redstart::test
