// Connections that this server opens itself: to the master that it follows. Names are looked up
// beside the loop; of several addresses each is tried in turn.
#pragma once

#include <string>

#include "replication/master_socket.h"

namespace redstart {

class Loop;

// `source`: of these addresses of ours, the first that does; "" for any.
MasterSocketHandle dial(Loop& loop, const std::string& host, int port, const std::string& source,
                        MasterSocket::Owner& owner);

}  // namespace redstart
