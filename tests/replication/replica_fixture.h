// A server that follows a master, of which a test says every byte.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "persist/rdb_save.h"
#include "replication/master_socket.h"
#include "tests/replication/fixture.h"

namespace redstart {

// "SET k v" as a record of a stream.
inline std::string record(std::string_view line) {
  const std::vector<std::string> words = split_words(line);
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    bytes += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return bytes;
}

// The data of another engine, as a master sends them.
inline std::string data_of(CommandTest& other) {
  RdbStringSink sink;
  save_rdb(other.engine(), other.engine().default_tenant(), rdb_save_options(other.engine()), sink);
  return std::move(sink.text());
}

class ReplicaTest : public MasterTest {
 public:
  explicit ReplicaTest(Settings settings = master_settings()) : MasterTest(settings) {
    replication.dial_with([this](const std::string& host, int port, MasterSocket::Owner& owner) {
      dialed = host + ":" + std::to_string(port);
      dials++;
      sockets_.push_back(std::make_unique<Socket>(&owner));
      return MasterSocketHandle(sockets_.back().get());
    });
  }
  ~ReplicaTest() { replication.hang_up(); }

  // What the master does.
  void accept() { now().owner->on_connected(); }
  void say(std::string_view bytes) {
    if (now().owner) now().owner->on_bytes(bytes);
  }
  void end(std::string_view reason = "gone") { now().owner->on_end(reason); }
  // What it hears, as it came, since the last call; of records the words.
  std::string heard() { return std::exchange(now().heard, {}); }
  std::vector<std::string> heard_records() {
    RecordingLog log;
    LogReader& reader = log;
    reader.on_records(heard());
    std::vector<std::string> lines;
    for (const auto& words : log.take()) {
      std::string& line = lines.emplace_back();
      for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
    }
    return lines;
  }
  bool hung_up() { return !now().owner; }
  bool is_read() { return now().reads; }

  // From REPLICAOF to the question of how to go on, which is answered.
  std::string shake_hands() {
    accept();
    say("+PONG\r\n");
    heard();
    say("+OK\r\n+OK\r\n");
    const std::vector<std::string> asked = heard_records();
    return asked.empty() ? "" : asked.back();
  }
  void load() {
    for (int i = 0; i < 5; i++) turn();
  }
  // Up, with these data, in the stream `id` behind `offset`.
  void follow(const std::string& data, int64_t offset = 100) {
    EXPECT_EQ(run("REPLICAOF master 6379"), "OK");
    shake_hands();
    say("+FULLRESYNC " + kId + " " + std::to_string(offset) + "\r\n$" +
        std::to_string(data.size()) + "\r\n" + data);
    load();
    heard();
  }
  void follow_nothing() {
    CommandTest nothing;
    follow(data_of(nothing));
  }

  const std::string kId = std::string(20, 'a') + std::string(20, '1');
  std::string dialed;
  int dials = 0;

 private:
  struct Socket final : MasterSocket {
    explicit Socket(Owner* owner) : owner(owner) {}
    void send(std::string_view bytes) override { heard.append(bytes); }
    void read_on(bool on) override { reads = on; }
    ChannelInfo info() const override {
      ChannelInfo info;
      info.address = "10.0.0.1:6379";
      return info;
    }
    void hang_up() override { owner = nullptr; }
    Owner* owner;
    std::string heard;
    bool reads = true;
  };
  Socket& now() { return *sockets_.back(); }

  std::vector<std::unique_ptr<Socket>> sockets_;
};

}  // namespace redstart
