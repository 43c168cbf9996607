// The subcommands of CLIENT for client-side caching; their container stands in client.cc.
#pragma once

#include "engine/command.h"

namespace redstart {

extern const CommandSpec kClientTracking;
extern const CommandSpec kClientCaching;
extern const CommandSpec kClientGetredir;
extern const CommandSpec kClientTrackinginfo;

}  // namespace redstart
