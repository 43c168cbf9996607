#include "engine/session.h"

#include "engine/blocking.h"
#include "engine/client_memory.h"
#include "engine/engine.h"
#include "engine/monitor.h"
#include "engine/replication_state.h"
#include "engine/session_channel.h"
#include "engine/subscriptions.h"
#include "engine/tracking.h"
#include "engine/transaction.h"

namespace redstart {

Session::Session(Engine& engine, Dialect dialect, SessionChannel* channel)
    : dialect(dialect), engine_(engine), channel_(channel), id_(engine.enlist(this)) {
  created_ms = last_active_ms = engine.now_ms();
  if (dialect == Dialect::kUpstash) attention |= kHttpCommand;
  tenant = &engine.default_tenant();
  keys = &tenant->keyspace(0);
  deauthenticate();
}

Session::~Session() {
  if (transaction) engine_.watches().forget(*this);
  if (waiter) engine_.blocking().forget(*this);
  if (tracker) engine_.tracking().disable(*this);
  engine_.client_memory().forget(*this);
  if (subscribed) end_subscriptions(*this);
  if (attention & kMonitoring) engine_.monitors().remove(*this);
  engine_.delist(this);
}

SessionExtras& Session::need_extras() {
  if (!extras) extras = std::make_unique<SessionExtras>();
  return *extras;
}

void Session::select(int index) {
  db = index;
  keys = &tenant->keyspace(index);
}

void Session::authenticate(Tenant& new_tenant, const User& new_user) {
  if (subscribed && tenant != &new_tenant) end_subscriptions(*this);
  tenant = &new_tenant;
  user = &new_user;
  authenticated = true;
  attention &= ~kNotAuthenticated;
  judge_user();
  select(db < new_tenant.databases() ? db : 0);
}

void Session::deauthenticate() {
  user = &tenant->users.default_user();
  authenticated = user->enabled && user->no_password;
  attention &= ~kNotAuthenticated;
  if (!authenticated) attention |= kNotAuthenticated;
  judge_user();
}

void Session::judge_user() {
  attention &= ~kRestrictedUser;
  if (!user->unrestricted()) attention |= kRestrictedUser;
}

size_t Session::memory() const {
  size_t bytes = 0;
  if (extras) {
    bytes += sizeof *extras + extras->name.capacity() + extras->library_name.capacity() +
             extras->library_version.capacity();
  }
  if (transaction) {
    bytes += transaction->bytes() + engine_.watches().bytes_of(*transaction);
  }
  if (subscribed) bytes += tenant->hub().bytes_of(id_);
  if (waiter) bytes += sizeof *waiter + waiter->call.bytes();
  if (tracker) {
    bytes += sizeof *tracker;
    for (const std::string& prefix : tracker->prefixes) bytes += sizeof prefix + prefix.capacity();
  }
  return bytes;
}

bool Session::is_local() const {
  if (!channel_) return false;
  ChannelInfo info = channel_->info();
  return info.unix_socket || info.address.starts_with("127.") ||
         info.address.starts_with("[::1]:");
}

void Session::set_resp(int version) {
  if (resp == version) return;
  resp = static_cast<uint8_t>(version);
  hold |= kProtocolChanged;
  set_subscribed(subscribed);
}

// Only RESP3 tells pushes from answers: a RESP2 client that listens may not ask.
void Session::set_subscribed(bool on) {
  subscribed = on;
  attention &= ~kSubscribedResp2;
  if (on && resp == 2) attention |= kSubscribedResp2;
}

}  // namespace redstart
