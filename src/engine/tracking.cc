#include "engine/tracking.h"

#include <algorithm>

#include "base/numbers.h"
#include "base/random.h"
#include "engine/command.h"
#include "engine/command_table.h"
#include "engine/dispatcher.h"
#include "engine/engine.h"
#include "engine/pushes.h"
#include "wire/push.h"

namespace redstart {

struct Tracking::Name {
  const Tenant* tenant;
  Key key;
};

struct Tracking::TrackedKey {
  const Tenant* tenant;
  std::string bytes;
  uint64_t hash;
  size_t position;
  absl::btree_set<uint64_t> sessions;

  Name name() const { return {tenant, {bytes, hash}}; }
};

size_t Tracking::KeyHash::operator()(const Name& name) const { return name.key.hash; }
size_t Tracking::KeyHash::operator()(const std::unique_ptr<TrackedKey>& key) const {
  return key->hash;
}
bool Tracking::KeyEqual::operator()(const std::unique_ptr<TrackedKey>& a, const Name& b) const {
  return a->hash == b.key.hash && a->tenant == b.tenant && a->bytes == b.key.bytes;
}
bool Tracking::KeyEqual::operator()(const std::unique_ptr<TrackedKey>& a,
                                    const std::unique_ptr<TrackedKey>& b) const {
  return (*this)(a, b->name());
}

Tracking::Tracking(Engine& engine) : engine_(engine) {}
Tracking::~Tracking() = default;

// ---- what is told -------------------------------------------------------------------------------

namespace {

constexpr std::string_view kChannel = "__redis__:invalidate";

void append_count(std::string* out, char kind, size_t count) {
  out->push_back(kind);
  out->append(int64_text(static_cast<int64_t>(count))).append("\r\n");
}

void append_bulk(std::string* out, std::string_view text) {
  append_count(out, '$', text.size());
  out->append(text).append("\r\n");
}

// The keys are given encoded: an array, or null for all.
class Invalidation final : public Push {
 public:
  explicit Invalidation(std::string keys) : keys_(std::move(keys)), all_(false) {}
  Invalidation() : all_(true) {}

 private:
  BigBuf* encode(Form form) const override {
    if (form == Form::kEvents) return nullptr;
    std::string out;
    if (form == Form::kResp3) {
      append_count(&out, '>', 2);
      append_bulk(&out, "invalidate");
      out += all_ ? "_\r\n" : keys_;
    } else {
      append_count(&out, '*', 3);
      append_bulk(&out, "message");
      append_bulk(&out, kChannel);
      out += all_ ? "$-1\r\n" : keys_;
    }
    return BigBuf::copy_of(out);
  }

  std::string keys_;
  bool all_;
};

class BrokenRedirect final : public Push {
 public:
  explicit BrokenRedirect(uint64_t id) : id_(id) {}

 private:
  BigBuf* encode(Form) const override {
    std::string out;
    append_count(&out, '>', 2);
    append_bulk(&out, "tracking-redir-broken");
    append_count(&out, ':', id_);
    return BigBuf::copy_of(out);
  }

  uint64_t id_;
};

std::string encoded(std::string_view key) {
  std::string out = "*1\r\n";
  append_bulk(&out, key);
  return out;
}

}  // namespace

void Tracking::tell(Session& session, Push& push) {
  Tracker& tracker = *session.tracker;
  Session* target = &session;
  if (tracker.redirect) {
    target = engine_.find_session(tracker.redirect);
    if (!target) {
      tracker.redirect_broken = true;
      BrokenRedirect broken(tracker.redirect);
      if (session.resp == 3) engine_.pushes().to(session, broken);
      return;
    }
  }
  // RESP2 knows no pushes but those of pub/sub.
  if (target->resp == 3 || (target != &session && target->subscribed)) {
    engine_.pushes().to(*target, push);
  }
}

// ---- who tracks ---------------------------------------------------------------------------------

void Tracking::enable(Session& session, Tracker wanted) {
  if (session.tracker) {
    wanted.prefixes.insert(wanted.prefixes.end(), session.tracker->prefixes.begin(),
                           session.tracker->prefixes.end());
    std::sort(wanted.prefixes.begin(), wanted.prefixes.end());
    wanted.prefixes.erase(std::unique(wanted.prefixes.begin(), wanted.prefixes.end()),
                          wanted.prefixes.end());
  } else {
    sessions_++;
  }
  session.tracker = std::make_unique<Tracker>(std::move(wanted));
  session.attention |= kTracking;
  for (const std::string& prefix : session.tracker->prefixes) {
    broadcasts_[{session.tenant, prefix}].sessions.insert(session.id());
  }
  engine_.unit().listen_to_touches(this, true);
}

void Tracking::disable(Session& session) {
  if (!session.tracker) return;
  for (const std::string& prefix : session.tracker->prefixes) {
    auto found = broadcasts_.find({session.tenant, prefix});
    if (found == broadcasts_.end()) continue;
    found->second.sessions.erase(session.id());
    if (found->second.sessions.empty()) broadcasts_.erase(found);
  }
  // The table forgets it when its keys change.
  session.tracker.reset();
  session.attention &= ~kTracking;
  if (--sessions_ > 0) return;
  forget_all();
  engine_.unit().listen_to_touches(this, false);
}

// ---- what was read ------------------------------------------------------------------------------

void Tracking::after_call(Session& session, const Call& call, bool outermost) {
  Tracker& tracker = *session.tracker;
  // Of a script, the commands that it calls count.
  const bool reads = (call.command->flags & kReadonly) &&
                     call.command->spec->group != Group::kScripting;
  if (reads && !tracker.broadcast) remember(session, call);
  const bool goes_on = call.command->full_name.starts_with("client|");
  if (outermost && !goes_on && !(session.attention & kInTransaction)) tracker.caching = false;
}

void Tracking::remember(Session& session, const Call& call) {
  const Tracker& tracker = *session.tracker;
  if ((tracker.opt_in && !tracker.caching) || (tracker.opt_out && tracker.caching)) return;
  if (call.command->flags & kPubsub) return;
  std::vector<KeyPosition> positions;
  if (!find_keys(*call.command, call.args, &positions)) return;
  flushed_ = nullptr;
  for (const KeyPosition& position : positions) {
    const Name name{session.tenant, session.keys->key(call.args[position.index])};
    auto found = table_.find(name);
    if (found == table_.end()) {
      auto made = std::make_unique<TrackedKey>(TrackedKey{
          name.tenant, std::string(name.key.bytes), name.key.hash, by_position_.size(), {}});
      by_position_.push_back(made.get());
      found = table_.insert(std::move(made)).first;
    }
    items_ += (*found)->sessions.insert(session.id()).second;
  }
}

void Tracking::forget_all() {
  table_.clear();
  by_position_.clear();
  items_ = 0;
}

// ---- what has changed ---------------------------------------------------------------------------

void Tracking::on_touched(Keyspace&, const Key& key, bool by_command) {
  const Tenant* tenant = &engine_.unit().tenant();
  const Session* by = engine_.pushes().running();
  for (auto& [place, broadcast] : broadcasts_) {
    if (place.first != tenant || !key.bytes.starts_with(place.second)) continue;
    broadcast.changed[std::string(key.bytes)] = by && by_command ? by->id() : 0;
    changed_ = true;
  }
  auto found = table_.find(Name{tenant, key});
  if (found != table_.end()) invalidate(**found, by);
}

void Tracking::invalidate(TrackedKey& key, const Session* by) {
  Invalidation push(encoded(key.bytes));
  for (uint64_t id : key.sessions) {
    Session* session = engine_.find_session(id);
    if (!session || !session->tracker || session->tracker->broadcast) continue;
    if (session->tracker->no_loop && session == by) continue;
    tell(*session, push);
  }
  items_ -= key.sessions.size();
  by_position_.back()->position = key.position;
  std::swap(by_position_[key.position], by_position_.back());
  by_position_.pop_back();
  table_.erase(table_.find(key.name()));
}

void Tracking::on_flushed(Keyspace&) {
  // FLUSHALL flushes one keyspace after the other.
  const Tenant* tenant = &engine_.unit().tenant();
  if (flushed_ == tenant) return;
  flushed_ = tenant;
  Invalidation push;
  for (Session& session : engine_.sessions()) {
    if (session.tracker && session.tenant == tenant) tell(session, push);
  }
  for (size_t i = by_position_.size(); i-- > 0;) {
    if (by_position_[i]->tenant != tenant) continue;
    TrackedKey* key = by_position_[i];
    items_ -= key->sessions.size();
    by_position_.back()->position = i;
    std::swap(by_position_[i], by_position_.back());
    by_position_.pop_back();
    table_.erase(table_.find(key->name()));
  }
}

bool Tracking::end_turn() {
  flushed_ = nullptr;
  if (changed_) {
    changed_ = false;
    for (auto& [place, broadcast] : broadcasts_) tell_changed(broadcast);
  }
  return limit_table();
}

void Tracking::tell_changed(Broadcast& broadcast) {
  if (broadcast.changed.empty()) return;
  // Everything, or what others have changed.
  auto keys_for = [&](uint64_t reader) {
    std::string keys;
    size_t count = 0;
    for (const auto& [key, by] : broadcast.changed) {
      if (reader && by == reader) continue;
      append_bulk(&keys, key);
      count++;
    }
    std::string array;
    if (count > 0) append_count(&array, '*', count);
    return array += keys;
  };
  Invalidation to_all(keys_for(0));
  for (uint64_t id : broadcast.sessions) {
    Session& session = *engine_.find_session(id);
    if (!session.tracker->no_loop) {
      tell(session, to_all);
    } else if (std::string keys = keys_for(id); !keys.empty()) {
      Invalidation push(std::move(keys));
      tell(session, push);
    }
  }
  broadcast.changed.clear();
}

bool Tracking::limit_table() {
  const auto limit = static_cast<size_t>(engine_.settings().tracking_table_max_keys);
  if (limit == 0) return false;
  // What is forgotten must be told, as if it had changed. A lowered limit takes several turns.
  constexpr int kPerTurn = 1000;
  for (int i = 0; i < kPerTurn && by_position_.size() > limit; i++) {
    invalidate(*by_position_[engine_.random().below(by_position_.size())], nullptr);
  }
  return by_position_.size() > limit;
}

}  // namespace redstart
