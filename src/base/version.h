#pragma once

#include <string_view>

namespace redstart {

// What clients and test suites choose their features by: the version whose commands are whole.
inline constexpr std::string_view kRedisVersion = "7.4.0";
inline constexpr std::string_view kRedstartVersion = "0.1.0";

}  // namespace redstart
