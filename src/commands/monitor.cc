// MONITOR: reading along.
#include "engine/monitor.h"

#include "commands/families.h"
#include "engine/context.h"
#include "engine/engine.h"

namespace redstart {
namespace {

void monitor(Context& c) {
  // Inside EXEC each command has one place in the answer.
  if (c.unit.depth() > 1) {
    return c.reply.error("ERR MONITOR isn't allowed for DENY BLOCKING client");
  }
  // Redis does not answer a second time.
  if (c.session.attention & kMonitoring) return;
  c.engine.monitors().add(c.session);
  c.reply.ok();
}
constexpr CommandSpec kMonitor = {.name = "monitor",
                                  .arity = 1,
                                  .flags = kAdmin | kNoScript | kLoading | kStale | kNoHttp,
                                  .group = Group::kServer,
                                  .summary = "Shows what all clients run, as it happens.",
                                  .complexity = {},
                                  .run = monitor};

constexpr const CommandSpec* kFamily[] = {&kMonitor};

}  // namespace

std::span<const CommandSpec* const> monitor_commands() { return kFamily; }

}  // namespace redstart
