// The packed collections of Redis before version 7, out of bytes that nobody has checked. They are
// read once, to become listpacks.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "core/listpack.h"

namespace redstart {

// Each calls visit(item) for all in order, until it answers false. False: the bytes are no such
// blob, or the visitor has had enough.
bool each_in_ziplist(std::string_view bytes, const std::function<bool(const ListpackItem&)>& visit);
// Field, value, field, value ...
bool each_in_zipmap(std::string_view bytes, const std::function<bool(const ListpackItem&)>& visit);

}  // namespace redstart
