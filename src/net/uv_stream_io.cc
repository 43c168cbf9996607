#include "net/uv_stream_io.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include <cassert>
#include <cerrno>
#include <cstring>

namespace redstart {

namespace {

std::string address_text(const sockaddr_storage& address) {
  char host[INET6_ADDRSTRLEN] = "?";
  if (address.ss_family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(address);
    uv_ip4_name(&in, host, sizeof host);
    return std::string(host) + ":" + std::to_string(ntohs(in.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    const auto& in6 = reinterpret_cast<const sockaddr_in6&>(address);
    uv_ip6_name(&in6, host, sizeof host);
    return "[" + std::string(host) + "]:" + std::to_string(ntohs(in6.sin6_port));
  }
  return "?:0";
}

bool is_loopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    return ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr) >> 24 == 127;
  }
  if (address.ss_family == AF_INET6) {
    const in6_addr& a = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(&a) || (IN6_IS_ADDR_V4MAPPED(&a) && a.s6_addr[12] == 127);
  }
  return false;
}

// IoSlice and iovec hold the same, but the order of iovec's members is not ours to rely on.
size_t to_iovecs(std::span<const IoSlice> slices, iovec* vecs) {
  assert(slices.size() <= StreamIo::kSlicesMax);
  for (size_t i = 0; i < slices.size(); i++) {
    vecs[i] = {const_cast<char*>(slices[i].data), slices[i].size};
  }
  return slices.size();
}

// A socket of ours that libuv watches. recv() and send() go straight to the socket, where libuv's
// own streams read and write a file: about a thirtieth of all a GET costs without pipelining.
class UvStreamIo final : public StreamIo {
 public:
  UvStreamIo(int fd, bool unix_socket) : fd_(fd), unix_socket_(unix_socket) {}

  bool open(uv_loop_t* loop) {
    watch_.data = this;
    watched_ = uv_poll_init(loop, &watch_, fd_) == 0;
    return watched_;
  }

  void start_reading(Owner* owner) override {
    owner_ = owner;
    watch_for(UV_READABLE);
  }

  void stop_reading() override { watch_for(watched_for_ & ~UV_READABLE); }

  ssize_t try_read(char* to, size_t max) override {
    const ssize_t size = recv(fd_, to, max, 0);
    if (size > 0) return size;
    return size < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
  }

  ssize_t try_write(std::span<const IoSlice> slices) override {
    ssize_t size;
    if (slices.size() == 1) {
      size = send(fd_, slices[0].data, slices[0].size, MSG_NOSIGNAL);
    } else {
      iovec vecs[kSlicesMax];
      msghdr message{};
      message.msg_iov = vecs;
      message.msg_iovlen = to_iovecs(slices, vecs);
      size = sendmsg(fd_, &message, MSG_NOSIGNAL);
    }
    if (size >= 0) return size;
    return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? 0 : -1;
  }

  void wait_writable() override { watch_for(watched_for_ | UV_WRITABLE); }

  void finish_writing() override { shutdown(fd_, SHUT_WR); }

  void close() override {
    owner_ = nullptr;
    if (watched_) uv_poll_stop(&watch_);
    ::close(fd_);
    if (!watched_) {
      delete this;
      return;
    }
    uv_close(reinterpret_cast<uv_handle_t*>(&watch_),
             [](uv_handle_t* handle) { delete static_cast<UvStreamIo*>(handle->data); });
  }

  std::string peer_address() const override {
    if (unix_socket_) return unix_path() + ":0";
    return tcp_address(getpeername);
  }
  std::string local_address() const override {
    if (unix_socket_) return unix_path() + ":0";
    return tcp_address(getsockname);
  }
  bool peer_is_local() const override {
    if (unix_socket_) return true;
    sockaddr_storage address{};
    return ask(getpeername, &address) && is_loopback(address);
  }
  bool is_unix_socket() const override { return unix_socket_; }
  int fd() const override { return fd_; }

  // A dead peer is noticed after about twice `seconds`: three probes, as Redis sets them.
  void set_keep_alive(int seconds) override {
    if (unix_socket_) return;
    const int on = seconds > 0;
    setsockopt(fd_, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    if (!on) return;
    const int interval = seconds / 3 > 0 ? seconds / 3 : 1, count = 3;
#ifdef TCP_KEEPIDLE
    setsockopt(fd_, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
#endif
#ifdef TCP_KEEPINTVL
    setsockopt(fd_, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    setsockopt(fd_, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
#endif
  }

 private:
  void watch_for(int events) {
    if (events == watched_for_) return;
    watched_for_ = events;
    if (events == 0) {
      uv_poll_stop(&watch_);
      return;
    }
    uv_poll_start(&watch_, events, [](uv_poll_t* watch, int status, int ready) {
      static_cast<UvStreamIo*>(watch->data)->on_ready(status, ready);
    });
  }

  void on_ready(int status, int ready) {
    // The connection broke, and libuv has stopped to watch: the reason is the socket's to tell.
    if (status < 0) {
      watched_for_ = 0;
      return owner_->on_read_end(failure());
    }
    if (ready & UV_WRITABLE) {
      watch_for(watched_for_ & ~UV_WRITABLE);
      owner_->on_writable();
    }
    if ((ready & UV_READABLE) && owner_) read_arrived();
  }

  // Goes on while the space given was filled: there may be more.
  void read_arrived() {
    while (owner_) {
      const Owner::Space space = owner_->read_space();
      if (space.size == 0) return;  // the owner leaves it for the next turn
      const ssize_t size = recv(fd_, space.at, space.size, 0);
      if (size <= 0) {
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        const char* reason = size == 0 ? "Client closed connection" : strerror(errno);
        watch_for(watched_for_ & ~UV_READABLE);
        return owner_->on_read_end(reason);
      }
      owner_->on_read(static_cast<size_t>(size));
      if (static_cast<size_t>(size) < space.size) return;
    }
  }

  const char* failure() const {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error == 0) error = ECONNRESET;
    return strerror(error);
  }

  using AddressCall = int (*)(int, sockaddr*, socklen_t*);
  bool ask(AddressCall call, sockaddr_storage* address) const {
    socklen_t size = sizeof *address;
    return call(fd_, reinterpret_cast<sockaddr*>(address), &size) == 0;
  }

  std::string tcp_address(AddressCall call) const {
    sockaddr_storage address{};
    return ask(call, &address) ? address_text(address) : "?:0";
  }

  // The path is the listener's; the peer has none.
  std::string unix_path() const {
    sockaddr_storage address{};
    if (!ask(getsockname, &address)) return "?";
    return reinterpret_cast<const sockaddr_un&>(address).sun_path;
  }

  Owner* owner_ = nullptr;
  uv_poll_t watch_;
  const int fd_;
  int watched_for_ = 0;
  bool watched_ = false;
  const bool unix_socket_;
};

}  // namespace

StreamHandle open_stream(uv_loop_t* loop, int fd, bool unix_socket) {
  auto* io = new UvStreamIo(fd, unix_socket);
  StreamHandle handle(io);
  if (!io->open(loop)) return nullptr;
  if (!unix_socket) {
    // A reply is never held back to wait for the next one.
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return handle;
}

}  // namespace redstart
