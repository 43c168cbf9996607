#include "replication/sockets_sink.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace redstart {

// False: it is given up.
bool SocketsSink::write_to(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size >= 0) {
      bytes.remove_prefix(static_cast<size_t>(size));
      continue;
    }
    if (errno == EINTR) continue;
    pollfd wait{socket, POLLOUT, 0};
    if (errno == EAGAIN && poll(&wait, 1, patience_s_ * 1000) > 0) continue;
    shutdown(socket, SHUT_RDWR);
    return false;
  }
  return true;
}

bool SocketsSink::write(std::string_view bytes) {
  std::erase_if(sockets_, [&](int socket) { return !write_to(socket, bytes); });
  return !sockets_.empty();
}

}  // namespace redstart
