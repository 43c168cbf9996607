// One connected socket: the seam between the doors and the kernel. What is known of libuv is known
// behind it (uv_stream_io.cc), so that another way of moving bytes, or a test, can take its place.
//
// Reading: the owner says where the next bytes go, then is told how many came. Writing: try_write()
// takes what the kernel takes at once; for the rest wait_writable() says when to try again. After
// close() the owner hears nothing more and may go; the object frees itself when the loop has let go
// of its handle.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace redstart {

struct IoSlice {
  const char* data;
  size_t size;
};

class StreamIo {
 public:
  class Owner {
   public:
    struct Space {
      char* at = nullptr;
      size_t size = 0;  // 0: nothing is read this turn; what has arrived is there in the next
    };
    virtual Space read_space() = 0;
    virtual void on_read(size_t size) = 0;
    // The peer will send no more, or the connection broke.
    virtual void on_read_end(std::string_view reason) = 0;
    // Once after wait_writable().
    virtual void on_writable() = 0;

   protected:
    ~Owner() = default;
  };

  // The most slices that one call of try_write() takes.
  static constexpr size_t kSlicesMax = 64;

  virtual void start_reading(Owner* owner) = 0;
  virtual void stop_reading() = 0;
  // What has arrived, at once: how many bytes, 0 when there are none, -1 at the end.
  virtual ssize_t try_read(char* to, size_t max) = 0;
  // How many bytes were taken, 0 when the kernel takes none now, -1 when the connection is broken.
  virtual ssize_t try_write(std::span<const IoSlice> slices) = 0;
  virtual void wait_writable() = 0;
  // The peer hears that no more comes; reading goes on.
  virtual void finish_writing() = 0;
  virtual void close() = 0;

  // "127.0.0.1:50123", "[::1]:50123", "/path/of.sock:0" for a unix socket, "?:0" when unknown.
  virtual std::string peer_address() const = 0;
  virtual std::string local_address() const = 0;
  // Over loopback or a unix socket.
  virtual bool peer_is_local() const = 0;
  virtual bool is_unix_socket() const = 0;
  virtual int fd() const = 0;
  // 0 seconds: no keep-alive. Nothing happens to unix sockets.
  virtual void set_keep_alive(int seconds) = 0;

 protected:
  ~StreamIo() = default;
};

struct StreamIoCloser {
  void operator()(StreamIo* io) const { io->close(); }
};
using StreamHandle = std::unique_ptr<StreamIo, StreamIoCloser>;

}  // namespace redstart
