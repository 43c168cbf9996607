// A master in this process and replicas of it that are played by hand: what each was sent is text.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "replication/replication.h"
#include "tests/persist/fixture.h"

namespace redstart {

// A connection of a master's, over a real socket, because children write to that.
class ReplicaPeer final : public SessionChannel {
 public:
  explicit ReplicaPeer(Engine& engine) {
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) abort();
    ours_ = fds[0];
    theirs_ = fds[1];
    fcntl(ours_, F_SETFL, O_NONBLOCK);
    fcntl(theirs_, F_SETFL, O_NONBLOCK);
    session_ = std::make_unique<Session>(engine, Dialect::kRedis, this);
  }
  ~ReplicaPeer() {
    session_.reset();
    close(ours_);
    close(theirs_);
  }

  // What it is answered; "" for nothing.
  std::string say(std::string_view line) {
    const std::vector<std::string> words = split_words(line);
    const std::vector<std::string_view> views(words.begin(), words.end());
    OutBuf out(pool_);
    Resp2Reply reply(out);
    session_->engine().dispatcher().run(*session_, Args(views), reply);
    const std::string answer = collect(out);
    return answer;
  }
  // What it was sent by the server itself since the last call.
  std::string sent() { return std::exchange(sent_, {}); }
  // What arrived from a child: all of it so far.
  const std::string& arrived() {
    char bytes[4096];
    for (ssize_t got; (got = recv(theirs_, bytes, sizeof bytes, 0)) > 0;) {
      arrived_.append(bytes, static_cast<size_t>(got));
    }
    return arrived_;
  }
  Session& session() { return *session_; }
  // The socket is as full as it can be: nothing leaves for now.
  bool stuck = false;
  bool closed = false;

  Reply& begin() override { return late_.emplace(late_out_); }
  void end() override {}
  void push(BigBuf*) override {}
  void send(std::string_view bytes) override {
    sent_.append(bytes);
    if (stuck) unsent_ += bytes.size();
  }
  size_t unsent() const override { return unsent_; }
  void close_after_flush() override { closed = true; }
  void close_now() override { closed = true; }
  void resume() override {}
  ChannelInfo info() const override {
    ChannelInfo info;
    info.address = "10.0.0.7:50123";
    info.fd = ours_;
    return info;
  }

 private:
  int ours_, theirs_;
  std::string sent_, arrived_;
  size_t unsent_ = 0;
  ChunkPool pool_;
  OutBuf late_out_{pool_};
  std::optional<Resp2Reply> late_;
  std::unique_ptr<Session> session_;
};

inline Settings master_settings() {
  Settings settings = stored_settings();
  settings.repl_diskless_sync_delay = 0;
  return settings;
}

class MasterTest : public PersistTest {
 public:
  explicit MasterTest(Settings settings = master_settings()) : PersistTest(settings) {}

  Replication replication{engine(), engine().default_tenant(), storage};

  std::unique_ptr<ReplicaPeer> peer() { return std::make_unique<ReplicaPeer>(engine()); }
  void turn() { advance_ms(0); }
  // With the turns that a loop would make meanwhile.
  void pass_ms(int64_t ms) {
    for (; ms > 0; ms -= 100) advance_ms(100);
  }
  // Until the child that writes for replicas is done.
  void finish_child(std::initializer_list<ReplicaPeer*> readers = {}) {
    while (storage.child().running()) {
      for (ReplicaPeer* reader : readers) reader->arrived();
      storage.child().poll();
    }
    for (ReplicaPeer* reader : readers) reader->arrived();
    turn();
  }
  // One that is online and has confirmed all there is.
  std::unique_ptr<ReplicaPeer> online_peer() {
    auto replica = peer();
    replica->say("REPLCONF listening-port 7000 capa eof capa psync2");
    replica->say("PSYNC ? -1");
    finish_child({replica.get()});
    replica->say("REPLCONF ACK " + std::to_string(replication.offset()));
    turn();
    replica->sent();
    return replica;
  }
  std::string info(std::string_view line) {
    const std::string all = raw({"INFO", "everything"});
    const size_t at = all.find("\n" + std::string(line) + ":");
    if (at == std::string::npos) return "(none)";
    const size_t from = at + line.size() + 2;
    return all.substr(from, all.find('\r', from) - from);
  }
};

}  // namespace redstart
