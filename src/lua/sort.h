// table.sort().
#pragma once

#include "lua/call.h"

namespace redstart::lua {

// Sorts the elements 1 to #table. Argument 1 of the call is the order, or nil. False with an error
// pending.
bool sort(Call& call, Table* table);

}  // namespace redstart::lua
