// A reply as the Value of the public API: for programs that run the server inside themselves.
#pragma once

#include "redstart/redstart.h"
#include "wire/tree_reply.h"

namespace redstart {

Value value_of(ReplyTree tree);

}  // namespace redstart
