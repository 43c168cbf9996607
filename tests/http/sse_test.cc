#include "http/sse.h"

#include "engine/user_changes.h"
#include "tests/http/exchange_fixture.h"

namespace redstart {
namespace {

class EventStreams : public Exchange {
 protected:
  // A stream that has been opened, and its first answer.
  std::unique_ptr<Client> open(const std::string& request, std::string* answer) {
    auto client = connect();
    client->send(request);
    *answer = client->receive();
    return client;
  }
  std::string ask(const std::string& request) {
    std::string answer;
    open(request, &answer);
    return answer;
  }
};

std::string post(const std::string& path, const std::string& body = "[]") {
  return "POST " + path + " HTTP/1.1\r\nAuthorization: Bearer t\r\nAccept: text/event-stream\r\n" +
         "Upstash-Encoding: base64\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string body_of(const std::string& answer) {
  const size_t head = answer.find("\r\n\r\n");
  return head == std::string::npos ? "" : answer.substr(head + 4);
}

TEST_F(EventStreams, BeginAtOnceAndCarryMessagesAsTheyAre) {
  std::string answer;
  auto stream = open(post("/subscribe/room%20one/x"), &answer);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"));
  EXPECT_NE(answer.find("\r\nTransfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(answer.find("Content-Length"), std::string::npos);
  EXPECT_EQ(body_of(answer), "1e\r\ndata: subscribe,room one/x,1\n\n\r\n");

  EXPECT_NE(ask(get("/publish/room%20one%2Fx/%7B%22a%22%3A1%7D")).find("{\"result\":1}"),
            std::string::npos);
  EXPECT_EQ(stream->receive(), "22\r\ndata: message,room one/x,{\"a\":1}\n\n\r\n");
}

TEST_F(EventStreams, PatternsAndMonitorToo) {
  std::string answer;
  auto pattern = open(get("/psubscribe/ne*?_token=t"), &answer);
  EXPECT_EQ(body_of(answer), "18\r\ndata: psubscribe,ne*,1\n\n\r\n");
  auto monitor = open(get("/monitor"), &answer);
  EXPECT_EQ(body_of(answer), "c\r\ndata: \"OK\"\n\n\r\n");
  ask(get("/publish/news/hi"));
  EXPECT_EQ(pattern->receive(), "1c\r\ndata: pmessage,ne*,news,hi\n\n\r\n");
  const std::string line = monitor->receive();
  EXPECT_NE(line.find("] \"publish\" \"news\" \"hi\"\n\n\r\n"), std::string::npos) << line;
}

TEST_F(EventStreams, EndWithTheirConnection) {
  std::string answer;
  auto stream = open(post("/subscribe/c"), &answer);
  stream.reset();
  EXPECT_NE(ask(get("/publish/c/x")).find("{\"result\":0}"), std::string::npos);
}

TEST_F(EventStreams, OneOfHttp10HasNoChunks) {
  std::string answer;
  auto stream = open("GET /subscribe/c HTTP/1.0\r\nAuthorization: t\r\n\r\n", &answer);
  EXPECT_EQ(body_of(answer), "data: subscribe,c,1\n\n");
  ask(get("/publish/c/x"));
  EXPECT_EQ(stream->receive(), "data: message,c,x\n\n");
}

TEST_F(EventStreams, WhatCannotBeOpenedIsAnErrorInJson) {
  EXPECT_NE(ask("GET /subscribe/c HTTP/1.1\r\n\r\n").find("401 Unauthorized"), std::string::npos);
  EXPECT_NE(ask(get("/subscribe")).find("ERR wrong number of arguments for 'subscribe' command"),
            std::string::npos);
  EXPECT_NE(ask(get("/subscribe/%zz")).find("ERR invalid URL escape"), std::string::npos);
  // Who wants JSON gets none of it.
  const std::string refused =
      ask("GET /subscribe/c HTTP/1.1\r\nAuthorization: t\r\nAccept: application/json\r\n\r\n");
  EXPECT_NE(refused.find("ERR Command \\\"SUBSCRIBE\\\" is not allowed in REST"), std::string::npos);
}

TEST_F(EventStreams, RulesOfUsersHold) {
  Tenant& tenant = engine_.default_tenant();
  const auto change = [&](std::vector<std::string_view> rules) {
    std::string error;
    EXPECT_TRUE(set_user(engine_, tenant, "alice", rules, nullptr, &error)) << error;
  };
  change({"on", ">pw", "+subscribe", "&news"});
  const std::string login =
      " HTTP/1.1\r\nAuthorization: " + tenant.users.rest_token("alice", "pw") + "\r\n\r\n";
  EXPECT_NE(ask("GET /subscribe/other" + login).find("NOPERM No permissions to access a channel"),
            std::string::npos);
  EXPECT_NE(ask("GET /monitor" + login).find("NOPERM this user has no permissions to run the "
                                             "'monitor' command"),
            std::string::npos);
  std::string answer;
  auto stream = open("GET /subscribe/news" + login, &answer);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  change({"+get"});
  stream->receive();
  EXPECT_FALSE(stream->ended());
  change({"resetchannels"});
  stream->receive();
  EXPECT_TRUE(stream->ended());
}

TEST_F(EventStreams, AreKeptAliveAndNeverIdle) {
  std::string answer;
  auto stream = open(post("/subscribe/c"), &answer);
  for (int i = 0; i < 300; i++) {
    clock_.advance_ms(1000);
    loop_.turn(0);
  }
  const std::string comments = stream->receive();
  EXPECT_FALSE(stream->ended());
  EXPECT_EQ(count(comments, "3\r\n:\n\n\r\n"), 20u);
}

TEST_F(EventStreams, WhoDoesNotReadIsClosed) {
  engine_.config().edit().output_limit_pubsub = {64 << 10, 0, 0};
  std::string answer;
  auto stream = open(post("/subscribe/c"), &answer);
  auto publisher = connect();
  const std::string payload(32 << 10, 'x');
  std::string request = "POST /publish/c HTTP/1.1\r\nAuthorization: t\r\nContent-Length: " +
                        std::to_string(payload.size()) + "\r\n\r\n" + payload;
  Stats& stats = engine_.default_tenant().stats;
  for (int i = 0; i < 2000 && stats.output_buffer_limit_disconnections == 0; i++) {
    publisher->send(request);
    loop_.turn(0);
  }
  EXPECT_EQ(stats.output_buffer_limit_disconnections, 1u);
  EXPECT_NE(ask(get("/publish/c/x")).find("{\"result\":0}"), std::string::npos);
}

}  // namespace
}  // namespace redstart
