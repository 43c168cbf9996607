#include "net/uv_stream_io.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include <cassert>
#include <cerrno>

namespace redstart {

namespace {

// Connections are many and mostly idle: this is their largest part.
union UvSocket {
  uv_handle_t handle;
  uv_stream_t stream;
  uv_tcp_t tcp;
  uv_pipe_t pipe;
};

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

// iovec and uv_buf_t are the same on Unix; the slices are copied because their order of members is
// not ours to rely on.
size_t to_bufs(std::span<const IoSlice> slices, uv_buf_t* bufs) {
  assert(slices.size() <= StreamIo::kSlicesMax);
  for (size_t i = 0; i < slices.size(); i++) {
    bufs[i] = uv_buf_init(const_cast<char*>(slices[i].data), static_cast<unsigned>(slices[i].size));
  }
  return slices.size();
}

class UvStreamIo final : public StreamIo {
 public:
  explicit UvStreamIo(bool unix_socket) : unix_socket_(unix_socket) {}

  // The connection that the listener's callback is told about, or one that somebody else accepted.
  bool accept(uv_stream_t* listener, int accepted_fd) {
    if (unix_socket_) {
      uv_pipe_init(listener->loop, &socket_.pipe, 0);
    } else {
      uv_tcp_init(listener->loop, &socket_.tcp);
    }
    socket_.handle.data = this;
    int result;
    if (accepted_fd < 0) {
      result = uv_accept(listener, &socket_.stream);
    } else if (unix_socket_) {
      result = uv_pipe_open(&socket_.pipe, accepted_fd);
    } else {
      result = uv_tcp_open(&socket_.tcp, accepted_fd);
    }
    if (result != 0) return false;
    if (!unix_socket_) uv_tcp_nodelay(&socket_.tcp, 1);
    return true;
  }

  void start_reading(Owner* owner) override {
    owner_ = owner;
    uv_read_start(
        &socket_.stream,
        [](uv_handle_t* handle, size_t, uv_buf_t* buf) {
          const Owner::Space space = self(handle)->owner_->read_space();
          *buf = uv_buf_init(space.at, static_cast<unsigned>(space.size));
        },
        [](uv_stream_t* stream, ssize_t size, const uv_buf_t*) {
          self(stream)->read_result(size);
        });
  }

  ssize_t try_read(char* to, size_t max) override {
    const ssize_t size = read(fd(), to, max);
    if (size > 0) return size;
    return size < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
  }

  ssize_t try_write(std::span<const IoSlice> slices) override {
    uv_buf_t bufs[kSlicesMax];
    const size_t count = to_bufs(slices, bufs);
    const int result = uv_try_write(&socket_.stream, bufs, static_cast<unsigned>(count));
    if (result == UV_EAGAIN) return 0;
    return result < 0 ? -1 : result;
  }

  void write(std::span<const IoSlice> slices) override {
    uv_buf_t bufs[kSlicesMax];
    const size_t count = to_bufs(slices, bufs);
    auto* request = new uv_write_t;
    const int result = uv_write(request, &socket_.stream, bufs, static_cast<unsigned>(count),
                                [](uv_write_t* done, int status) {
                                  UvStreamIo* io = self(done->handle);
                                  delete done;
                                  if (io->owner_) io->owner_->on_written(status == 0);
                                });
    if (result == 0) return;
    delete request;
    owner_->on_written(false);
  }

  void close() override {
    owner_ = nullptr;
    uv_close(&socket_.handle, [](uv_handle_t* handle) { delete self(handle); });
  }

  std::string peer_address() const override {
    if (unix_socket_) return unix_path() + ":0";
    return tcp_address(uv_tcp_getpeername);
  }
  std::string local_address() const override {
    if (unix_socket_) return unix_path() + ":0";
    return tcp_address(uv_tcp_getsockname);
  }
  bool peer_is_local() const override {
    if (unix_socket_) return true;
    sockaddr_storage address{};
    int size = sizeof address;
    return uv_tcp_getpeername(&socket_.tcp, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
           is_loopback(address);
  }
  bool is_unix_socket() const override { return unix_socket_; }
  int fd() const override {
    uv_os_fd_t fd = -1;
    uv_fileno(&socket_.handle, &fd);
    return fd;
  }

  // A dead peer is noticed after about twice `seconds`: three probes, as Redis sets them.
  void set_keep_alive(int seconds) override {
    if (unix_socket_) return;
    const int on = seconds > 0;
    setsockopt(fd(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    if (!on) return;
    const int interval = seconds / 3 > 0 ? seconds / 3 : 1, count = 3;
#ifdef TCP_KEEPIDLE
    setsockopt(fd(), IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
#endif
#ifdef TCP_KEEPINTVL
    setsockopt(fd(), IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    setsockopt(fd(), IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
#endif
  }

 private:
  template <class Handle>
  static UvStreamIo* self(const Handle* handle) {
    return static_cast<UvStreamIo*>(handle->data);
  }

  void read_result(ssize_t size) {
    if (size > 0) return owner_->on_read(static_cast<size_t>(size));
    // 0: interrupted. ENOBUFS: the owner gave no space on purpose.
    if (size == 0 || size == UV_ENOBUFS) return;
    uv_read_stop(&socket_.stream);
    owner_->on_read_end(size == UV_EOF ? "Client closed connection"
                                       : uv_strerror(static_cast<int>(size)));
  }

  template <class Get>
  std::string tcp_address(Get get) const {
    sockaddr_storage address{};
    int size = sizeof address;
    if (get(&socket_.tcp, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "?:0";
    return address_text(address);
  }

  // The path is the listener's; the peer has none.
  std::string unix_path() const {
    char path[sizeof(sockaddr_un::sun_path) + 1];
    size_t size = sizeof path;
    if (uv_pipe_getsockname(&socket_.pipe, path, &size) != 0) return "?";
    return {path, size};
  }

  Owner* owner_ = nullptr;
  const bool unix_socket_;
  UvSocket socket_;
};

}  // namespace

StreamHandle accept_stream(uv_stream_t* listener, bool unix_socket) {
  auto* io = new UvStreamIo(unix_socket);
  StreamHandle handle(io);
  if (!io->accept(listener, -1)) return nullptr;
  return handle;
}

StreamHandle accept_stream_now(uv_stream_t* listener, bool unix_socket) {
  uv_os_fd_t listening = -1;
  uv_fileno(reinterpret_cast<uv_handle_t*>(listener), &listening);
  const int fd = accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return nullptr;
  auto* io = new UvStreamIo(unix_socket);
  StreamHandle handle(io);
  if (io->accept(listener, fd)) return handle;
  ::close(fd);
  return nullptr;
}

}  // namespace redstart
