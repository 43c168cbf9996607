#include "engine/client_info.h"

#include <algorithm>

#include "base/numbers.h"
#include "engine/command_table.h"
#include "engine/session.h"
#include "engine/tenant.h"
#include "engine/tracking.h"
#include "engine/transaction.h"
#include "pubsub/hub.h"

namespace redstart {
namespace {

std::string flags_text(const Session& session, const ChannelInfo& info) {
  std::string flags;
  if (session.attention & kFollowing) flags += 'S';
  if (session.attention & kIsMaster) flags += 'M';
  if (session.attention & kMonitoring) flags += 'O';
  if (session.subscribed) flags += 'P';
  const Transaction* transaction = session.transaction.get();
  if (transaction && transaction->open) flags += 'x';
  if (session.hold & (kBlocked | kPaused)) flags += 'b';
  if (transaction && transaction->watch_broken) flags += 'd';
  if (session.hold & kClosing) flags += 'c';
  if (const Tracker* tracker = session.tracker.get()) {
    flags += 't';
    if (tracker->redirect_broken) flags += 'R';
    if (tracker->broadcast) flags += 'B';
  }
  if (info.unix_socket) flags += 'U';
  if (session.readonly_mode) flags += 'r';
  if (session.no_evict) flags += 'e';
  if (session.attention & kNoTouch) flags += 'T';
  return flags.empty() ? "N" : flags;
}

// A call as it came over RESP: it lies in the buffer while it runs.
size_t resp_bytes(Args args) {
  if (args.empty()) return 0;
  size_t bytes = 3 + int64_text_size(static_cast<int64_t>(args.size()));
  for (std::string_view arg : args) {
    bytes += 5 + int64_text_size(static_cast<int64_t>(arg.size())) + arg.size();
  }
  return bytes;
}

}  // namespace

ChannelInfo channel_info(const Session& session) {
  return session.channel() ? session.channel()->info() : ChannelInfo();
}

std::string client_info(const Session& session, const ClientActivity& activity, int64_t now_ms) {
  ChannelInfo info = channel_info(session);
  const Transaction* transaction = session.transaction.get();
  const SessionExtras* extras = session.extras.get();
  const Command* command = activity.command;
  const size_t query_bytes = std::max(info.query_buffer, resp_bytes(activity.args));
  bool in_multi = transaction && transaction->open;
  std::string line;
  auto add = [&](std::string_view name, std::string_view value) {
    if (!line.empty()) line += ' ';
    ((line += name) += '=') += value;
  };
  auto number = [&](std::string_view name, int64_t value) { add(name, int64_text(value)); };
  number("id", static_cast<int64_t>(session.id()));
  add("addr", info.address);
  add("laddr", info.local_address);
  number("fd", info.fd);
  add("name", extras ? std::string_view(extras->name) : std::string_view());
  number("age", (now_ms - session.created_ms) / 1000);
  number("idle", (now_ms - session.last_active_ms) / 1000);
  add("flags", flags_text(session, info));
  number("db", session.db);
  const Hub& hub = session.tenant->hub();
  auto subscriptions = [&](Hub::Kind kind) {
    return session.subscribed ? static_cast<int64_t>(hub.count_of(session.id(), kind)) : 0;
  };
  number("sub", subscriptions(Hub::Kind::kChannel));
  number("psub", subscriptions(Hub::Kind::kPattern));
  number("ssub", subscriptions(Hub::Kind::kShard));
  number("multi", in_multi ? static_cast<int64_t>(transaction->queue.size()) : -1);
  number("watch", transaction ? static_cast<int64_t>(transaction->watched.size()) : 0);
  number("qbuf", static_cast<int64_t>(query_bytes));
  number("qbuf-free", static_cast<int64_t>(info.query_free));
  number("argv-mem", 0);
  number("multi-mem", transaction ? static_cast<int64_t>(transaction->bytes()) : 0);
  number("rbs", 0);
  number("rbp", 0);
  number("obl", 0);
  number("oll", static_cast<int64_t>(info.output_chunks));
  number("omem", static_cast<int64_t>(info.output_bytes));
  number("tot-mem", static_cast<int64_t>(info.total_memory));
  add("events", info.events);
  add("cmd", command ? std::string_view(command->full_name) : "NULL");
  add("user", session.user->name);
  number("redir", session.tracker ? static_cast<int64_t>(session.tracker->redirect) : -1);
  number("resp", session.resp);
  add("lib-name", extras ? std::string_view(extras->library_name) : std::string_view());
  add("lib-ver", extras ? std::string_view(extras->library_version) : std::string_view());
  return line;
}

}  // namespace redstart
