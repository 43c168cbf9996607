// A client whose pushes are seen, in the order in which they and its replies would leave:
//
//   Listener l(t.engine());
//   EXPECT_EQ(l.run("SUBSCRIBE c"), "[\"subscribe\", \"c\", 1]");
//   t.run("PUBLISH c hi");
//   EXPECT_EQ(l.heard(), "[\"message\", \"c\", \"hi\"]");
#pragma once

#include <string>
#include <string_view>

#include "engine/session_channel.h"
#include "tests/commands/fixture.h"

namespace redstart {

class Listener final : public SessionChannel {
 public:
  explicit Listener(Engine& engine, Dialect dialect = Dialect::kRedis)
      : out_(pool_), session_(engine, dialect, this) {}

  // All that the call made it hear, one line per reply or push.
  std::string run(std::string_view line) {
    const std::vector<std::string> words = split_words(line);
    const std::vector<std::string_view> views(words.begin(), words.end());
    session_.hold &= ~kProtocolChanged;
    Dispatcher& dispatcher = session_.engine().dispatcher();
    if (session_.resp == 3) {
      Resp3Reply reply(out_);
      dispatcher.run(session_, Args(views), reply);
    } else {
      Resp2Reply reply(out_);
      dispatcher.run(session_, Args(views), reply);
    }
    return heard();
  }
  // What came since.
  std::string heard() {
    const std::string bytes = heard_bytes();
    std::string_view left = bytes;
    std::string shown;
    while (!left.empty()) shown += (shown.empty() ? "" : "\n") + show_reply(&left);
    return shown;
  }
  std::string heard_bytes() {
    std::string bytes = collect(out_);
    out_.clear();
    return bytes;
  }
  Session& session() { return session_; }

  Reply& begin() override { return late_.emplace(out_); }
  void end() override {}
  void push(BigBuf* bytes) override { out_.append(bytes->view()); }
  void close_after_flush() override { closed = true; }
  void close_now() override { closed = true; }
  void resume() override {}
  ChannelInfo info() const override {
    ChannelInfo info;
    info.address = "127.0.0.1:50123";
    info.fd = 7;
    return info;
  }

  bool closed = false;

 private:
  ChunkPool pool_;
  OutBuf out_;
  std::optional<Resp2Reply> late_;
  Session session_;
};

}  // namespace redstart
