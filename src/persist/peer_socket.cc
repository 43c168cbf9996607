#include "persist/peer_socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace redstart {

PeerSocket::~PeerSocket() {
  if (fd_ >= 0) close(fd_);
}

bool PeerSocket::wait(short events, int timeout_ms) {
  pollfd waiting{fd_, events, 0};
  int ready;
  do {
    ready = poll(&waiting, 1, timeout_ms);
  } while (ready < 0 && errno == EINTR);
  timed_out_ = ready == 0;
  return ready > 0;
}

bool PeerSocket::connect(const std::string& host, const std::string& port, int timeout_ms) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return false;
  bool connected = false;
  for (addrinfo* at = found; at && !connected; at = at->ai_next) {
    if (fd_ >= 0) close(fd_);
    fd_ = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, at->ai_protocol);
    if (fd_ < 0) continue;
    connected = ::connect(fd_, at->ai_addr, at->ai_addrlen) == 0;
    if (connected || errno != EINPROGRESS || !wait(POLLOUT, timeout_ms)) continue;
    int error = 0;
    socklen_t size = sizeof error;
    connected = getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
  }
  freeaddrinfo(found);
  if (!connected) return false;
  int yes = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return true;
}

bool PeerSocket::send(std::string_view bytes, int timeout_ms) {
  timed_out_ = false;
  while (!bytes.empty()) {
    ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!wait(POLLOUT, timeout_ms)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool PeerSocket::read_line(std::string* line, int timeout_ms) {
  constexpr size_t kLineMax = 64 * 1024;
  timed_out_ = false;
  while (true) {
    size_t end = unread_.find('\n');
    if (end != std::string::npos) {
      line->assign(unread_, 0, end > 0 && unread_[end - 1] == '\r' ? end - 1 : end);
      unread_.erase(0, end + 1);
      return true;
    }
    if (unread_.size() > kLineMax) return false;
    char block[4096];
    ssize_t got = recv(fd_, block, sizeof block, 0);
    if (got > 0) {
      unread_.append(block, static_cast<size_t>(got));
    } else if (got == 0) {
      return false;
    } else if (errno == EAGAIN) {
      if (!wait(POLLIN, timeout_ms)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
}

}  // namespace redstart
