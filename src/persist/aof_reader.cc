#include "persist/aof_reader.h"

#include "base/numbers.h"

namespace redstart {
namespace {

// Digits of a count, with the sign before them and the line end: more is no count.
constexpr size_t kHeaderMax = 24;

// "*3\r\n" or "$5\r\n" at the front of `bytes`.
AofRead read_header(std::string_view* bytes, char kind, int64_t least, int64_t* value) {
  if (bytes->empty()) return AofRead::kNeedMore;
  if (bytes->front() != kind) return AofRead::kBad;
  const std::string_view line = bytes->substr(0, kHeaderMax);
  const size_t end = line.find('\n');
  if (end == line.npos) return line.size() < kHeaderMax ? AofRead::kNeedMore : AofRead::kBad;
  if (end < 2 || line[end - 1] != '\r') return AofRead::kBad;
  if (!parse_int64(line.substr(1, end - 2), value) || *value < least) return AofRead::kBad;
  bytes->remove_prefix(end + 1);
  return AofRead::kCommand;
}

}  // namespace

AofRead read_aof_record(std::string_view bytes, std::vector<std::string_view>* args,
                        size_t* size) {
  if (bytes.starts_with('#')) {
    const size_t end = bytes.find('\n');
    if (end == bytes.npos) return AofRead::kNeedMore;
    *size = end + 1;
    return AofRead::kNote;
  }
  std::string_view left = bytes;
  int64_t count = 0;
  AofRead read = read_header(&left, '*', 1, &count);
  if (read != AofRead::kCommand) return read;
  args->clear();
  for (int64_t i = 0; i < count; i++) {
    int64_t length = 0;
    read = read_header(&left, '$', 0, &length);
    if (read != AofRead::kCommand) return read;
    const auto wanted = static_cast<uint64_t>(length);
    if (left.size() < wanted || left.size() - wanted < 2) return AofRead::kNeedMore;
    if (left.substr(wanted, 2) != "\r\n") return AofRead::kBad;
    args->push_back(left.substr(0, wanted));
    left.remove_prefix(wanted + 2);
  }
  *size = bytes.size() - left.size();
  return AofRead::kCommand;
}

}  // namespace redstart
