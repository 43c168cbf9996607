// A RESP door with a handful of commands of its own, driven turn by turn in the test's thread:
// clients are plain sockets, time stands still unless the test moves it.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/numbers.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/session.h"
#include "engine/session_channel.h"
#include "net/loop.h"
#include "net/resp_door.h"

namespace redstart::test {

inline void ping(Context& c) { c.reply.status("PONG"); }
inline void echo(Context& c) { c.reply.bulk(c.arg(1)); }
inline void count(Context& c) { c.reply.integer(static_cast<int64_t>(c.arg(1).size())); }
// A bulk string of that many bytes.
inline void big(Context& c) {
  int64_t size = 0;
  parse_int64(c.arg(1), &size);
  c.reply.bulk(std::string(static_cast<size_t>(size), 'x'));
}
inline void quit(Context& c) {
  c.reply.ok();
  c.session.channel()->close_after_flush();
}
// Waits until somebody resumes it; its answer comes late.
inline void hold(Context& c) { c.session.hold |= kBlocked; }
inline void proto(Context& c) {
  c.session.set_resp(c.arg(1) == "3" ? 3 : 2);
  c.reply.ok();
}
inline void answers(Context& c) {
  c.session.reply_mode = c.arg(1) == "on"    ? ReplyMode::kOn
                         : c.arg(1) == "off" ? ReplyMode::kOff
                                             : ReplyMode::kSkipNext;
  if (c.arg(1) == "on") c.reply.ok();
}
inline void nothing(Context& c) { c.reply.null(); }
// How often answers have left for the kernel.
inline void written(Context& c) {
  c.reply.integer(static_cast<int64_t>(c.tenant.stats.writes_processed));
}

inline constexpr CommandSpec kPing = {.name = "ping", .arity = 1, .run = ping};
inline constexpr CommandSpec kEcho = {.name = "echo", .arity = 2, .run = echo};
inline constexpr CommandSpec kCount = {.name = "count", .arity = 2, .run = count};
inline constexpr CommandSpec kBig = {.name = "big", .arity = 2, .run = big};
inline constexpr CommandSpec kQuit = {.name = "quit", .arity = 1, .run = quit};
inline constexpr CommandSpec kHold = {.name = "hold", .arity = 1, .run = hold};
inline constexpr CommandSpec kProto = {
    .name = "proto", .arity = 2, .flags = kEndsWindow, .run = proto};
inline constexpr CommandSpec kAnswers = {.name = "answers", .arity = 2, .run = answers};
inline constexpr CommandSpec kNothing = {.name = "nothing", .arity = 1, .run = nothing};
inline constexpr CommandSpec kWritten = {.name = "written", .arity = 1, .run = written};
inline constexpr const CommandSpec* kCommands[] = {
    &kPing, &kEcho, &kCount, &kBig, &kQuit, &kHold, &kProto, &kAnswers, &kNothing, &kWritten};

// A request as clients send it.
inline std::string request(std::initializer_list<std::string_view> words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (std::string_view word : words) {
    text += "$" + std::to_string(word.size()) + "\r\n";
    text.append(word).append("\r\n");
  }
  return text;
}

class Client {
 public:
  explicit Client(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // The kernel completes the connection before the server accepts it.
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    fcntl(fd_, F_SETFL, O_NONBLOCK);
  }
  ~Client() { close(fd_); }
  Client(const Client&) = delete;

  // How many bytes the kernel took.
  size_t send(std::string_view bytes) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<size_t>(sent);
  }
  // Appends what has arrived to `text`. False once the server has closed.
  bool receive(std::string* text) {
    char block[64 * 1024];
    while (true) {
      const ssize_t got = recv(fd_, block, sizeof block, 0);
      if (got < 0) return errno == EAGAIN || errno == EINTR;
      if (got == 0) return false;
      text->append(block, static_cast<size_t>(got));
    }
  }

 private:
  int fd_;
};

class DoorTest : public testing::Test {
 protected:
  // A thousand connections have both of their ends here; a shell allows less unless it is asked.
  static void SetUpTestSuite() {
    rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::max(files.rlim_cur, std::min<rlim_t>(files.rlim_max, 4096));
    setrlimit(RLIMIT_NOFILE, &files);
  }

  DoorTest() {
    log.set_level(LogLevel::kNothing);
    engine.add_commands(kCommands);
    std::string error;
    EXPECT_TRUE(door.listen_tcp({"127.0.0.1", Door::kAnyPort}, &error)) << error;
  }

  int port() const { return door.port(); }
  Settings& settings() { return engine.config().edit(); }
  Stats& stats() { return engine.default_tenant().stats; }
  void turns(int n) {
    for (int i = 0; i < n; i++) loop.turn(0);
  }

  // Serves until `client` has received `size` bytes or the end. A server that never answers ends
  // the wait after a time that no busy machine needs.
  std::string answer(Client& client, size_t size) {
    std::string text;
    for (int i = 0; i < 5000 && client.receive(&text) && text.size() < size; i++) loop.turn(2);
    return text;
  }
  // Serves until the server closes: what it said before.
  std::string last_words(Client& client) {
    std::string text;
    for (int i = 0; i < 5000; i++) {
      loop.turn(2);
      if (!client.receive(&text)) return text;
    }
    ADD_FAILURE() << "the connection stays open";
    return text;
  }
  std::string ask(Client& client, std::string_view request, size_t size) {
    client.send(request);
    return answer(client, size);
  }
  // The session of the connection that was accepted last.
  Session& last_session() {
    Session* last = nullptr;
    for (Session* s = engine.sessions().first(); s; s = engine.sessions().after(s)) last = s;
    return *last;
  }

  ManualClock clock;
  Log log;
  Engine engine{{.clock = &clock, .log = &log, .seed = 1, .settings = {}}};
  Loop loop{engine};
  RespDoor door{loop};
};

}  // namespace redstart::test
