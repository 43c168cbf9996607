// A door: where connections of one protocol come in. It listens, admits or refuses, owns the
// streams it admitted and ends those that have been idle too long.
//
// The streams are listed by their last activity (to the second), so that a sweep looks at those
// only that are due.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/intrusive_list.h"
#include "engine/timers.h"
#include "net/listener.h"
#include "net/stream.h"

namespace redstart {

class Engine;
class Loop;

class Door : private Listener::Guest {
 public:
  enum class Refusal { kTooManyClients, kProtectedMode };

  explicit Door(Loop& loop);
  virtual ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  static constexpr int kClosed = -1;
  static constexpr int kAnyPort = 0;  // the same on all addresses
  struct TcpAddresses {
    std::string hosts;  // as in redis.conf: "127.0.0.1 -::1", see listener.h
    int port = kClosed;
    int backlog = 511;
  };
  // Listens there in place of where it did before. On failure the old addresses stay open.
  bool listen_tcp(const TcpAddresses& wanted, std::string* error);
  bool listen_unix(const std::string& path, int permissions, int backlog, std::string* error);
  void stop_listening();
  // Of the TCP listeners, -1 without any.
  int port() const;

  // Closes every connection, sending what is queued if the kernel takes it at once.
  void close_all();
  size_t connections() const { return count_; }
  // Buffers of all connections.
  size_t memory() const;

  Loop& loop() const { return loop_; }
  Engine& engine() const { return engine_; }

  // For the busy pump (busy_pump.h), which serves while a stream of this door is being served.
  void accept_waiting();
  template <class Visit>
  void each_stream(Visit visit) {
    for (Stream* s = by_activity_.first(); s; s = by_activity_.after(s)) visit(*s);
  }
  // Lays what the streams share aside, or takes it up again.
  virtual void change_buffers() {}

 protected:
  virtual std::unique_ptr<Stream> admit(StreamHandle io) = 0;
  // What a refused peer is told, in the door's protocol.
  virtual std::string refusal_text(Refusal refusal) const = 0;
  // Open to the world only with a password: protected mode.
  virtual bool is_protected() const { return false; }
  // Connections idle for longer are closed; 0: never.
  virtual int64_t idle_limit_ms() const { return 0; }
  virtual bool may_close_idle(const Stream& stream) const { return true; }
  virtual int keep_alive_seconds() const;

 private:
  friend class Stream;
  void on_connection(StreamHandle io) override;
  bool open_tcp(const TcpAddresses& wanted, std::string* error);
  void refuse(StreamIo& io, Refusal refusal);
  void touch(Stream* stream, int64_t now_ms);
  void discard(Stream* stream);
  void sweep();
  void close_idle(int64_t now_ms);
  void free_idle_rests(int64_t now_ms);
  void remember_rest(Stream* stream) { with_rest_.push_back(stream); }
  void forget_rest(Stream* stream) { std::erase(with_rest_, stream); }

  Loop& loop_;
  Engine& engine_;
  TcpAddresses tcp_;
  std::vector<std::unique_ptr<Listener>> tcp_listeners_;
  std::unique_ptr<Listener> unix_listener_;
  IntrusiveList<Stream> by_activity_;  // the longest idle first
  std::vector<Stream*> with_rest_;     // those that own a block for their rest
  size_t count_ = 0;
  TimerId sweep_timer_ = 0;
};

}  // namespace redstart
