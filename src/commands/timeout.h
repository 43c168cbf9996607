// How long a command may wait, as clients write it.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/numbers.h"
#include "engine/context.h"

namespace redstart {

enum class TimeoutUnit { kSeconds, kMilliseconds };

// In ms; 0 is for ever. False: the error has been answered.
inline bool read_timeout(Context& c, std::string_view text, TimeoutUnit unit, int64_t* ms) {
  std::string_view error;
  if (unit == TimeoutUnit::kSeconds) {
    long double seconds = 0;
    if (!parse_long_double(text, &seconds)) {
      error = "ERR timeout is not a float or out of range";
    } else if (seconds < 0) {
      error = "ERR timeout is negative";
    } else if (seconds * 1000 > static_cast<long double>(INT64_MAX - c.now_ms)) {
      error = "ERR timeout is out of range";
    } else {
      *ms = static_cast<int64_t>(std::ceil(seconds * 1000));
    }
  } else if (!parse_int64(text, ms)) {
    error = "ERR timeout is not an integer or out of range";
  } else if (*ms < 0) {
    error = "ERR timeout is negative";
  } else if (*ms > INT64_MAX - c.now_ms) {
    error = "ERR timeout is out of range";
  }
  if (!error.empty()) c.reply.error(error);
  return error.empty();
}

}  // namespace redstart
