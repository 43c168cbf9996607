// A connection to another server that is waited for, within bounds: what MIGRATE needs. The loop
// belongs to the doors above and never hands out a turn in the middle of a command, so there is
// nothing to go on with meanwhile; Redis waits as well.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

class PeerSocket {
 public:
  PeerSocket() = default;
  ~PeerSocket();
  PeerSocket(const PeerSocket&) = delete;
  PeerSocket& operator=(const PeerSocket&) = delete;

  // Each waits `timeout_ms` at most for anything to happen; false on failure.
  bool connect(const std::string& host, const std::string& port, int timeout_ms);
  bool send(std::string_view bytes, int timeout_ms);
  // A line without its end.
  bool read_line(std::string* line, int timeout_ms);
  // The last failure was that nothing happened in time.
  bool timed_out() const { return timed_out_; }

 private:
  bool wait(short events, int timeout_ms);

  int fd_ = -1;
  bool timed_out_ = false;
  std::string unread_;
};

}  // namespace redstart
