#include "http/exchange.h"

#include "tests/http/exchange_fixture.h"

namespace redstart {
namespace {

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

// Closed with unread bytes, its socket would be reset, and the answer with it.
TEST_F(Exchange, AHeadThatIsTooLongIsReadBeforeItsConnectionEnds) {
  const std::string line = "X-Long: " + std::string(1000, 'x') + "\r\n";
  auto client = connect();
  client->send("GET /health HTTP/1.1\r\n");
  for (int i = 0; i < 200; i++) client->send(line);
  EXPECT_FALSE(client->was_cut_off());
  EXPECT_TRUE(client->receive().starts_with("HTTP/1.1 431 "));
  EXPECT_TRUE(client->ended());
  EXPECT_EQ(door_->connections(), 1u);
  client->send_no_more();
  client->receive();
  loop_.turn(0);
  loop_.turn(0);
  EXPECT_EQ(door_->connections(), 0u);
}

TEST_F(Exchange, WhoIsRefusedMayNotSendForEver) {
  auto client = connect();
  client->send("hello\r\n\r\n");
  EXPECT_TRUE(client->receive().starts_with("HTTP/1.1 400 "));
  clock_.advance_ms(4000);
  client->send("more");
  EXPECT_EQ(door_->connections(), 1u);
  clock_.advance_ms(1001);
  client->receive();
  loop_.turn(0);
  EXPECT_EQ(door_->connections(), 0u);
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
