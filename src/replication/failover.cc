#include "replication/failover.h"

#include "base/log.h"
#include "engine/engine.h"
#include "replication/replication.h"

namespace redstart {

namespace {

// FAILOVER ABORT ends a pause of any length.
constexpr int64_t kForEverMs = int64_t{1000} * 3600 * 24 * 3650;

}  // namespace

Failover::~Failover() { engine_.timers().cancel(abort_timer_); }

std::string_view Failover::state_name() const {
  switch (state_) {
    case State::kNone: return "no-failover";
    case State::kWaitsForReplica: return "waiting-for-sync";
    case State::kHandsOver: return "failover-in-progress";
  }
  return "";
}

const Replica* Failover::find(std::string_view host, int port) const {
  for (const Replica* replica : replication_.replicas().all()) {
    if (replica->port == port && replica->host() == host) return replica;
  }
  return nullptr;
}

void Failover::begin(const Request& request) {
  request_ = request;
  engine_.log().notice(request.host.empty() ? "FAILOVER requested to any replica."
                                            : "FAILOVER requested to " + request.host + ":" +
                                                  std::to_string(request.port) + ".");
  state_ = State::kWaitsForReplica;
  ends_ms_ = request.timeout_ms ? engine_.mono_us() / 1000 + request.timeout_ms : INT64_MAX;
  engine_.pause_clients(engine_.now_ms() + kForEverMs, /*writes_only=*/true);
}

void Failover::abort(const std::string& why) {
  const std::string whom = request_.host.empty()
                               ? "any replica"
                               : request_.host + ":" + std::to_string(request_.port);
  engine_.log().notice("FAILOVER to " + whom + " aborted: " + why);
  if (state_ == State::kHandsOver) replication_.stop_following();
  end();
}

void Failover::end() {
  engine_.timers().cancel(abort_timer_);
  abort_timer_ = 0;
  state_ = State::kNone;
  request_ = {};
  engine_.unpause_clients();
}

void Failover::look() {
  if (state_ != State::kWaitsForReplica) return;
  if (engine_.mono_us() / 1000 >= ends_ms_) {
    if (!request_.force) return abort("Replica never caught up before timeout");
    engine_.log().notice("FAILOVER to " + request_.host + ":" + std::to_string(request_.port) +
                         " time out exceeded, failing over.");
    return hand_over();
  }
  for (const Replica* replica : replication_.replicas().all()) {
    const bool wanted = request_.host.empty() || replica == find(request_.host, request_.port);
    if (!wanted || replica->confirmed != replication_.offset()) continue;
    request_.host = replica->host();
    request_.port = replica->port;
    engine_.log().notice("Failover target " + request_.host + ":" +
                         std::to_string(request_.port) + " is synced, failing over.");
    return hand_over();
  }
}

void Failover::hand_over() {
  state_ = State::kHandsOver;
  replication_.follow(request_.host, request_.port);
}

// The link is speaking: it must not be taken away under it.
void Failover::on_answer(bool accepted) {
  if (state_ != State::kHandsOver) return;
  if (accepted) return end();
  abort_timer_ = engine_.timers().add(engine_.mono_us() / 1000, [this] {
    abort_timer_ = 0;
    if (under_way()) abort("Failover target rejected psync request");
  });
}

}  // namespace redstart
