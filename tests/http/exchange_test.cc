// The door with real sockets: its loop is turned by hand, its clock stands still.
#include "http/exchange.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/clock.h"
#include "base/log.h"
#include "commands/families.h"
#include "engine/engine.h"
#include "http/http_door.h"
#include "net/loop.h"

namespace redstart {
namespace {

class Client {
 public:
  explicit Client(Loop& loop, int port) : loop_(loop), fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { close(fd_); }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
      if (sent < 0 && errno != EAGAIN) return;  // the server has hung up
      loop_.turn(0);
    }
  }
  void send_no_more() { shutdown(fd_, SHUT_WR); }
  // What the server says, until it has been silent for a while.
  std::string receive() {
    constexpr int kSilentTurns = 200;  // some megabytes are read in silence
    std::string all;
    char piece[65536];
    for (int quiet = 0; quiet < kSilentTurns && !ended_;) {
      loop_.turn(0);
      const ssize_t got = recv(fd_, piece, sizeof piece, MSG_DONTWAIT);
      if (got == 0) ended_ = true;
      if (got > 0) all.append(piece, static_cast<size_t>(got));
      quiet = got > 0 ? 0 : quiet + 1;
    }
    return all;
  }
  bool ended() const { return ended_; }

 private:
  Loop& loop_;
  int fd_;
  bool ended_ = false;
};

class Exchange : public testing::Test {
 public:
  Exchange()
      : engine_({.clock = &clock_, .log = &log_, .seed = 1, .settings = settings()}),
        loop_(engine_) {
    log_.set_level(LogLevel::kNothing);
    add_all_commands(engine_);
    door_ = std::make_unique<HttpDoor>(loop_);
    std::string error;
    EXPECT_TRUE(door_->listen_tcp({"127.0.0.1", Door::kAnyPort, 100}, &error)) << error;
  }
  ~Exchange() override { door_.reset(); }

  std::unique_ptr<Client> connect() { return std::make_unique<Client>(loop_, door_->port()); }

 protected:
  static Settings settings() {
    Settings s;
    s.http_token = "t";
    return s;
  }
  ManualClock clock_;
  Log log_;
  Engine engine_;
  Loop loop_;
  std::unique_ptr<HttpDoor> door_;
};

std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nAuthorization: t\r\n\r\n";
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at++) found++;
  return found;
}

TEST_F(Exchange, RequestsInARowAreAnsweredInOrder) {
  auto client = connect();
  std::string requests;
  for (int i = 0; i < 50; i++) requests += get("/incr/n");
  client->send(requests);
  const std::string answers = client->receive();
  EXPECT_EQ(count(answers, "HTTP/1.1 200 OK\r\n"), 50u);
  size_t last = 0;
  for (int i = 1; i <= 50; i++) {
    const size_t at = answers.find("{\"result\":" + std::to_string(i) + "}");
    ASSERT_NE(at, std::string::npos);
    EXPECT_GE(at, last);
    last = at;
  }
}

TEST_F(Exchange, BytesThatTrickle) {
  auto client = connect();
  const std::string request =
      "POST / HTTP/1.1\r\nAuthorization: t\r\nContent-Length: 15\r\n\r\n[\"set\",\"k\",\"v\"]";
  for (const char c : request) client->send({&c, 1});
  EXPECT_TRUE(client->receive().ends_with("{\"result\":\"OK\"}"));
}

TEST_F(Exchange, LongBodiesAndAnswers) {
  auto client = connect();
  const std::string value(3000000, 'v');
  client->send("POST /set/k HTTP/1.1\r\nAuthorization: t\r\nContent-Length: 3000000\r\n\r\n" +
               value);
  EXPECT_TRUE(client->receive().ends_with("{\"result\":\"OK\"}"));
  client->send(get("/get/k") + get("/strlen/k"));
  const std::string answers = client->receive();
  EXPECT_NE(answers.find("{\"result\":\"" + value + "\"}"), std::string::npos);
  EXPECT_TRUE(answers.ends_with("{\"result\":3000000}"));
}

TEST_F(Exchange, LeaveToSendTheBody) {
  auto client = connect();
  client->send(
      "POST /set/k HTTP/1.1\r\nAuthorization: t\r\nExpect: 100-continue\r\n"
      "Content-Length: 1\r\n\r\n");
  EXPECT_EQ(client->receive(), "HTTP/1.1 100 Continue\r\n\r\n");
  client->send("v");
  EXPECT_TRUE(client->receive().ends_with("{\"result\":\"OK\"}"));
}

TEST_F(Exchange, GarbageIsAnsweredOnceAndEnds) {
  auto client = connect();
  client->send("hello\r\n\r\n" + get("/incr/n"));
  const std::string answer = client->receive();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_TRUE(answer.ends_with("{\"error\":\"ERR malformed HTTP request\"}"));
  EXPECT_TRUE(client->ended());
}

TEST_F(Exchange, ConnectionClose) {
  auto client = connect();
  client->send("GET /health HTTP/1.1\r\nConnection: close\r\n\r\n" + get("/health"));
  EXPECT_EQ(count(client->receive(), "HTTP/1.1 200 OK"), 1u);
  EXPECT_TRUE(client->ended());
}

TEST_F(Exchange, AClientThatClosesItsHalfIsAnswered) {
  auto client = connect();
  client->send(get("/set/k/v"));
  client->send_no_more();
  EXPECT_TRUE(client->receive().ends_with("{\"result\":\"OK\"}"));
  EXPECT_TRUE(client->ended());
}

TEST_F(Exchange, ARequestMustCome) {
  auto slow = connect(), idle = connect();
  idle->send(get("/health"));
  idle->receive();
  slow->send("POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n[");
  for (int i = 0; i < 70; i++) {
    clock_.advance_ms(1000);
    slow->send("1");
  }
  EXPECT_TRUE(slow->receive().starts_with("HTTP/1.1 408 Request Timeout\r\n"));
  EXPECT_TRUE(slow->ended());
  EXPECT_EQ(idle->receive(), "");
  EXPECT_FALSE(idle->ended()) << "waiting between requests is another matter";
  clock_.advance_ms(HttpDoor::kIdleMs);
  idle->receive();
  clock_.advance_ms(2000);
  idle->receive();
  EXPECT_TRUE(idle->ended());
}

// Who asks and does not listen is not asked for more memory.
TEST_F(Exchange, UnreadAnswersStopTheRequests) {
  auto client = connect();
  client->send(get("/setrange/k/999999/x"));
  client->receive();
  std::string requests;
  for (int i = 0; i < 30; i++) {
    requests += "GET /get/k HTTP/1.1\r\nAuthorization: t\r\nUpstash-Response-Format: resp2\r\n\r\n";
  }
  client->send(requests);
  for (int i = 0; i < 50; i++) loop_.turn(0);
  EXPECT_LT(door_->memory(), HttpExchange::kUnsentMax + (2u << 20));
  EXPECT_EQ(count(client->receive(), "HTTP/1.1 200 OK"), 30u);
}

TEST_F(Exchange, PausedClientsAreAnsweredAfterwards) {
  auto client = connect();
  client->send(get("/health"));
  client->receive();
  engine_.pause_clients(clock_.wall_us() / 1000 + 5000, true);
  client->send(get("/set/k/v"));
  EXPECT_EQ(client->receive(), "");
  engine_.unpause_clients();
  EXPECT_TRUE(client->receive().ends_with("{\"result\":\"OK\"}"));
}

}  // namespace
}  // namespace redstart
