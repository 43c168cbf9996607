#include "http/service.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/log.h"
#include "commands/families.h"
#include "engine/engine.h"
#include "engine/session.h"
#include "engine/user_changes.h"

namespace redstart {
namespace {

const std::string kAuth = "Authorization: Bearer secret\r\n";

struct Answer {
  std::string head, body;
  bool stays_open = false;

  int status() const { return atoi(head.c_str() + 9); }
  std::string header(const std::string& name) const {
    const size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class Service : public testing::Test {
 public:
  Service() : engine_({.clock = &clock_, .log = &log_, .seed = 1, .settings = settings()}) {
    log_.set_level(LogLevel::kNothing);
    add_all_commands(engine_);
    keep_read_only_user(engine_);
    service_ = std::make_unique<HttpService>(engine_);
    session_ = std::make_unique<Session>(engine_, Dialect::kUpstash, nullptr);
    caller_ = std::make_unique<HttpService::Caller>(HttpService::Caller{*session_, true});
  }

  Answer ask(const std::string& request) {
    RequestReader reader;
    Answer answer;
    if (reader.read(request) != RequestReader::Result::kRequest) {
      ADD_FAILURE() << "not a request: " << request;
      return answer;
    }
    engine_.begin_turn();
    ChunkPool pool;
    {
      OutBuf out(pool);
      answer.stays_open =
          service_->answer(reader.request(), *caller_, out) == HttpService::Next::kKeep;
      out.each([&](const char* data, size_t size) {
        answer.body.append(data, size);
        return true;
      });
    }
    engine_.end_turn();
    const size_t end = answer.body.find("\r\n\r\n");
    answer.head = answer.body.substr(0, end + 2);
    answer.body.erase(0, end + 4);
    if (!request.starts_with("HEAD")) {
      EXPECT_EQ(answer.header("Content-Length"), std::to_string(answer.body.size()));
    }
    return answer;
  }
  Answer post(const std::string& path, const std::string& body,
              const std::string& headers = kAuth) {
    return ask("POST " + path + " HTTP/1.1\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  Answer get(const std::string& path, const std::string& headers = kAuth) {
    return ask("GET " + path + " HTTP/1.1\r\n" + headers + "\r\n");
  }

 protected:
  static Settings settings() {
    Settings s;
    s.http_token = "secret";
    s.http_readonly_token = "looking";
    s.requirepass = "something else";
    return s;
  }

  ManualClock clock_;
  Log log_;
  Engine engine_;
  std::unique_ptr<HttpService> service_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<HttpService::Caller> caller_;
};

TEST_F(Service, ACommandInTheBody) {
  const Answer set = post("/", R"(["SET","k","v",  "EX", 10])");
  EXPECT_EQ(set.status(), 200);
  EXPECT_EQ(set.body, "{\"result\":\"OK\"}");
  EXPECT_EQ(set.header("Content-Type"), "application/json; charset=utf-8");
  EXPECT_EQ(set.header("Date"), "Tue, 14 Nov 2023 22:13:20 GMT");
  EXPECT_TRUE(set.stays_open);
  EXPECT_EQ(post("/", "[\"get\",\"k\"]").body, "{\"result\":\"v\"}");
  EXPECT_EQ(post("/", "[\"get\",\"none\"]").body, "{\"result\":null}");
  EXPECT_EQ(post("/", "[\"append\",\"k\",1e+21]").body, "{\"result\":6}");
}

TEST_F(Service, APathCommand) {
  EXPECT_EQ(get("/set/a%20b/c").body, "{\"result\":\"OK\"}");
  EXPECT_EQ(post("/set/k?EX=100", "{\"raw\": 1}\n").body, "{\"result\":\"OK\"}");
  EXPECT_EQ(get("/get/k").body, "{\"result\":\"{\\\"raw\\\": 1}\\n\"}");
  EXPECT_EQ(get("/ttl/k").body, "{\"result\":100}");
  EXPECT_EQ(get("/get/a%zz").body, "{\"error\":\"ERR invalid URL escape\"}");
}

TEST_F(Service, Errors) {
  for (const auto& [body, text] : std::initializer_list<std::pair<const char*, const char*>>{
           {"", "EOF"},
           {"{}", "expected JSON array"},
           {"[]", "ERR empty command"},
           {"[\"get\",null]", "ERR null args are not supported"},
           {"[\"get\"]", "ERR wrong number of arguments for 'get' command"},
           {"[\"NoSuch\",\"x\"]",
            "ERR Command is not available: 'NOSUCH'. See "
            "https://upstash.com/docs/redis/overall/rediscompatibility for details"},
           {"[\"Multi\"]",
            "ERR Command \\\"MULTI\\\" is not allowed in REST or it has a special context path"}}) {
    const Answer answer = post("/", body);
    EXPECT_EQ(answer.status(), 400) << body;
    EXPECT_EQ(answer.body, "{\"error\":\"" + std::string(text) + "\"}");
  }
}

TEST_F(Service, Tokens) {
  const std::string body = "[\"set\",\"k\",\"v\"]";
  const Answer refused = post("/", body, "");
  EXPECT_EQ(refused.status(), 401);
  EXPECT_EQ(refused.body,
            "{\"error\":\"WRONGPASS invalid or missing auth token. See "
            "https://docs.upstash.com/redis/troubleshooting/http_unauthorized for details.\"}");
  EXPECT_EQ(post("/", body, "Authorization: Bearer wrong\r\n").status(), 401);
  EXPECT_EQ(post("/", body, "authorization: secret\r\n").status(), 200);
  EXPECT_EQ(post("/?_token=secret", body, "Authorization: Bearer wrong\r\n").status(), 200);
  EXPECT_EQ(post("/?_token=wrong", body).status(), 401);

  const std::string reader = "Authorization: Bearer looking\r\n";
  EXPECT_EQ(get("/get/k", reader).body, "{\"result\":\"v\"}");
  EXPECT_EQ(post("/", body, reader).body,
            "{\"error\":\"NOPERM this user has no permissions to run the 'set' command or its "
            "subcommand\"}");
  EXPECT_EQ(get("/get/k", "").status(), 401) << "a connection has no rights of its own";
  EXPECT_EQ(post("/", body).status(), 200);
}

TEST_F(Service, TokensOfUsers) {
  EXPECT_EQ(post("/", R"(["ACL","SETUSER","alice","on",">pw","+get","+incr","~a*"])").body,
            "{\"result\":\"OK\"}");
  const std::string answer = post("/", R"(["ACL","RESTTOKEN","alice","pw"])").body;
  ASSERT_TRUE(answer.starts_with("{\"result\":\"")) << answer;
  const std::string token = answer.substr(11, answer.size() - 13);
  const std::string alice = "Authorization: Bearer " + token + "\r\n";
  EXPECT_EQ(get("/incr/a", alice).body, "{\"result\":1}");
  EXPECT_EQ(get("/get/b", alice).body, "{\"error\":\"NOPERM No permissions to access a key\"}");
  EXPECT_EQ(get("/set/a/1", alice).body,
            "{\"error\":\"NOPERM this user has no permissions to run the 'set' command or its "
            "subcommand\"}");
  EXPECT_EQ(post("/pipeline", R"([["INCR","a"],["GET","b"]])", alice).body,
            "[{\"result\":2},{\"error\":\"NOPERM No permissions to access a key\"}]");
  EXPECT_EQ(post("/multi-exec", R"([["INCR","a"]])", alice).body,
            "{\"error\":\"NOPERM this user has no permissions to run the 'multi' command or its "
            "subcommand\"}");
  post("/", R"(["ACL","SETUSER","alice","+@transaction"])");
  EXPECT_EQ(post("/multi-exec", R"([["INCR","a"],["GET","b"]])", alice).body,
            "{\"error\":\"NOPERM No permissions to access a key\"}");
  EXPECT_EQ(get("/get/a").body, "{\"result\":\"2\"}") << "the whole was refused";
  post("/", R"(["ACL","SETUSER","alice","off"])");
  EXPECT_EQ(get("/get/a", alice).status(), 401);
  post("/", R"(["ACL","SETUSER","alice","on"])");
  EXPECT_EQ(get("/get/a", alice).status(), 200);
  post("/", R"(["ACL","DELUSER","alice"])");
  EXPECT_EQ(get("/get/a", alice).status(), 401);
  EXPECT_EQ(get("/get/a").status(), 200);
}

TEST_F(Service, Pipeline) {
  const Answer answer = post("/pipeline", R"([["SET","k","v"],["INCR","k"],[],["GET","k"],7])");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body,
            "[{\"result\":\"OK\"},{\"error\":\"ERR value is not an integer or out of range\"},"
            "{\"error\":\"ERR empty command\"},{\"result\":\"v\"},"
            "{\"error\":\"expected JSON array\"}]");
  EXPECT_EQ(post("/pipeline", "[]").body, "[]");
  EXPECT_EQ(post("/pipeline", "[[\"GET\"]").status(), 400);

  // Longer than a window.
  std::string many = "[", expected = "[";
  for (int i = 1; i <= 100; i++) {
    many += i == 1 ? "[\"INCR\",\"n\"]" : ",[\"INCR\",\"n\"]";
    expected += (i == 1 ? "{\"result\":" : ",{\"result\":") + std::to_string(i) + "}";
  }
  EXPECT_EQ(post("/pipeline", many + "]").body, expected + "]");
}

TEST_F(Service, MultiExec) {
  const Answer done = post("/multi-exec", R"([["SET","k","v"],["INCR","k"],["GET","k"]])",
                           kAuth + "Upstash-Encoding: base64\r\n");
  EXPECT_EQ(done.status(), 200);
  EXPECT_EQ(done.body,
            "[{\"result\":\"OK\"},{\"error\":\"ERR value is not an integer or out of range\"},"
            "{\"result\":\"dg==\"}]");
  EXPECT_EQ(post("/multi-exec", "[]").body, "[]");

  const Answer refused = post("/multi-exec", R"([["SET","k","changed"],["GET"]])");
  EXPECT_EQ(refused.status(), 400);
  EXPECT_EQ(refused.body, "{\"error\":\"ERR wrong number of arguments for 'get' command\"}");
  EXPECT_EQ(post("/multi-exec", R"([["SET","k","changed"],["EXEC"]])").status(), 400);
  EXPECT_EQ(post("/multi-exec", R"([["SET","k","changed"],[null]])").status(), 400);
  EXPECT_EQ(get("/get/k").body, "{\"result\":\"v\"}") << "all or nothing";
  EXPECT_EQ(engine_.session_count(), 1u);
}

TEST_F(Service, Formats) {
  post("/", "[\"set\",\"k\",\"OK\"]");
  const std::string base64 = kAuth + "Upstash-Encoding: base64\r\n";
  EXPECT_EQ(get("/get/k", base64).body, "{\"result\":\"T0s=\"}");
  EXPECT_EQ(get("/set/k/OK", base64).body, "{\"result\":\"OK\"}");
  EXPECT_EQ(get("/type/k", base64).body, "{\"result\":\"c3RyaW5n\"}");

  const std::string resp2 = kAuth + "Upstash-Response-Format: resp2\r\n";
  const Answer raw = get("/get/k", resp2);
  EXPECT_EQ(raw.body, "$2\r\nOK\r\n");
  EXPECT_EQ(raw.header("Content-Type"), "application/octet-stream");
  const Answer error = get("/get", resp2);
  EXPECT_EQ(error.status(), 400);
  EXPECT_EQ(error.body, "-ERR wrong number of arguments for 'get' command\r\n");
  EXPECT_EQ(post("/pipeline", R"([["GET","k"],[],["GET","none"]])", resp2).body,
            "$2\r\nOK\r\n-ERR empty command\r\n$-1\r\n");
  EXPECT_EQ(post("/multi-exec", R"([["GET","k"]])", resp2).body, "[{\"result\":\"OK\"}]");

  EXPECT_EQ(get("/type/k", kAuth + "Upstash-Response-Format: json\r\n").status(), 200);
  EXPECT_EQ(get("/type/k", kAuth + "Upstash-Response-Format: xml\r\n").status(), 400);
  EXPECT_EQ(get("/type/k", kAuth + "Upstash-Encoding: gzip\r\n").status(), 400);
  EXPECT_EQ(get("/type/k", resp2 + "Upstash-Encoding: base64\r\n").status(), 400);
}

TEST_F(Service, SyncTokensDifferAndGrow) {
  const auto token = [](const Answer& a) { return atoll(a.header("upstash-sync-token").c_str()); };
  const auto first = token(get("/get/k")), second = token(post("/", "[\"set\",\"k\",1]")),
             third = token(post("/pipeline", "[]"));
  EXPECT_GT(first, 0);
  EXPECT_GT(second, first);
  EXPECT_GT(third, second);
}

TEST_F(Service, Methods) {
  EXPECT_EQ(ask("PUT /set/k HTTP/1.1\r\n" + kAuth + "Content-Length: 1\r\n\r\nv").status(), 200);
  const Answer head = ask("HEAD /get/k HTTP/1.1\r\n" + kAuth + "\r\n");
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.header("Content-Length"), "14");
  const Answer other = ask("DELETE /get/k HTTP/1.1\r\n" + kAuth + "\r\n");
  EXPECT_EQ(other.status(), 405);
  EXPECT_EQ(other.body, "");
}

TEST_F(Service, Browsers) {
  const Answer preflight =
      ask("OPTIONS /pipeline HTTP/1.1\r\nOrigin: http://app\r\n"
          "Access-Control-Request-Headers: authorization,upstash-encoding\r\n\r\n");
  EXPECT_EQ(preflight.status(), 200);
  EXPECT_EQ(preflight.header("Access-Control-Allow-Origin"), "http://app");
  EXPECT_EQ(preflight.header("Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(preflight.header("Access-Control-Allow-Headers"), "authorization,upstash-encoding");
  const Answer answer = get("/type/k", kAuth + "Origin: http://app\r\n");
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "http://app");
  EXPECT_EQ(get("/type/k").header("Access-Control-Allow-Origin"), "");
  EXPECT_NE(get("/", "").body.find("Redstart is running"), std::string::npos);
}

TEST_F(Service, HealthAndMetrics) {
  EXPECT_EQ(get("/health", "").body, "{\"status\":\"ok\"}");
  get("/set/k/v");
  const std::string metrics = get("/metrics", "").body;
  EXPECT_NE(metrics.find("redstart_command_calls_total{command=\"set\"} 1\n"), std::string::npos);
  EXPECT_NE(metrics.find("redstart_keys{db=\"0\"} 1\n"), std::string::npos);
  EXPECT_NE(
      metrics.find("redstart_command_duration_seconds_bucket{command=\"set\",le=\"+Inf\"} 1\n"),
      std::string::npos);
  caller_->is_local = false;
  EXPECT_EQ(get("/metrics", "").status(), 401);
  EXPECT_EQ(get("/metrics").status(), 200);
}

TEST_F(Service, AnAnswerMayBeTooLong) {
  const std::string resp2 = kAuth + "Upstash-Response-Format: resp2\r\n";
  const std::string error =
      "-ERR max request size exceeded. Limit: 10485760 bytes, Actual: 11000013 bytes\r\n";
  post("/", "[\"SETRANGE\",\"k\",10999999,\"x\"]");
  const Answer answer = get("/get/k", resp2);
  EXPECT_EQ(answer.status(), 400);
  EXPECT_EQ(answer.body, error);
  const Answer items = post("/pipeline", "[[\"GET\",\"k\"],[\"STRLEN\",\"k\"]]", resp2);
  EXPECT_EQ(items.status(), 200);
  EXPECT_EQ(items.body, error + ":11000000\r\n");
}

}  // namespace
}  // namespace redstart
