#include "engine/client_memory.h"

#include "base/log.h"
#include "engine/engine.h"
#include "engine/session_channel.h"

namespace redstart {

void ClientMemory::note(const Session& session, size_t bytes) {
  if (session.no_evict) return forget(session);
  auto [found, is_new] = bytes_.try_emplace(session.id(), 0);
  if (found->second == bytes && !is_new) return;
  by_size_.erase({found->second, session.id()});
  by_size_.emplace(bytes, session.id());
  total_ += bytes - found->second;
  found->second = bytes;
}

void ClientMemory::forget(const Session& session) {
  auto found = bytes_.find(session.id());
  if (found == bytes_.end()) return;
  by_size_.erase({found->second, session.id()});
  total_ -= found->second;
  bytes_.erase(found);
}

size_t ClientMemory::limit() const {
  const Settings& settings = engine_.settings();
  if (settings.maxmemory_clients >= 0) return static_cast<size_t>(settings.maxmemory_clients);
  // A percentage of nothing is no limit.
  return settings.maxmemory / 100 * static_cast<size_t>(-settings.maxmemory_clients);
}

void ClientMemory::apply_settings() {
  const bool counted = counts();
  limit_ = limit();
  if (!counts()) {
    bytes_.clear();
    by_size_.clear();
    total_ = 0;
  } else if (!counted) {
    for (const Session& session : engine_.sessions()) {
      if (session.channel()) note(session, session.channel()->info().total_memory);
    }
  }
}

void ClientMemory::enforce() {
  while (counts() && total_ > limit_ && !by_size_.empty()) {
    Session& session = *engine_.find_session(by_size_.rbegin()->second);
    engine_.log().notice("Evicting client: id=" + std::to_string(session.id()) +
                         " addr=" + session.channel()->info().address +
                         " tot-mem=" + std::to_string(by_size_.rbegin()->first));
    session.tenant->stats.evicted_clients++;
    forget(session);
    session.hold |= kClosing;
    session.channel()->close_now();
  }
}

}  // namespace redstart
