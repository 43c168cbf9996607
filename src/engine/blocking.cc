#include "engine/blocking.h"

#include <algorithm>

#include "engine/context.h"
#include "engine/engine.h"
#include "engine/session_channel.h"

namespace redstart {

// A key with those who wait for it, the longest waiting first.
struct Blocking::WaitedKey {
  WaitedKey(Keyspace& keys, const Key& key) : place(keys, key) {}

  OwnedPlace place;
  IntrusiveList<Waiter::Stand> line;
  size_t length = 0;
  size_t till_gone = 0;  // of them, those for whom its end matters
  const Waiter* newest = nullptr;  // who came last, while he waits
  bool ready = false;    // in ready_
};

size_t Blocking::WaitedHash::operator()(const std::unique_ptr<WaitedKey>& key) const {
  return PlaceHash::operator()(key->place);
}
bool Blocking::WaitedEqual::operator()(const std::unique_ptr<WaitedKey>& a, const Place& b) const {
  return PlaceEqual::operator()(a->place, b);
}
bool Blocking::WaitedEqual::operator()(const std::unique_ptr<WaitedKey>& a,
                                       const std::unique_ptr<WaitedKey>& b) const {
  return PlaceEqual::operator()(a->place, b->place);
}

Blocking::Blocking(Engine& engine) : engine_(engine) {}
Blocking::~Blocking() = default;

// ---- parking ------------------------------------------------------------------------------------

namespace {

bool may_wait(const Context& c) {
  return c.unit.depth() == 1 && c.session.channel() && !(c.session.attention & kHttpCommand);
}

}  // namespace

bool wait_for_keys(Context& c, const KeyWait& wait) {
  if (!may_wait(c)) return false;
  Blocking& blocking = c.engine.blocking();
  Waiter& waiter = blocking.park(c, wait.call.empty() ? c.args : wait.call, wait.timeout_ms);
  blocking.stand_in_lines(waiter, c.keys, wait);
  return true;
}

void wait_for_acks(Context& c, std::unique_ptr<AckWait> wait, int64_t timeout_ms) {
  if (wait->fulfilled(c.session) || !may_wait(c)) return wait->answer(c.session, c.reply);
  Blocking& blocking = c.engine.blocking();
  blocking.park(c, c.args, timeout_ms).acks = std::move(wait);
  blocking.ack_waiters_.push_back(c.session.id());
}

Waiter& Blocking::park(Context& c, Args call, int64_t timeout_ms) {
  Session& session = c.session;
  if (running_ && &(*running_)->session == &session) {
    session.waiter = std::move(*running_);
  } else {
    session.waiter = std::make_unique<Waiter>(session, QueuedCall(c.command, call));
    // Rounded up: nobody is sent away before the time.
    if (timeout_ms) session.waiter->deadline_ms = (engine_.mono_us() + 999) / 1000 + timeout_ms;
  }
  Waiter& waiter = *session.waiter;
  if (waiter.deadline_ms != INT64_MAX) {
    deadlines_.emplace(waiter.deadline_ms, session.id());
    arm_timer(waiter.deadline_ms);
  }
  session.hold |= kBlocked;
  return waiter;
}

std::unique_ptr<Waiter> Blocking::release(Session& session) {
  std::unique_ptr<Waiter> waiter = std::move(session.waiter);
  if (waiter->paused) return waiter;
  leave_lines(*waiter);
  if (waiter->acks) std::erase(ack_waiters_, session.id());
  deadlines_.erase({waiter->deadline_ms, session.id()});
  session.hold &= ~kBlocked;
  return waiter;
}

void Blocking::stand_in_lines(Waiter& waiter, Keyspace& keys, const KeyWait& wait) {
  waiter.type = wait.type;
  waiter.even_if_gone = wait.even_if_gone;
  waiter.stands.reserve(wait.keys.size());
  for (std::string_view bytes : wait.keys) {
    Place place{&keys, keys.key(bytes)};
    auto found = waited_.find(place);
    if (found == waited_.end()) {
      found = waited_.insert(std::make_unique<WaitedKey>(keys, place.key)).first;
    }
    WaitedKey& key = **found;
    // A key that is named twice: nobody else can have come between.
    if (!waiter.stands.empty() && key.newest == &waiter) continue;
    auto stand = std::make_unique<Waiter::Stand>();
    stand->waiter = &waiter;
    stand->key = &key;
    key.line.push_back(stand.get());
    key.newest = &waiter;
    key.length++;
    if (waiter.even_if_gone && key.till_gone++ == 0) till_gone_++;
    waiter.stands.push_back(std::move(stand));
  }
  engine_.unit().listen_to_touches(this, true);
}

void Blocking::leave_lines(Waiter& waiter) {
  for (const auto& stand : waiter.stands) {
    WaitedKey& key = *stand->key;
    stand->unlink();
    if (key.newest == &waiter) key.newest = nullptr;
    key.length--;
    if (waiter.even_if_gone && --key.till_gone == 0) till_gone_--;
    drop_if_idle(key);
  }
  waiter.stands.clear();
}

void Blocking::drop_if_idle(WaitedKey& key) {
  if (key.length > 0 || key.ready || &key == served_) return;
  waited_.erase(waited_.find(key.place));
  if (waited_.empty()) engine_.unit().listen_to_touches(this, false);
}

void Blocking::forget(Session& session) { release(session); }

// ---- keys that are ready ------------------------------------------------------------------------

void Blocking::note_ready(WaitedKey& key) {
  if (key.ready) return;
  key.ready = true;
  ready_.push_back(&key);
  engine_.keys_ready = true;
}

void Blocking::on_touched(Keyspace& keys, const Key& key, bool) {
  auto found = waited_.find(Place{&keys, key});
  if (found != waited_.end()) note_ready(**found);
}

void Blocking::on_flushed(Keyspace& keys) {
  for (const auto& key : waited_) {
    if (key->place.keys == &keys) note_ready(*key);
  }
}

void Blocking::serve() {
  if (serving_) return;
  serving_ = true;
  while (!resumed_.empty()) {
    Session* session = engine_.find_session(resumed_.back());
    resumed_.pop_back();
    if (!session || !session->waiter) continue;
    session->hold &= ~kPaused;
    run_again(*session);
  }
  while (!ready_.empty()) {
    served_ = ready_.front();
    ready_.pop_front();
    served_->ready = false;
    serve_key(*served_);
    drop_if_idle(*std::exchange(served_, nullptr));
  }
  serving_ = false;
  engine_.keys_ready = false;
}

// One whose time has come is not there, but it stays for who reads it.
const Entry* Blocking::look_at(WaitedKey& key) const {
  bool& keeps_expired = engine_.keyspace_shared().replica;
  const bool before = std::exchange(keeps_expired, true);
  const Entry* entry = key.place.keys->peek(key.place.key());
  keeps_expired = before;
  return entry;
}

void Blocking::serve_key(WaitedKey& key) {
  Waiter::Stand* stand = key.line.first();
  // Whoever waits again goes to the end of the line and is not asked twice.
  for (size_t left = key.length; left > 0 && stand; left--) {
    Waiter& waiter = *stand->waiter;
    stand = key.line.after(stand);
    Session& session = waiter.session;
    const Entry* entry = look_at(key);
    const bool fits = entry && entry->type() == waiter.type;
    if (!entry && key.till_gone == 0) return;
    if ((fits || waiter.even_if_gone) && !(session.hold & kClosing)) run_again(session);
  }
}

void Blocking::run_again(Session& session) {
  std::unique_ptr<Waiter> waiter = release(session);
  waiter->paused = false;
  const QueuedCall& queued = waiter->call;
  Call call{queued.args(), queued.command(), 0};
  if (size_t first = queued.command()->first_key; first && first < call.args.size()) {
    call.first_key_hash = session.keys->key(call.args[first]).hash;
  }
  SessionChannel& channel = *session.channel();
  running_ = &waiter;
  bool done = engine_.dispatcher().run_again(session, call, waiter->ticks, channel.begin());
  running_ = nullptr;
  channel.end();
  if (!done) {
    // Clients are paused. Its time begins anew when it is let go on.
    waiter->paused = true;
    waiter->deadline_ms = INT64_MAX;
    session.waiter = std::move(waiter);
  } else if (session.may_continue()) {
    channel.resume();
  }
}

bool Blocking::resume_paused(Session& session) {
  if (!session.waiter) return false;
  resumed_.push_back(session.id());
  engine_.keys_ready = true;
  return true;
}

// ---- other ends of a wait -----------------------------------------------------------------------

void Blocking::finish(Session& session, Ending ending, std::string_view error) {
  std::unique_ptr<Waiter> waiter = release(session);
  SessionChannel& channel = *session.channel();
  Reply& reply = channel.begin();
  const bool failed = ending == Ending::kError;
  if (failed) {
    reply.error(error.empty() ? "UNBLOCKED client unblocked via CLIENT UNBLOCK" : error);
    session.tenant->stats.count_error(reply.error_code());
  } else if (waiter->acks) {
    waiter->acks->answer(session, reply);
  } else {
    reply.null_array();
  }
  channel.end();
  const QueuedCall& queued = waiter->call;
  engine_.dispatcher().count_unfinished(session, {queued.args(), queued.command(), 0},
                                        waiter->ticks, failed);
  if (session.may_continue()) channel.resume();
}

bool Blocking::end_wait(Session& session, Ending ending) {
  if (!(session.hold & kBlocked) || (session.hold & kClosing)) return false;
  finish(session, ending);
  return true;
}

void Blocking::end_all(std::string_view error) {
  std::vector<uint64_t> waiting;
  for (const Session& session : engine_.sessions()) {
    if (session.hold & kBlocked) waiting.push_back(session.id());
  }
  for (uint64_t id : waiting) {
    Session* session = engine_.find_session(id);
    if (!session || !(session->hold & kBlocked)) continue;
    session->hold |= kClosing;
    finish(*session, Ending::kError, error);
    session->channel()->close_after_flush();
  }
}

void Blocking::look_at_acks() {
  const std::vector<uint64_t> sessions = ack_waiters_;
  for (uint64_t id : sessions) {
    Session& session = *engine_.find_session(id);
    if (session.waiter->acks->fulfilled(session)) finish(session, Ending::kTimeout);
  }
}

void Blocking::arm_timer(int64_t deadline_ms) {
  // A timer that comes too early finds nothing due and is set anew.
  if (deadline_ms >= armed_for_ms_) return;
  engine_.timers().cancel(timer_);
  armed_for_ms_ = deadline_ms;
  timer_ = engine_.timers().add(deadline_ms, [this] { end_due(); });
}

void Blocking::end_due() {
  armed_for_ms_ = INT64_MAX;
  const int64_t now_ms = engine_.mono_us() / 1000;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_ms) {
    finish(*engine_.find_session(deadlines_.begin()->second), Ending::kTimeout);
  }
  if (!deadlines_.empty()) arm_timer(deadlines_.begin()->first);
}

}  // namespace redstart
