// Where a child writes the data for several replicas: their sockets, each of which gets everything.
// The slowest sets the pace; one that takes nothing for too long, or is broken, is given up, and its
// connection ended, so that the server hears of it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/rdb_stream.h"

namespace redstart {

class SocketsSink final : public RdbSink {
 public:
  SocketsSink(std::span<const int> sockets, int patience_s)
      : sockets_(sockets.begin(), sockets.end()), patience_s_(patience_s) {}

  // False once there is nobody left.
  bool write(std::string_view bytes) override;
  // To one of them, by its place in the beginning.
  bool write_to(int socket, std::string_view bytes);
  size_t left() const { return sockets_.size(); }

 private:
  std::vector<int> sockets_;
  const int patience_s_;
};

}  // namespace redstart
