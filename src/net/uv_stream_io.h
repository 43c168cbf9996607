// StreamIo over libuv.
#pragma once

#include "net/stream_io.h"

struct uv_stream_s;

namespace redstart {

// The next connection waiting at `listener`; null when it went away before it could be accepted.
StreamHandle accept_stream(uv_stream_s* listener, bool unix_socket);
// The same where the loop has not looked; null when nobody waits.
StreamHandle accept_stream_now(uv_stream_s* listener, bool unix_socket);

}  // namespace redstart
