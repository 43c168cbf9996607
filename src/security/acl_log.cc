#include "security/acl_log.h"

#include <algorithm>
#include <cstddef>

namespace redstart {
namespace {

constexpr int64_t kSameWithinMs = 60000;
// Older ones are not looked at, so that a flood of denials stays cheap.
constexpr size_t kLookBack = 10;

}  // namespace

void AclLog::add(Denial denial, int64_t now_ms, size_t max_length) {
  if (max_length == 0) return entries_.clear();
  const auto end = entries_.begin() + static_cast<ptrdiff_t>(std::min(kLookBack, entries_.size()));
  const auto same = std::find_if(entries_.begin(), end, [&](const Entry& entry) {
    const Denial& known = entry.denial;
    return known.reason == denial.reason && known.context == denial.context &&
           now_ms - entry.updated_ms <= kSameWithinMs && known.object == denial.object &&
           known.username == denial.username;
  });
  if (same != end) {
    same->count++;
    same->updated_ms = now_ms;
    same->denial.client_info = std::move(denial.client_info);
    std::rotate(entries_.begin(), same, same + 1);
    return;
  }
  entries_.push_front(
      {.denial = std::move(denial), .id = next_id_++, .created_ms = now_ms, .updated_ms = now_ms});
  if (entries_.size() > max_length) entries_.resize(max_length);
}

}  // namespace redstart
