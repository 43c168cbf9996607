#include "replication/replicas.h"

#include <algorithm>

#include "base/file.h"
#include "base/log.h"
#include "engine/client_memory.h"
#include "engine/engine.h"
#include "engine/session_channel.h"
#include "replication/backlog.h"

namespace redstart {

namespace {

// What one connection holds of the stream or of a file; the rest waits where it is once for all.
constexpr size_t kUnsentMax = 256 * 1024;

}  // namespace

// ---- one of them

Replica::~Replica() { replicas_.forget(*this); }

size_t Replica::waiting_bytes() const {
  if (state == State::kAsks || state == State::kGone) return 0;
  return replicas_.waiting(*this);
}

bool Replica::has_more() const {
  if (state == State::kGetsFile) return true;
  return state == State::kOnline && !silent && replicas_.waiting(*this) > 0;
}

std::string_view Replica::state_name() const {
  switch (state) {
    case State::kWaits:
    case State::kChildWrites: return "wait_bgsave";
    case State::kGetsFile: return "send_bulk";
    case State::kServed: return "rdb_transmitted";
    default: return "online";
  }
}

std::string Replica::host() const {
  if (!announced_host.empty()) return announced_host;
  const std::string address = session.channel()->info().address;
  const std::string host = address.substr(0, address.rfind(':'));
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

std::string Replica::name() const {
  if (port == 0) return "client id #" + std::to_string(session.id());
  return host() + ":" + std::to_string(port);
}

// ---- all

Replica& Replicas::of(Session& session) {
  if (!session.follower) session.follower = std::make_unique<Replica>(*this, session);
  return static_cast<Replica&>(*session.follower);
}

void Replicas::add(Replica& replica) {
  replica.session.attention |= kFollowing;
  engine_.client_memory().forget(replica.session);
  all_.push_back(&replica);
}

void Replicas::drop(Replica& replica) {
  SessionChannel& channel = *replica.session.channel();
  forget(replica);
  replica.session.hold |= kClosing;
  channel.close_now();
}

void Replicas::forget(Replica& replica) {
  const auto found = std::find(all_.begin(), all_.end(), &replica);
  if (found == all_.end()) return;
  all_.erase(found);
  if (all_.empty()) nobody_since_now();
  replica.file.reset();
  on_leave_(replica);
  replica.state = Replica::State::kGone;
}

void Replicas::nobody_since_now() { none_since_mono_us_ = engine_.mono_us(); }

size_t Replicas::waiting(const Replica& replica) const {
  if (replica.wants_data_only || replica.state == Replica::State::kWaits) return 0;
  return static_cast<size_t>(std::max<int64_t>(0, stream_end_ - replica.sent));
}

// ---- giving

void Replicas::feed(const Backlog& stream) {
  stream_end_ = stream.end();
  const std::vector<Replica*> all = all_;
  for (Replica* replica : all) {
    if (replica->state == Replica::State::kGetsFile) feed_file(*replica);
    if (replica->state == Replica::State::kOnline && !replica->silent) feed(*replica, stream);
    const size_t unsent = waiting(*replica) + replica->session.channel()->unsent();
    if (!passes_limit(*replica, unsent)) continue;
    engine_.log().warning("Client id=" + std::to_string(replica->session.id()) + " addr=" +
                          replica->session.channel()->info().address + " omem=" +
                          std::to_string(unsent) +
                          " scheduled to be closed ASAP for overcoming of output buffer limits.");
    engine_.default_tenant().stats.output_buffer_limit_disconnections++;
    drop(*replica);
  }
}

void Replicas::feed(Replica& replica, const Backlog& stream) {
  SessionChannel& channel = *replica.session.channel();
  for (size_t unsent = channel.unsent(); unsent < kUnsentMax;) {
    const std::string_view bytes = stream.at(replica.sent, kUnsentMax - unsent);
    if (bytes.empty()) return;
    channel.send(bytes);
    replica.sent += static_cast<int64_t>(bytes.size());
    unsent += bytes.size();
  }
}

void Replicas::feed_file(Replica& replica) {
  SessionChannel& channel = *replica.session.channel();
  if (replica.file_left > 0 && channel.unsent() < kUnsentMax / 2) {
    const auto size = std::min<size_t>(kUnsentMax / 2, static_cast<size_t>(replica.file_left));
    const auto bytes = std::make_unique_for_overwrite<char[]>(size);
    const int64_t got = replica.file->read(bytes.get(), size);
    if (got <= 0) {
      engine_.log().warning("Read error sending DB to replica: " +
                            (got < 0 ? error_text(static_cast<int>(got)) : "premature EOF"));
      return drop(replica);
    }
    channel.send({bytes.get(), static_cast<size_t>(got)});
    replica.file_left -= got;
  }
  if (replica.file_left > 0) return;
  replica.file.reset();
  put_online(replica);
}

void Replicas::put_online(Replica& replica) {
  replica.confirmed_mono_us = engine_.mono_us();
  if (replica.wants_data_only) {
    replica.state = Replica::State::kServed;
    engine_.log().notice("RDB transfer completed, rdb only replica (" + replica.name() +
                         ") should be disconnected asap");
    replica.session.channel()->close_after_flush();
    return;
  }
  replica.state = Replica::State::kOnline;
  engine_.log().notice("Synchronization with replica " + replica.name() + " succeeded");
}

// A limit below the backlog would be passed by what is there anyway.
bool Replicas::passes_limit(Replica& replica, size_t waiting) {
  const Settings& settings = engine_.settings();
  OutputLimit limit = settings.output_limit_replica;
  if (limit.hard_bytes) limit.hard_bytes = std::max(limit.hard_bytes, settings.repl_backlog_size);
  if (limit.soft_bytes) limit.soft_bytes = std::max(limit.soft_bytes, settings.repl_backlog_size);
  if (limit.hard_bytes && waiting >= limit.hard_bytes) return true;
  int64_t& since_us = replica.over_soft_limit_mono_us;
  if (!limit.soft_bytes || waiting < limit.soft_bytes) {
    since_us = 0;
    return false;
  }
  const int64_t now_us = engine_.mono_us();
  if (since_us == 0) since_us = now_us;
  return now_us - since_us > limit.soft_seconds * 1000000;
}

int64_t Replicas::oldest_needed(int64_t end) const {
  int64_t oldest = end;
  for (const Replica* replica : all_) {
    if (replica->wants_data_only || replica->state == Replica::State::kWaits) continue;
    oldest = std::min(oldest, replica->sent);
  }
  return oldest;
}

// ---- once a second

void Replicas::look_after(bool child_feeds_sockets) {
  const int64_t patience_us = int64_t{engine_.settings().repl_timeout} * 1000000;
  const std::vector<Replica*> all = all_;
  for (Replica* replica : all) {
    using State = Replica::State;
    const bool is_waiting = replica->state == State::kWaits ||
                            (replica->state == State::kChildWrites && !child_feeds_sockets);
    // Before the answer to PSYNC, and before the data: replicas pass over it.
    if (is_waiting) replica->session.channel()->send("\n");
    if (replica->state != State::kOnline || !replica->knows_offsets) continue;
    if (engine_.mono_us() - replica->confirmed_mono_us <= patience_us) continue;
    engine_.log().warning("Disconnecting timedout replica (streaming sync): " + replica->name());
    drop(*replica);
  }
}

// ---- what they have confirmed

int Replicas::good(int64_t max_lag_s) const {
  return static_cast<int>(std::count_if(all_.begin(), all_.end(), [&](const Replica* replica) {
    return replica->state == Replica::State::kOnline &&
           (engine_.mono_us() - replica->confirmed_mono_us) / 1000000 <= max_lag_s;
  }));
}

int64_t Replicas::confirmed(int64_t offset) const {
  return std::count_if(all_.begin(), all_.end(), [&](const Replica* replica) {
    return replica->state == Replica::State::kOnline && replica->confirmed >= offset;
  });
}

int64_t Replicas::confirmed_on_disk(int64_t offset) const {
  return std::count_if(all_.begin(), all_.end(), [&](const Replica* replica) {
    return replica->state == Replica::State::kOnline && replica->confirmed_on_disk >= offset;
  });
}

bool Replicas::lag_behind(int64_t offset) const {
  return std::any_of(all_.begin(), all_.end(),
                     [&](const Replica* replica) { return replica->confirmed != offset; });
}

void Replicas::tell_lag(int64_t offset) const {
  size_t lagging = 0;
  for (const Replica* replica : all_) {
    if (replica->confirmed == offset) continue;
    lagging++;
    const bool online = replica->state == Replica::State::kOnline;
    const int64_t since_us = engine_.mono_us() - replica->confirmed_mono_us;
    engine_.log().notice("Lagging replica " + replica->name() + " reported offset " +
                         std::to_string(offset - replica->confirmed) + " behind master, lag=" +
                         std::to_string(online ? since_us / 1000000 : 0) + ", state=" +
                         std::string(replica->state_name()) + ".");
  }
  if (all_.empty()) return;
  engine_.log().notice(std::to_string(all_.size() - lagging) + " of " +
                       std::to_string(all_.size()) + " replicas are in sync when shutting down.");
}

size_t Replicas::memory() const {
  size_t bytes = 0;
  for (const Replica* replica : all_) {
    bytes += sizeof *replica + replica->session.channel()->unsent();
  }
  return bytes;
}

}  // namespace redstart
