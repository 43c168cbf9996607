#include "net/door.h"

#include "base/log.h"
#include "engine/engine.h"
#include "net/loop.h"

namespace redstart {

namespace {
constexpr int64_t kSweepEveryMs = 1000;
// A connection silent for this long gives back its empty buffer.
constexpr int64_t kKeepRestMs = 2000;
}  // namespace

Door::Door(Loop& loop) : loop_(loop), engine_(loop.engine()) {
  sweep_timer_ = engine_.timers().add(
      engine_.mono_us() / 1000 + kSweepEveryMs, [this] { sweep(); }, kSweepEveryMs);
}

Door::~Door() {
  engine_.timers().cancel(sweep_timer_);
  stop_listening();
  close_all();
  loop_.bury_closed();
}

// ---- listening ----------------------------------------------------------------------------------

bool Door::listen_tcp(const TcpAddresses& wanted, std::string* error) {
  // The old sockets go first: old and new may well share an address.
  tcp_listeners_.clear();
  if (open_tcp(wanted, error)) {
    tcp_ = wanted;
    if (tcp_.port == kAnyPort) tcp_.port = port();
    return true;
  }
  std::string ignored;
  if (!open_tcp(tcp_, &ignored)) engine_.log().warning("Failed to restore the old listeners");
  return false;
}

bool Door::open_tcp(const TcpAddresses& wanted, std::string* error) {
  if (wanted.port == kClosed) return true;
  int port = wanted.port;
  for (const BindAddress& address : parse_bind_addresses(wanted.hosts)) {
    Listener::Failure failure;
    auto listener =
        Listener::open_tcp(loop_.uv(), this, address.host, port, wanted.backlog, &failure);
    if (listener) {
      port = listener->port();
      tcp_listeners_.push_back(std::move(listener));
      continue;
    }
    *error = "Could not create server TCP listening socket " + address.host + ":" +
             std::to_string(port) + ": " + failure.text;
    if (failure.no_such_family || (failure.no_such_address && address.optional)) {
      engine_.log().verbose(*error);
      continue;
    }
    tcp_listeners_.clear();
    return false;
  }
  return true;
}

bool Door::listen_unix(const std::string& path, int permissions, int backlog, std::string* error) {
  Listener::Failure failure;
  unix_listener_ = Listener::open_unix(loop_.uv(), this, path, permissions, backlog, &failure);
  if (unix_listener_) return true;
  *error = "Failed opening Unix socket: " + failure.text;
  return false;
}

void Door::stop_listening() {
  tcp_listeners_.clear();
  unix_listener_.reset();
}

int Door::port() const { return tcp_listeners_.empty() ? -1 : tcp_listeners_[0]->port(); }

void Door::accept_waiting() {
  for (const auto& listener : tcp_listeners_) listener->accept_waiting();
  if (unix_listener_) unix_listener_->accept_waiting();
}

// ---- connections --------------------------------------------------------------------------------

int Door::keep_alive_seconds() const { return engine_.settings().tcp_keepalive; }

void Door::on_connection(StreamHandle io) {
  loop_.enter_turn();
  Stats& stats = engine_.default_tenant().stats;
  if (loop_.connections() >= static_cast<size_t>(engine_.settings().maxclients)) {
    stats.rejected_connections++;
    return refuse(*io, Refusal::kTooManyClients);
  }
  if (is_protected() && !io->peer_is_local()) {
    stats.rejected_connections++;
    return refuse(*io, Refusal::kProtectedMode);
  }
  stats.total_connections++;
  if (keep_alive_seconds() > 0) io->set_keep_alive(keep_alive_seconds());
  Stream* stream = admit(std::move(io)).release();
  by_activity_.push_back(stream);
  count_++;
  loop_.count_connections(1);
  stream->start();
}

void Door::refuse(StreamIo& io, Refusal refusal) {
  const std::string text = refusal_text(refusal);
  const IoSlice slice{text.data(), text.size()};
  io.try_write({&slice, 1});
}

void Door::touch(Stream* stream, int64_t now_ms) {
  const bool new_second = now_ms / 1000 != stream->last_active_ms_ / 1000;
  stream->last_active_ms_ = now_ms;
  if (!new_second) return;
  stream->unlink();
  by_activity_.push_back(stream);
}

void Door::discard(Stream* stream) {
  count_--;
  loop_.count_connections(-1);
  delete stream;
}

void Door::close_all() {
  for (Stream* stream = by_activity_.first(); stream; stream = by_activity_.after(stream)) {
    stream->flush();
    stream->close_now();
  }
}

size_t Door::memory() const {
  size_t bytes = 0;
  for (Stream* s = by_activity_.first(); s; s = by_activity_.after(s)) bytes += s->memory();
  return bytes;
}

void Door::sweep() {
  const int64_t now_ms = engine_.now_ms();
  close_idle(now_ms);
  free_idle_rests(now_ms);
}

void Door::close_idle(int64_t now_ms) {
  const int64_t limit_ms = idle_limit_ms();
  if (limit_ms <= 0) return;
  for (Stream* s = by_activity_.first(); s; s = by_activity_.after(s)) {
    if (now_ms - s->last_active_ms() < limit_ms) return;
    if (s->closing() || !may_close_idle(*s)) continue;
    engine_.log().verbose("Closing idle client");
    s->close_now();
  }
}

void Door::free_idle_rests(int64_t now_ms) {
  for (size_t i = with_rest_.size(); i-- > 0;) {
    Stream* s = with_rest_[i];
    if (s->rest_size() == 0 && now_ms - s->last_active_ms() >= kKeepRestMs) s->free_rest();
  }
}

}  // namespace redstart
