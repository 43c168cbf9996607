// Listening sockets. Addresses are written as in redis.conf: "127.0.0.1 ::1", "*" for all of IPv4,
// "::*" for all of IPv6; a '-' in front makes one optional, so that a machine without it will do.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/stream_io.h"

struct uv_loop_s;

namespace redstart {

class Listener {
 public:
  class Guest {
   public:
    virtual void on_connection(StreamHandle io) = 0;

   protected:
    ~Guest() = default;
  };

  struct Failure {
    std::string text;              // "bind: Address already in use"
    bool no_such_address = false;  // this machine does not have it,
    bool no_such_family = false;   // or nothing of its kind
  };
  // Null when it cannot be opened. Port 0: any free one.
  static std::unique_ptr<Listener> open_tcp(uv_loop_s* loop, Guest* guest, const std::string& host,
                                            int port, int backlog, Failure* failure);
  // Replaces a socket left over at `path`. Permissions 0: as the umask has it.
  static std::unique_ptr<Listener> open_unix(uv_loop_s* loop, Guest* guest, const std::string& path,
                                             int permissions, int backlog, Failure* failure);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const { return port_; }
  // Admits whoever waits; the loop calls it, or somebody who cannot wait for the loop.
  void accept_waiting();

 private:
  struct Socket;
  Listener(Guest* guest, Socket* socket);

  Guest* guest_;
  Socket* socket_;
  int port_ = 0;
  std::string path_;  // of a unix socket, removed at the end
};

struct BindAddress {
  std::string host;
  bool optional = false;
};
std::vector<BindAddress> parse_bind_addresses(std::string_view text);

}  // namespace redstart
