// The arguments of one command, the name included. Borrowed until the handler returns.
#pragma once

#include <span>
#include <string_view>

namespace redstart {

using Args = std::span<const std::string_view>;

}  // namespace redstart
