// An engine in this process with a clock that stands still, and a client of it:
//
//   CommandTest t;
//   EXPECT_EQ(t.run("SET k v PX 100"), "OK");
//   t.advance_ms(101);
//   EXPECT_EQ(t.run("GET k"), "nil");
//
// Replies are shown as one line: OK, 3, "text", nil, [a, b], {k: v}, #t, 3.1, (error) ERR ....
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "commands/families.h"
#include "engine/engine.h"
#include "engine/session.h"
#include "engine/session_channel.h"
#include "wire/out_buf.h"
#include "wire/resp2_reply.h"
#include "wire/resp3_reply.h"

namespace redstart {

// One RESP2 or RESP3 reply as a line of text; moves `bytes` past it.
std::string show_reply(std::string_view* bytes);
// "SET k 'a b' \"\\x00\"" to words, with the quoting of redis-cli.
std::vector<std::string> split_words(std::string_view line);

// The bytes that wait to be sent.
std::string collect(const OutBuf& out);

// Keeps what a replica would have received.
class RecordingLog : public LogReader {
 public:
  void on_records(std::string_view bytes) override { bytes_.append(bytes); }
  // The commands since the last call, each as its words.
  std::vector<std::vector<std::string>> take();

 private:
  std::string bytes_;
};

// A client of an engine: one session whose replies come back as text.
class TestClient final : public SessionChannel {
 public:
  explicit TestClient(Engine& engine, Dialect dialect = Dialect::kRedis);
  std::string run(std::string_view line);
  std::string run(const std::vector<std::string>& words);
  // The bytes of the reply as they would leave.
  std::string raw(const std::vector<std::string>& words);
  Session& session() { return *session_; }
  // What came since the last call without a command of its own, a line each: the answer of one
  // that waited, pushes. "(nothing)" if nothing did. (listener.h keeps pushes and replies in order.)
  std::string late();
  bool waits() const { return session_->hold & kBlocked; }

  // SessionChannel
  Reply& begin() override;
  void end() override {}
  void push(BigBuf* bytes) override { late_.append(bytes->view()); }
  void close_after_flush() override {}
  void close_now() override {}
  void resume() override {}
  ChannelInfo info() const override { return {}; }

 private:
  Engine& engine_;
  ChunkPool pool_;
  OutBuf late_{pool_};
  std::optional<Resp2Reply> late_resp2_;
  std::optional<Resp3Reply> late_resp3_;
  std::unique_ptr<Session> session_;
};

class CommandTest {
 public:
  explicit CommandTest(Settings settings = test_settings(), Dialect dialect = Dialect::kRedis);
  ~CommandTest();

  static Settings test_settings();   // enable-debug-command yes
  std::string run(std::string_view line) { return client_->run(line); }
  std::string run(const std::vector<std::string>& words) { return client_->run(words); }
  // Two literals in braces would be a range of characters as well.
  std::string run(std::initializer_list<std::string> words) { return client_->run(words); }
  std::string raw(const std::vector<std::string>& words) { return client_->raw(words); }
  std::unique_ptr<TestClient> connect(Dialect dialect = Dialect::kRedis);

  // Moves both clocks, then gives the engine a turn (timers, active expiry).
  void advance_ms(int64_t ms);
  // Without the turn: what is due must be noticed lazily.
  void advance_lazily_ms(int64_t ms);
  // What a replica would have received since the last call: "SELECT 0; SET k v", or as words.
  std::string effects();
  std::vector<std::vector<std::string>> effect_words() { return log_.take(); }

  Engine& engine() { return *engine_; }
  Session& session() { return client_->session(); }
  ManualClock& clock() { return clock_; }

 private:
  ManualClock clock_;
  Log quiet_;
  std::unique_ptr<Engine> engine_;
  RecordingLog log_;
  std::unique_ptr<TestClient> client_;
};

}  // namespace redstart
