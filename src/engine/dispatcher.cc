#include "engine/dispatcher.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "engine/blocking.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/session_channel.h"
#include "engine/gates.h"
#include "engine/monitor.h"
#include "engine/permissions.h"
#include "engine/redact.h"
#include "engine/tracking.h"
#include "engine/transaction.h"

namespace redstart {
namespace {

// Buckets of a quarter of a power of two, in nanoseconds.
size_t histogram_bucket(uint64_t ns) {
  if (ns < 4) return ns;
  int power = std::bit_width(ns) - 1;
  return std::min<size_t>(CommandStats::kBuckets - 1, power * 4 + ((ns >> (power - 2)) & 3));
}

}  // namespace

void Dispatcher::prepare(Session& session, std::span<Call> window) {
  const CommandTable& table = engine_.commands();
  const Keyspace& keys = *session.keys;
  bool ahead = window.size() > 1;
  for (Call& call : window) {
    call.command = table.resolve(call.args);
    size_t first_key = call.command ? call.command->first_key : 0;
    if (first_key == 0 || first_key >= call.args.size()) continue;
    call.first_key_hash = keys.key(call.args[first_key]).hash;
    if (ahead) keys.prefetch_line(call.first_key_hash);
  }
  if (!ahead) return;
  for (const Call& call : window) {
    if (call.first_key_hash) keys.prefetch_entry(call.first_key_hash);
  }
}

bool Dispatcher::run(Session& session, const Call& call, Reply& reply) {
  session.commands_run++;
  const Command* command = call.command;
  // A user with rules takes it, too, where they allow the call.
  bool short_road = command && ((session.attention & ~kRestrictedUser) | engine_.attention) == 0 &&
                    !(command->flags & kAlwaysGated) && arity_fits(call) &&
                    (session.attention == 0 || judge(*session.user, call).allows());
  if (!short_road) {
    Gate answer = pass_gates(engine_, session, call, reply);
    if (answer == Gate::kPostponed) return false;
    if (answer == Gate::kRefused) return true;
    if ((session.attention & kInTransaction) && !(command->flags & kNotQueued)) {
      transaction_queue(session, call);
      reply.status("QUEUED");
      return true;
    }
  }
  Tenant& tenant = *session.tenant;
  const uint64_t offset = tenant.propagation.offset();
  engine_.unit().enter(tenant);
  invoke(session, call, reply);
  engine_.unit().leave();
  if (tenant.propagation.offset() != offset) session.written_offset = tenant.propagation.offset();
  // Not what others may run while a script does: its unit is open.
  if (engine_.keys_ready && engine_.unit().depth() == 0) [[unlikely]] engine_.blocking().serve();
  return true;
}

bool Dispatcher::run_again(Session& session, const Call& call, uint64_t earlier_ticks,
                           Reply& reply) {
  earlier_ticks_ = earlier_ticks;
  bool done = run(session, call, reply);
  earlier_ticks_ = 0;
  return done;
}

bool Dispatcher::run(Session& session, Args args, Reply& reply) {
  Call call{args};
  prepare(session, {&call, 1});
  return run(session, call, reply);
}

void Dispatcher::invoke(Session& session, const Call& call, Reply& reply) {
  const Command& command = *call.command;
  ExecUnit& unit = engine_.unit();
  Tenant& tenant = *session.tenant;
  Context context{command, call.args, reply,   session, tenant,
                  *session.keys, engine_, unit, engine_.now_ms(), call.first_key_hash};
  int db = session.db;
  uint32_t errors_before = reply.errors();
  uint32_t inner_before = errors_accounted_;
  bool touches = !(session.attention & kNoTouch);
  if (command.flags & kTouchesArbitraryKeys) unit.never_wrap();
  if (!touches) engine_.keyspace_shared().touch = false;
  const Session* outer = engine_.pushes().run_by(&session);
  if (engine_.attention & kMonitored) [[unlikely]] {
    // Scripts are shown before the calls they make.
    if (command.flags & kSkipMonitor) engine_.monitors().feed(session, call);
  }
  uint64_t dirty_before = unit.begin_call();
  uint64_t started = read_ticks();
  command.spec->run(context);
  uint64_t ticks = read_ticks() - started;
  unit.end_call(dirty_before, db, call.args);
  if (engine_.attention & kMonitored) [[unlikely]] {
    // One that waited was shown when it came.
    if (!(command.flags & kSkipMonitor) && earlier_ticks_ == 0) {
      engine_.monitors().feed(session, call);
    }
  }
  engine_.pushes().run_by(outer);
  if (!touches) engine_.keyspace_shared().touch = !engine_.keyspace_shared().snapshot_child;

  session.last_command = &command;
  if (session.attention & kTracking) {
    engine_.tracking().after_call(session, call, unit.depth() == 1);
  }
  if (command.flags & kBlocking) {
    ticks += std::exchange(earlier_ticks_, 0);
    if (session.hold & kBlocked) {
      session.waiter->ticks = ticks;
      return;
    }
  }
  count(session, call, ticks);
  // Errors that calls inside of this one answered (EXEC) are theirs.
  uint32_t answered = reply.errors() - errors_before;
  if (answered > errors_accounted_ - inner_before) {
    tenant.stats.commands[command.id].failed++;
    tenant.stats.count_error(reply.error_code());
  }
  errors_accounted_ = inner_before + answered;
}

void Dispatcher::count(Session& session, const Call& call, uint64_t ticks) {
  Stats& all = session.tenant->stats;
  all.total_commands++;
  CommandStats& stats = all.commands[call.command->id];
  stats.calls++;
  stats.ticks += ticks;
  if (histograms_) stats.count_duration(histogram_bucket(engine_.tick_scale().ns(ticks)));
  if (ticks >= slow_ticks_) note_slow(session, call, ticks);
}

void Dispatcher::count_unfinished(Session& session, const Call& call, uint64_t ticks,
                                  bool failed) {
  count(session, call, ticks);
  session.tenant->stats.commands[call.command->id].failed += failed;
}

void Dispatcher::apply_settings() {
  const Settings& settings = engine_.settings();
  histograms_ = settings.latency_tracking;
  // A millisecond makes the turn's time stale, whatever is to be logged.
  int64_t us = 1000;
  if (settings.slowlog_log_slower_than >= 0) us = std::min(us, settings.slowlog_log_slower_than);
  // A tenth less, since the scale is rough at first; note_slow() looks again.
  slow_ticks_ = static_cast<uint64_t>(us * 900 / engine_.tick_scale().ns_per_tick());
}

void Dispatcher::note_slow(Session& session, const Call& call, uint64_t ticks) {
  engine_.refine_tick_scale();
  int64_t duration_us = engine_.tick_scale().us(ticks);
  const Settings& settings = engine_.settings();
  const Command& command = *call.command;
  Tenant& tenant = *session.tenant;
  int64_t now_s = engine_.clock().wall_us() / 1000000;
  if (settings.slowlog_log_slower_than >= 0 && duration_us >= settings.slowlog_log_slower_than &&
      !(command.flags & kSkipSlowlog)) {
    tenant.slowlog.add(redacted(command, call.args), now_s, duration_us,
                       session.channel() ? session.channel()->info().address : std::string(),
                       session.extras ? session.extras->name : std::string(),
                       settings.slowlog_max_len);
  }
  if (settings.latency_monitor_threshold > 0 &&
      duration_us >= settings.latency_monitor_threshold * 1000) {
    tenant.latency.add((command.flags & kFast) ? "fast-command" : "command", now_s,
                       duration_us / 1000);
  }
  // Within a script or EXEC the time stands still.
  if (duration_us >= 1000 && engine_.unit().depth() <= 1) engine_.refresh_time();
}

}  // namespace redstart
