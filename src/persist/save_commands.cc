// SAVE, BGSAVE and LASTSAVE: the RDB file of a tenant on demand.
#include "base/ascii.h"
#include "engine/arg_reader.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/session.h"
#include "persist/persist_commands.h"
#include "persist/storage.h"

namespace redstart {
namespace {

constexpr std::string_view kFailed = "ERR";

// Null: the error was answered.
Storage* need_storage(Context& c) {
  Storage* storage = storage_of(c.tenant);
  if (!storage) c.reply.error(kInMemoryOnly);
  return storage;
}

void save(Context& c) {
  Storage* storage = need_storage(c);
  if (!storage) return;
  if (storage->facts().rdb_in_progress) return c.reply.error("ERR Background save already in progress");
  storage->edit_facts().rdb_saves++;
  storage->rdb().save() ? c.reply.ok() : c.reply.error(kFailed);
}
constexpr CommandSpec kSave = {.name = "save",
                               .arity = 1,
                               .flags = kNoAsyncLoading | kAdmin | kNoScript | kNoMulti,
                               .group = Group::kServer,
                               .summary = "Writes the data into its file; everybody waits.",
                               .complexity = "O(N), N being all keys",
                               .run = save};

void bgsave(Context& c) {
  ArgReader a(c.args, 1);
  bool may_wait = a.flag("SCHEDULE");
  if (a.more()) a.fail(err::kSyntax);
  if (!a.done()) return c.reply.error(a.error());
  Storage* storage = need_storage(c);
  if (!storage) return;
  // A child of a transaction would save half of it.
  bool in_transaction = c.unit.depth() > 1 || (c.session.attention & kInTransaction);
  if (storage->facts().rdb_in_progress) {
    return c.reply.error("ERR Background save already in progress");
  }
  if (storage->child().running() || in_transaction) {
    if (!may_wait && !in_transaction) {
      return c.reply.error(
          "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE "
          "in order to schedule a BGSAVE whenever possible.");
    }
    storage->rdb().schedule();
    return c.reply.status("Background saving scheduled");
  }
  storage->rdb().start_save() ? c.reply.status("Background saving started")
                              : c.reply.error(kFailed);
}
constexpr CommandSpec kBgsave = {
    .name = "bgsave",
    .arity = -1,
    .flags = kNoAsyncLoading | kAdmin | kNoScript,
    .group = Group::kServer,
    .args = "[SCHEDULE]",
    .summary = "Writes the data into its file while the server goes on.",
    .run = bgsave};

void bgrewriteaof(Context& c) {
  Storage* storage = need_storage(c);
  if (!storage) return;
  const bool in_transaction = c.unit.depth() > 1;
  switch (storage->aof().rewrite(!in_transaction)) {
    case Aof::Rewrite::kStarted:
      return c.reply.status("Background append only file rewriting started");
    case Aof::Rewrite::kScheduled:
      return c.reply.status("Background append only file rewriting scheduled");
    case Aof::Rewrite::kInProgress:
      return c.reply.error("ERR Background append only file rewriting already in progress");
    case Aof::Rewrite::kFailed:
      break;
  }
  c.reply.error(
      "ERR Can't execute an AOF background rewriting. Please check the server logs for more "
      "information.");
}
constexpr CommandSpec kBgrewriteaof = {
    .name = "bgrewriteaof",
    .arity = 1,
    .flags = kNoAsyncLoading | kAdmin | kNoScript,
    .group = Group::kServer,
    .summary = "Writes the append-only files anew, without what has been overwritten.",
    .run = bgrewriteaof};

void lastsave(Context& c) {
  Persistence* persistence = c.tenant.persistence;
  int64_t at_ms = persistence ? persistence->facts().rdb_last_save_ms : c.engine.start_ms;
  c.reply.integer(at_ms / 1000);
}
constexpr CommandSpec kLastsave = {
    .name = "lastsave",
    .arity = 1,
    .flags = kLoading | kStale | kFast,
    .acl = kAclAdmin | kAclDangerous,
    .group = Group::kServer,
    .summary = "Answers when the data was last saved, in unix seconds.",
    .tips = "nondeterministic_output",
    .run = lastsave};

constexpr const CommandSpec* kFamily[] = {&kSave, &kBgsave, &kBgrewriteaof, &kLastsave};

}  // namespace

std::span<const CommandSpec* const> save_commands() { return kFamily; }

void add_persist_commands(Engine& engine) {
  engine.add_commands(dump_commands());
  engine.add_commands(migrate_commands());
  engine.add_commands(save_commands());
}

}  // namespace redstart
