// The connection to the master that a replica follows, as this room sees it: it knows no loop and no
// library of sockets. Implemented in net/, handed in by server/; tests have one of their own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/session_channel.h"

namespace redstart {

class MasterSocket {
 public:
  // Told what happens, in a turn, and never within a call of its own.
  class Owner {
   public:
    virtual void on_connected() = 0;
    virtual void on_bytes(std::string_view bytes) = 0;  // borrowed
    // It could not be, or is over: the last that is heard of it.
    virtual void on_end(std::string_view reason) = 0;

   protected:
    ~Owner() = default;
  };

  // REQUIRES: connected.
  virtual void send(std::string_view bytes) = 0;
  // false: what arrives stays in the system, and the master waits.
  virtual void read_on(bool on) = 0;
  virtual ChannelInfo info() const = 0;
  // The owner hears nothing more, also if it is being told something. The object frees itself.
  virtual void hang_up() = 0;

 protected:
  ~MasterSocket() = default;
};

struct MasterSocketCloser {
  void operator()(MasterSocket* socket) const { socket->hang_up(); }
};
using MasterSocketHandle = std::unique_ptr<MasterSocket, MasterSocketCloser>;

// Begins to connect.
using DialMaster =
    std::function<MasterSocketHandle(const std::string& host, int port, MasterSocket::Owner& owner)>;

}  // namespace redstart
