#include "net/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <cstring>

#include "net/uv_stream_io.h"

namespace redstart {

struct Listener::Socket {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  };
  bool unix_socket;
  Listener* listener = nullptr;

  static Socket* create(uv_loop_t* loop, bool unix_socket) {
    auto* socket = new Socket;
    socket->unix_socket = unix_socket;
    if (unix_socket) {
      uv_pipe_init(loop, &socket->pipe, 0);
    } else {
      uv_tcp_init(loop, &socket->tcp);
    }
    socket->handle.data = socket;
    return socket;
  }
  void close() {
    uv_close(&handle, [](uv_handle_t* h) { delete static_cast<Socket*>(h->data); });
  }
};

namespace {

std::string reason(const char* call, int uv_error) {
  return std::string(call) + ": " + strerror(-uv_error);
}

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

int port_of(const uv_tcp_t* tcp) {
  sockaddr_storage address{};
  int size = sizeof address;
  if (uv_tcp_getsockname(tcp, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -1;
  return ntohs(address.ss_family == AF_INET ? reinterpret_cast<sockaddr_in&>(address).sin_port
                                            : reinterpret_cast<sockaddr_in6&>(address).sin6_port);
}

}  // namespace

Listener::Listener(Guest* guest, Socket* socket) : guest_(guest), socket_(socket) {
  socket_->listener = this;
}

Listener::~Listener() {
  socket_->close();
  if (!path_.empty()) unlink(path_.c_str());
}

int Listener::start(int backlog) {
  return uv_listen(&socket_->stream, backlog, [](uv_stream_t* stream, int status) {
    auto* socket = static_cast<Socket*>(stream->data);
    if (status != 0) return;  // such as no descriptor left: the peer waits in the backlog
    StreamHandle io = accept_stream(stream, socket->unix_socket);
    if (io) socket->listener->guest_->on_connection(std::move(io));
  });
}

void Listener::accept_waiting() {
  while (StreamHandle io = accept_stream_now(&socket_->stream, socket_->unix_socket)) {
    guest_->on_connection(std::move(io));
  }
}

std::unique_ptr<Listener> Listener::open_tcp(uv_loop_t* loop, Guest* guest, const std::string& host,
                                             int port, int backlog, Failure* failure) {
  sockaddr_storage address{};
  if (!resolve(host, port, &address, &failure->text)) return nullptr;
  std::unique_ptr<Listener> listener(new Listener(guest, Socket::create(loop, false)));
  uv_tcp_t* tcp = &listener->socket_->tcp;
  const unsigned flags = address.ss_family == AF_INET6 ? UV_TCP_IPV6ONLY : 0;
  int result = uv_tcp_bind(tcp, reinterpret_cast<sockaddr*>(&address), flags);
  // libuv tells of an address in use only here.
  if (result == 0) result = listener->start(backlog);
  if (result != 0) {
    failure->text = reason("bind", result);
    failure->no_such_address = result == UV_EADDRNOTAVAIL;
    failure->no_such_family = result == UV_EAFNOSUPPORT || result == UV_EPROTONOSUPPORT;
    return nullptr;
  }
  listener->port_ = port_of(tcp);
  return listener;
}

std::unique_ptr<Listener> Listener::open_unix(uv_loop_t* loop, Guest* guest,
                                              const std::string& path, int permissions, int backlog,
                                              Failure* failure) {
  unlink(path.c_str());
  std::unique_ptr<Listener> listener(new Listener(guest, Socket::create(loop, true)));
  int result = uv_pipe_bind(&listener->socket_->pipe, path.c_str());
  if (result == 0) listener->path_ = path;
  if (result == 0 && permissions != 0 && chmod(path.c_str(), static_cast<mode_t>(permissions))) {
    result = -errno;
  }
  if (result == 0) result = listener->start(backlog);
  if (result == 0) return listener;
  failure->text = reason("bind", result);
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
