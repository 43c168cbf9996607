// The REST door with real sockets: its loop is turned by hand, its clock stands still.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "commands/families.h"
#include "engine/engine.h"
#include "http/http_door.h"
#include "net/loop.h"

namespace redstart {

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
      if (sent < 0 && errno != EAGAIN) {
        cut_off_ = true;
        return;
      }
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
      if (got < 0 && errno == ECONNRESET) cut_off_ = true;
      if (got > 0) all.append(piece, static_cast<size_t>(got));
      quiet = got > 0 ? 0 : quiet + 1;
    }
    return all;
  }
  bool ended() const { return ended_; }
  // The server had hung up before all was sent.
  bool was_cut_off() const { return cut_off_; }

 private:
  Loop& loop_;
  int fd_;
  bool ended_ = false;
  bool cut_off_ = false;
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

inline std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nAuthorization: t\r\n\r\n";
}

inline size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at++) found++;
  return found;
}

}  // namespace redstart
