// Serves others while a script runs for long: SCRIPT KILL has to get through, and everybody else
// has to hear BUSY instead of nothing.
//
// The script runs inside a callback of the loop, and libuv's loop is never entered twice. So the
// pump polls the sockets itself, accepts, reads and answers, on buffers of its own, through the
// same Stream::on_bytes() as ever; what may be run is the business of the gates. The connection
// that waits for the script is left alone: its bytes and its half-written answer are in use.
#pragma once

#include <poll.h>

#include <memory>
#include <span>
#include <vector>

namespace redstart {

class Door;
class Loop;
class Stream;

class BusyPump {
 public:
  BusyPump(Loop& loop, std::vector<Door*> doors) : loop_(loop), doors_(std::move(doors)) {}

  // What is there now. `waiting_fd` is the socket of who waits for the script, -1 without one.
  void serve(int waiting_fd);

 private:
  void collect(int waiting_fd);
  void read_ready();

  Loop& loop_;
  const std::vector<Door*> doors_;
  std::unique_ptr<char[]> read_buffer_;  // made at first use
  std::vector<Stream*> streams_;         // in the order of polls_, behind the listeners
  std::vector<pollfd> polls_;
};

}  // namespace redstart
