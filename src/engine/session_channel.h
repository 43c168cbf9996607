// How the engine answers a session late, pushes to it or ends it. Implemented by the doors (net/,
// http/, the embedding API); tests implement it to record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

class BigBuf;
class Reply;

// What CLIENT LIST shows of a connection.
struct ChannelInfo {
  std::string address;        // "127.0.0.1:50123", a socket's path, "" when there is none
  std::string local_address;
  int fd = -1;
  bool unix_socket = false;
  size_t query_buffer = 0, query_free = 0;      // qbuf, qbuf-free
  size_t output_chunks = 0, output_bytes = 0;   // oll, omem
  size_t total_memory = 0;                      // tot-mem
  std::string events;                           // "r", "rw"
};

class SessionChannel {
 public:
  // A fresh reply in the session's protocol, outside of any command of its own; end() lets it go.
  virtual Reply& begin() = 0;
  virtual void end() = 0;
  // Sends what the session did not ask for, encoded in its form, whatever CLIENT REPLY says. Called
  // by engine/pushes.h only, which knows when a reply is being written.
  virtual void push(BigBuf* bytes) = 0;
  // Bytes for one that follows the stream and gets no replies, and what has not left of all it was
  // given. Only where a connection can follow.
  virtual void send(std::string_view bytes) {}
  virtual size_t unsent() const { return 0; }
  // Sends what is queued, then closes.
  virtual void close_after_flush() = 0;
  // Closes without waiting.
  virtual void close_now() = 0;
  // The session may read on: it was paused or blocked.
  virtual void resume() = 0;
  virtual ChannelInfo info() const = 0;

 protected:
  ~SessionChannel() = default;
};

}  // namespace redstart
