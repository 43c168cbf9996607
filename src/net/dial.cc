#include "net/dial.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <cstring>

#include "engine/engine.h"
#include "net/loop.h"
#include "net/uv_stream_io.h"

namespace redstart {

namespace {

// What one turn reads of it: the stream of a master is no reason to keep clients waiting.
constexpr size_t kReadPerTurn = 1 << 20;
constexpr int64_t kTurnUs = 1000;

// Looks up, connects, then reads and writes. Frees itself once it was hung up on, nobody is being
// told anything, and no name is being looked up any more.
class DialedSocket final : public MasterSocket, private StreamIo::Owner {
 public:
  DialedSocket(Loop& loop, MasterSocket::Owner& owner) : loop_(loop), owner_(&owner) {
    lookup_.data = this;
  }

  void look_up(const std::string& host, int port, const std::string& source) {
    source_ = source;
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    auto found = [](uv_getaddrinfo_t* request, int status, addrinfo* addresses) {
      static_cast<DialedSocket*>(request->data)->on_found(status, addresses);
    };
    const int error = uv_getaddrinfo(loop_.uv(), &lookup_, found, host.c_str(),
                                     std::to_string(port).c_str(), &hints);
    looks_up_ = error == 0;
    // Heard of in a turn to come, as everything is.
    if (!looks_up_) fail_later(uv_strerror(error));
  }

  void send(std::string_view bytes) override {
    unsent_.append(bytes);
    write_on();
  }

  void read_on(bool on) override {
    reads_ = on;
    if (!io_ || !connected_) return;
    on ? io_->start_reading(this) : io_->stop_reading();
  }

  ChannelInfo info() const override {
    ChannelInfo info;
    if (!io_) return info;
    info.address = io_->peer_address();
    info.local_address = io_->local_address();
    info.fd = io_->fd();
    info.output_bytes = unsent_.size();
    info.total_memory = sizeof *this + unsent_.capacity();
    info.events = unsent_.empty() ? "r" : "rw";
    return info;
  }

  void hang_up() override {
    owner_ = nullptr;
    io_.reset();
    if (looks_up_) uv_cancel(reinterpret_cast<uv_req_t*>(&lookup_));
    free_if_done();
  }

 private:
  // While the owner is told something this object stays.
  template <typename What>
  void tell(What what) {
    if (!owner_) return;
    loop_.enter_turn();
    telling_++;
    what(*owner_);
    telling_--;
    free_if_done();
  }

  void free_if_done() {
    if (owner_ || telling_ > 0 || looks_up_) return;
    uv_freeaddrinfo(addresses_);
    if (timer_) loop_.engine().timers().cancel(timer_);
    delete this;
  }

  void end(const std::string& reason) {
    io_.reset();
    tell([&](MasterSocket::Owner& owner) { owner.on_end(reason); });
  }

  void fail_later(std::string reason) {
    Engine& engine = loop_.engine();
    timer_ = engine.timers().add(engine.mono_us() / 1000, [this, reason = std::move(reason)] {
      timer_ = 0;
      end(reason);
    });
  }

  void on_found(int status, addrinfo* addresses) {
    looks_up_ = false;
    addresses_ = next_ = addresses;
    if (!owner_) return free_if_done();
    if (status != 0) return end(uv_strerror(status));
    try_next("no address");
  }

  // The next address, or the end.
  void try_next(std::string reason) {
    while (next_) {
      const addrinfo& address = *next_;
      next_ = next_->ai_next;
      if (connect_to(address, &reason)) return;
    }
    end(reason);
  }

  bool connect_to(const addrinfo& address, std::string* reason) {
    const int fd = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const bool begun =
        fd >= 0 && bind_source(fd, address.ai_family) &&
        (connect(fd, address.ai_addr, address.ai_addrlen) == 0 || errno == EINPROGRESS);
    if (!begun) {
      *reason = strerror(errno);
      if (fd >= 0) close(fd);
      return false;
    }
    io_ = open_stream(loop_.uv(), fd, false);
    if (!io_) {
      *reason = "the loop can't watch it";
      return false;
    }
    // One that connects is writable; one that fails is both, and is asked for the reason.
    io_->start_reading(this);
    io_->wait_writable();
    return true;
  }

  bool bind_source(int fd, int family) {
    if (source_.empty()) return true;
    addrinfo hints{}, *found = nullptr;
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST;
    if (getaddrinfo(source_.c_str(), nullptr, &hints, &found) != 0) {
      errno = EADDRNOTAVAIL;
      return false;
    }
    const bool bound = bind(fd, found->ai_addr, found->ai_addrlen) == 0;
    freeaddrinfo(found);
    return bound;
  }

  // 0 or the number of the error.
  int socket_error() const {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(io_->fd(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
    return error;
  }

  void on_writable() override {
    if (connected_) return write_on();
    if (const int error = socket_error()) {
      io_.reset();
      loop_.enter_turn();
      return try_next(strerror(error));
    }
    connected_ = true;
    if (!reads_) io_->stop_reading();
    tell([](MasterSocket::Owner& owner) { owner.on_connected(); });
  }

  Space read_space() override {
    if (!connected_ || !reads_) return {};
    loop_.enter_turn();
    if (turn_ != loop_.next_turn_number()) {
      turn_ = loop_.next_turn_number();
      read_in_turn_ = 0;
    }
    const bool enough = read_in_turn_ >= kReadPerTurn ||
                        (read_in_turn_ > 0 && loop_.turn_us() > kTurnUs);
    if (enough) return {};
    return {loop_.read_buffer(), Loop::kReadBuffer};
  }

  void on_read(size_t size) override {
    read_in_turn_ += size;
    const std::string_view bytes(loop_.read_buffer(), size);
    tell([&](MasterSocket::Owner& owner) { owner.on_bytes(bytes); });
  }

  void on_read_end(std::string_view reason) override {
    const std::string why(reason);
    io_.reset();
    if (connected_) return end(why);
    loop_.enter_turn();
    try_next(why);
  }

  void write_on() {
    while (io_ && !unsent_.empty()) {
      const IoSlice slice{unsent_.data(), unsent_.size()};
      const ssize_t size = io_->try_write({&slice, 1});
      if (size < 0) return;  // reading tells why
      if (size == 0) return io_->wait_writable();
      unsent_.erase(0, static_cast<size_t>(size));
    }
  }

  Loop& loop_;
  MasterSocket::Owner* owner_;
  StreamHandle io_;
  std::string source_;
  uv_getaddrinfo_t lookup_;
  bool looks_up_ = false;
  addrinfo* addresses_ = nullptr;
  addrinfo* next_ = nullptr;
  TimerId timer_ = 0;
  bool connected_ = false;
  bool reads_ = true;
  int telling_ = 0;
  uint32_t turn_ = 0;
  size_t read_in_turn_ = 0;
  std::string unsent_;
};

}  // namespace

MasterSocketHandle dial(Loop& loop, const std::string& host, int port, const std::string& source,
                        MasterSocket::Owner& owner) {
  auto* socket = new DialedSocket(loop, owner);
  MasterSocketHandle handle(socket);
  socket->look_up(host, port, source);
  return handle;
}

}  // namespace redstart
