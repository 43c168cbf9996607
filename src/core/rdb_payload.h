// What stands behind the payloads of DUMP and FUNCTION DUMP: the version of the format, a checksum.
#pragma once

#include <string>
#include <string_view>

namespace redstart {

void append_rdb_footer(std::string* payload, int version);

struct RdbPayload {
  std::string_view bytes;  // without what stands behind them
  int version = 0;
};
// False: damaged, or of a version that nobody here knows.
bool open_rdb_payload(std::string_view text, bool verify_checksum, RdbPayload* payload);

}  // namespace redstart
