// StreamIo over a socket that libuv watches.
#pragma once

#include "net/stream_io.h"

struct uv_loop_s;

namespace redstart {

// Takes over `fd`, a connected socket that does not block. Null when the loop cannot watch it.
StreamHandle open_stream(uv_loop_s* loop, int fd, bool unix_socket);

}  // namespace redstart
