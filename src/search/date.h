// Dates as RFC 3339 and ISO 8601 write them, as microseconds since 1970 in UTC.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace redstart::search {

// "2026-01-10", "2026-01-10T10:00[:00[.123456]][Z|+01:00]"; a blank may stand for the T, and what
// says no zone is UTC. False: no date. Digits below the microsecond are cut off.
bool parse_date(std::string_view text, int64_t* micros);

// "2026-01-10T10:00:00Z", with as many digits of the second as it takes.
std::string date_text(int64_t micros);

}  // namespace redstart::search
