#include "net/listener.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <cstring>

#include "net/uv_stream_io.h"

namespace redstart {

// A listening socket, watched by the loop. Frees itself when the loop has let go of it.
struct Listener::Socket {
  uv_poll_t watch;
  const int fd;
  const bool is_unix;
  // Given up for a moment when descriptors run out, to tell those who wait by closing them.
  int spare = open_spare();
  bool watched = false;
  Listener* listener = nullptr;

  Socket(int family, bool is_unix)
      : fd(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), is_unix(is_unix) {
    watch.data = this;
  }
  static int open_spare() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

  // 0, or the number of the error.
  int bind_to(const sockaddr* address, socklen_t size) const {
    if (fd < 0) return errno;
    const int on = 1;
    if (!is_unix) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    return bind(fd, address, size) == 0 ? 0 : errno;
  }

  int listen_with(uv_loop_t* loop, int backlog) {
    if (listen(fd, backlog) != 0) return errno;
    int result = uv_poll_init(loop, &watch, fd);
    if (result != 0) return -result;
    watched = true;
    result = uv_poll_start(&watch, UV_READABLE, [](uv_poll_t* ready, int, int) {
      static_cast<Socket*>(ready->data)->listener->accept_waiting();
    });
    return -result;
  }

  // The next of those who wait, or -1.
  int accept_next() {
    while (true) {
      const int accepted = accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (accepted >= 0) return accepted;
      // It went away again; the next one may still be there.
      if (errno == ECONNABORTED || errno == EINTR) continue;
      if ((errno != EMFILE && errno != ENFILE) || spare < 0) return -1;
      ::close(spare);
      const int refused = accept4(fd, nullptr, nullptr, SOCK_CLOEXEC);
      if (refused >= 0) ::close(refused);
      spare = open_spare();
      // Without a descriptor the kernel does not say that nobody waits.
      if (refused < 0) return -1;
    }
  }

  void close() {
    if (watched) uv_poll_stop(&watch);
    if (fd >= 0) ::close(fd);
    if (spare >= 0) ::close(spare);
    if (!watched) {
      delete this;
      return;
    }
    uv_close(reinterpret_cast<uv_handle_t*>(&watch),
             [](uv_handle_t* handle) { delete static_cast<Socket*>(handle->data); });
  }
};

namespace {

std::string reason(int error) { return std::string("bind: ") + strerror(error); }

// "*" and "::*" stand for every address of their family.
bool resolve(const std::string& host, int port, sockaddr_storage* address, std::string* error) {
  const std::string& name = host == "*" ? "0.0.0.0" : host == "::*" ? "::" : host;
  if (uv_ip4_addr(name.c_str(), port, reinterpret_cast<sockaddr_in*>(address)) == 0) return true;
  if (uv_ip6_addr(name.c_str(), port, reinterpret_cast<sockaddr_in6*>(address)) == 0) return true;
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int result = getaddrinfo(name.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (result != 0) {
    *error = gai_strerror(result);
    return false;
  }
  memcpy(address, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  return true;
}

int port_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -1;
  return ntohs(address.ss_family == AF_INET ? reinterpret_cast<sockaddr_in&>(address).sin_port
                                            : reinterpret_cast<sockaddr_in6&>(address).sin6_port);
}

socklen_t size_of(const sockaddr_storage& address) {
  return address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

}  // namespace

Listener::Listener(Guest* guest, Socket* socket) : guest_(guest), socket_(socket) {
  socket_->listener = this;
}

Listener::~Listener() {
  socket_->close();
  if (!path_.empty()) unlink(path_.c_str());
}

void Listener::accept_waiting() {
  for (int fd; (fd = socket_->accept_next()) >= 0;) {
    StreamHandle io = open_stream(socket_->watch.loop, fd, socket_->is_unix);
    if (io) guest_->on_connection(std::move(io));
  }
}

std::unique_ptr<Listener> Listener::open_tcp(uv_loop_t* loop, Guest* guest, const std::string& host,
                                             int port, int backlog, Failure* failure) {
  sockaddr_storage address{};
  if (!resolve(host, port, &address, &failure->text)) return nullptr;
  std::unique_ptr<Listener> listener(new Listener(guest, new Socket(address.ss_family, false)));
  Socket& socket = *listener->socket_;
  int error = socket.bind_to(reinterpret_cast<sockaddr*>(&address), size_of(address));
  if (error == 0) error = socket.listen_with(loop, backlog);
  if (error != 0) {
    failure->text = reason(error);
    failure->no_such_address = error == EADDRNOTAVAIL;
    failure->no_such_family = error == EAFNOSUPPORT || error == EPROTONOSUPPORT;
    return nullptr;
  }
  listener->port_ = port_of(socket.fd);
  return listener;
}

std::unique_ptr<Listener> Listener::open_unix(uv_loop_t* loop, Guest* guest,
                                              const std::string& path, int permissions, int backlog,
                                              Failure* failure) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    failure->text = reason(ENAMETOOLONG);
    return nullptr;
  }
  memcpy(address.sun_path, path.data(), path.size());
  unlink(path.c_str());
  std::unique_ptr<Listener> listener(new Listener(guest, new Socket(AF_UNIX, true)));
  Socket& socket = *listener->socket_;
  int error = socket.bind_to(reinterpret_cast<sockaddr*>(&address), sizeof address);
  if (error == 0) listener->path_ = path;
  if (error == 0 && permissions != 0 && chmod(path.c_str(), static_cast<mode_t>(permissions))) {
    error = errno;
  }
  if (error == 0) error = socket.listen_with(loop, backlog);
  if (error == 0) return listener;
  failure->text = reason(error);
  return nullptr;
}

std::vector<BindAddress> parse_bind_addresses(std::string_view text) {
  std::vector<BindAddress> addresses;
  while (true) {
    const size_t begin = text.find_first_not_of(" \t");
    if (begin == text.npos) return addresses;
    text.remove_prefix(begin);
    const size_t size = std::min(text.find_first_of(" \t"), text.size());
    BindAddress address{std::string(text.substr(0, size)), false};
    if (address.host[0] == '-') {
      address.host.erase(0, 1);
      address.optional = true;
    }
    addresses.push_back(std::move(address));
    text.remove_prefix(size);
  }
}

}  // namespace redstart
