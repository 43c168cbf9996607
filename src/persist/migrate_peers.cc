#include "persist/migrate_peers.h"

#include "engine/engine.h"

namespace redstart {

namespace {

constexpr size_t kPeersMax = 64;
constexpr int64_t kKeptMs = 10000;

std::string name_of(const std::string& host, const std::string& port) { return host + ":" + port; }

}  // namespace

MigratePeers::~MigratePeers() { engine_.timers().cancel(timer_); }

MigratePeer* MigratePeers::get(const std::string& host, const std::string& port, int timeout_ms) {
  int64_t now_ms = engine_.mono_us() / 1000;
  auto found = peers_.find(name_of(host, port));
  if (found == peers_.end()) {
    auto peer = std::make_unique<MigratePeer>();
    if (!peer->socket.connect(host, port, timeout_ms)) return nullptr;
    if (peers_.size() >= kPeersMax) peers_.erase(peers_.begin());
    found = peers_.emplace(name_of(host, port), std::move(peer)).first;
  }
  if (timer_ == 0) {
    timer_ = engine_.timers().add(now_ms + kKeptMs, [this] { close_unused(); }, kKeptMs / 10);
  }
  found->second->used_ms = now_ms;
  return found->second.get();
}

void MigratePeers::close(const std::string& host, const std::string& port) {
  peers_.erase(name_of(host, port));
}

void MigratePeers::close_unused() {
  int64_t now_ms = engine_.mono_us() / 1000;
  std::erase_if(peers_, [&](auto& named) { return now_ms - named.second->used_ms >= kKeptMs; });
  if (!peers_.empty()) return;
  engine_.timers().cancel(timer_);
  timer_ = 0;
}

}  // namespace redstart
