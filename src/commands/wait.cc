// WAIT and WAITAOF: until replicas, or the disk, have what the client has written.
#include "commands/families.h"
#include "commands/timeout.h"
#include "engine/arg_reader.h"
#include "engine/blocking.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/persistence.h"
#include "engine/replication_state.h"
#include "engine/session.h"
#include "engine/tenant.h"

namespace redstart {
namespace {

class ReplicasWait final : public AckWait {
 public:
  explicit ReplicasWait(int64_t replicas) : replicas_(replicas) {}

  bool fulfilled(const Session& session) override { return have(session) >= replicas_; }
  void answer(const Session& session, Reply& reply) override { reply.integer(have(session)); }

 private:
  static int64_t have(const Session& session) {
    const LogAcks& acks = session.tenant->acks;
    return acks.replicas ? acks.replicas(session.written_offset) : 0;
  }

  int64_t replicas_;
};

// Who waits for replicas asks them, too.
void ask_replicas(Context& c) {
  if ((c.session.hold & kBlocked) && c.tenant.replication) c.tenant.replication->ask_for_acks();
}

bool follows_master(const Context& c) {
  return c.tenant.replication && !c.tenant.replication->is_master();
}

void wait(Context& c) {
  if (follows_master(c)) {
    return c.reply.error(
        "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if "
        "a replica is configured to be writable (which is not the default) writes to replicas are "
        "just local and are not propagated.");
  }
  int64_t replicas, timeout_ms;
  if (!parse_int64(c.arg(1), &replicas)) return c.reply.error(err::kNotInteger);
  if (!read_timeout(c, c.arg(2), TimeoutUnit::kMilliseconds, &timeout_ms)) return;
  wait_for_acks(c, std::make_unique<ReplicasWait>(replicas), timeout_ms);
  ask_replicas(c);
}
constexpr CommandSpec kWait = {
    .name = "wait",
    .arity = 3,
    .flags = kBlocking,
    .acl = kAclConnection,
    .group = Group::kGeneric,
    .args = "numreplicas:integer timeout:integer",
    .summary = "Waits until so many replicas have what the connection has written.",
    .since = "3.0.0",
    .tips = "request_policy:all_shards,response_policy:agg_min",
    .run = wait};

constexpr std::string_view kNoLog =
    "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.";

bool keeps_log(const Tenant& tenant) {
  return tenant.persistence && tenant.persistence->facts().aof_enabled;
}

class DiskWait final : public AckWait {
 public:
  DiskWait(int64_t local, int64_t replicas) : local_(local), replicas_(replicas) {}

  bool fulfilled(const Session& session) override {
    return in_vain(session) ||
           (have_local(session) >= local_ && have_replicas(session) >= replicas_);
  }
  void answer(const Session& session, Reply& reply) override {
    if (in_vain(session)) return reply.error(kNoLog);
    reply.array(2);
    reply.integer(have_local(session));
    reply.integer(have_replicas(session));
  }

 private:
  // The log was switched off meanwhile.
  bool in_vain(const Session& session) const { return local_ && !keeps_log(*session.tenant); }
  static int64_t have_local(const Session& session) {
    const LogAcks& acks = session.tenant->acks;
    return acks.on_disk && acks.on_disk(session.written_offset);
  }
  static int64_t have_replicas(const Session& session) {
    const LogAcks& acks = session.tenant->acks;
    return acks.replicas_on_disk ? acks.replicas_on_disk(session.written_offset) : 0;
  }

  int64_t local_, replicas_;
};

void waitaof(Context& c) {
  ArgReader a(c.args, 1);
  const int64_t local =
      a.integer_in(0, 1, "ERR value is out of range, value must between 0 and 1");
  const int64_t replicas = a.integer(err::kNotPositive);
  if (replicas < 0) a.fail(err::kNotPositive);
  if (!a.ok()) return c.reply.error(a.error());
  int64_t timeout_ms;
  if (!read_timeout(c, c.arg(3), TimeoutUnit::kMilliseconds, &timeout_ms)) return;
  if (follows_master(c)) {
    return c.reply.error(
        "ERR WAITAOF cannot be used with replica instances. Please also note that writes to "
        "replicas are just local and are not propagated.");
  }
  if (local && !keeps_log(c.tenant)) return c.reply.error(kNoLog);
  wait_for_acks(c, std::make_unique<DiskWait>(local, replicas), timeout_ms);
  ask_replicas(c);
}
constexpr CommandSpec kWaitaof = {
    .name = "waitaof",
    .arity = 4,
    .flags = kBlocking,
    .acl = kAclConnection,
    .group = Group::kGeneric,
    .args = "numlocal:integer numreplicas:integer timeout:integer",
    .summary = "Waits until the disk, here and of replicas, has what the connection has written.",
    .since = "7.2.0",
    .tips = "request_policy:all_shards,response_policy:agg_min",
    .run = waitaof};

constexpr const CommandSpec* kFamily[] = {&kWait, &kWaitaof};

}  // namespace

std::span<const CommandSpec* const> wait_commands() { return kFamily; }

}  // namespace redstart
