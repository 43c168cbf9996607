// A connection as one line of text: CLIENT LIST, and whoever was denied something.
#pragma once

#include <cstdint>
#include <string>

#include "engine/args.h"
#include "engine/session_channel.h"

namespace redstart {

class Session;
struct Command;

ChannelInfo channel_info(const Session& session);

// What the session runs at the moment, or has run last.
struct ClientActivity {
  const Command* command = nullptr;
  Args args = {};  // which lie in the buffer while they are run
};

// Without an end of line.
std::string client_info(const Session& session, const ClientActivity& activity, int64_t now_ms);

}  // namespace redstart
