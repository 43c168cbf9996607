#include "core/rdb_payload.h"

#include "base/crc.h"
#include "core/rdb_format.h"

namespace redstart {

void append_rdb_footer(std::string* payload, int version) {
  payload->push_back(static_cast<char>(version));
  payload->push_back(static_cast<char>(version >> 8));
  uint64_t sum = crc64(0, *payload);
  payload->append(reinterpret_cast<const char*>(&sum), sizeof sum);
}

bool open_rdb_payload(std::string_view text, bool verify_checksum, RdbPayload* payload) {
  if (text.size() < rdb::kFooterBytes) return false;
  payload->bytes = text.substr(0, text.size() - rdb::kFooterBytes);
  std::string_view footer = text.substr(payload->bytes.size());
  payload->version = static_cast<uint8_t>(footer[0]) | static_cast<uint8_t>(footer[1]) << 8;
  if (payload->version > rdb::kNewestVersion && payload->version != rdb::kValkey9) return false;
  uint64_t sum;
  footer.substr(2).copy(reinterpret_cast<char*>(&sum), sizeof sum);
  return !verify_checksum || crc64(0, text.substr(0, text.size() - sizeof sum)) == sum;
}

}  // namespace redstart
