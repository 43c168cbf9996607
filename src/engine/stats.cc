#include "engine/stats.h"

#include "base/ascii.h"

namespace redstart {
namespace {

// A client can make up error codes only through scripts; this bounds what it can fill.
constexpr size_t kMaxErrorKinds = 128;

}  // namespace

void Stats::count_error(std::string_view code) {
  total_errors++;
  if (errors_overflowed) return;
  auto found = errors.find(code);
  if (found != errors.end()) {
    found->second++;
  } else if (errors.size() < kMaxErrorKinds) {
    errors.emplace(std::string(code), 1);
  } else {
    errors.clear();
    errors_overflowed = true;
  }
}

void Stats::reset() {
  std::vector<CommandStats> fresh(commands.size());
  *this = Stats();
  commands = std::move(fresh);
}

}  // namespace redstart
