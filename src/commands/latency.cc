// LATENCY: spikes by event, and how long each command takes.
#include <algorithm>

#include "base/ascii.h"
#include "commands/families.h"
#include "engine/command_help.h"
#include "engine/context.h"
#include "engine/engine.h"

namespace redstart {
namespace {

constexpr uint32_t kFlags = kAdmin | kNoScript | kLoading | kStale;
constexpr std::string_view kTips =
    "nondeterministic_output,request_policy:all_nodes,response_policy:special";

void latency_latest(Context& c) {
  const auto& events = c.tenant.latency.events();
  c.reply.array(events.size());
  for (const auto& [name, event] : events) {
    c.reply.array(4);
    c.reply.bulk(name);
    c.reply.integer(event.samples.back().unix_seconds);
    c.reply.integer(event.samples.back().ms);
    c.reply.integer(event.max_ms);
  }
}
constexpr CommandSpec kLatest = {.name = "latest",
                                 .arity = 2,
                                 .flags = kFlags,
                                 .group = Group::kServer,
                                 .summary = "Answers the latest spike of every event.",
                                 .since = "2.8.13",
                                 .tips = kTips,
                                 .run = latency_latest};

void latency_history(Context& c) {
  auto found = c.tenant.latency.events().find(c.arg(2));
  if (found == c.tenant.latency.events().end()) return c.reply.array(0);
  c.reply.array(found->second.samples.size());
  for (const LatencySample& sample : found->second.samples) {
    c.reply.array(2);
    c.reply.integer(sample.unix_seconds);
    c.reply.integer(sample.ms);
  }
}
constexpr CommandSpec kHistory = {.name = "history",
                                  .arity = 3,
                                  .flags = kFlags,
                                  .group = Group::kServer,
                                  .args = "event",
                                  .summary = "Answers the spikes of an event.",
                                  .since = "2.8.13",
                                  .tips = kTips,
                                  .run = latency_history};

void latency_reset(Context& c) {
  size_t count = 0;
  if (c.argc() == 2) count = c.tenant.latency.reset();
  for (std::string_view event : c.args.subspan(2)) count += c.tenant.latency.reset(event);
  c.reply.integer(static_cast<int64_t>(count));
}
constexpr CommandSpec kReset = {.name = "reset",
                                .arity = -2,
                                .flags = kFlags,
                                .group = Group::kServer,
                                .args = "[event]+",
                                .summary = "Forgets the spikes of all events or of some.",
                                .since = "2.8.13",
                                .tips = "request_policy:all_nodes,response_policy:agg_sum",
                                .run = latency_reset};

std::string age_text(int64_t seconds) {
  if (seconds < 60) return std::to_string(seconds) + "s";
  if (seconds < 3600) return std::to_string(seconds / 60) + "m";
  if (seconds < 86400) return std::to_string(seconds / 3600) + "h";
  return std::to_string(seconds / 86400) + "d";
}

// A column per sample, `kRows` high, with its age written downwards below it.
std::string graph_text(std::string_view name, const LatencyEvent& event, int64_t now_seconds) {
  constexpr size_t kColumns = 80;
  constexpr int kRows = 4;
  size_t first = event.samples.size() - std::min(event.samples.size(), kColumns);
  int64_t low = INT64_MAX, high = 0;
  std::vector<std::string> ages;
  size_t longest_age = 0;
  for (size_t i = first; i < event.samples.size(); i++) {
    low = std::min(low, event.samples[i].ms);
    high = std::max(high, event.samples[i].ms);
    ages.push_back(age_text(now_seconds - event.samples[i].unix_seconds));
    longest_age = std::max(longest_age, ages.back().size());
  }
  std::string text = std::string(name) + " - high " + std::to_string(high) + " ms, low " +
                     std::to_string(low) + " ms (all time high " + std::to_string(event.max_ms) +
                     " ms)\n" + std::string(kColumns, '-') + "\n";
  for (int row = kRows; row > 0; row--) {
    for (size_t i = first; i < event.samples.size(); i++) {
      int64_t spread = std::max<int64_t>(1, high - low);
      int64_t filled = 1 + (event.samples[i].ms - low) * (kRows - 1) / spread;
      text += filled > row ? '|' : filled == row ? '#' : ' ';
    }
    text += '\n';
  }
  text += '\n';
  for (size_t line = 0; line < longest_age; line++) {
    for (const std::string& age : ages) text += line < age.size() ? age[line] : ' ';
    text += '\n';
  }
  return text;
}

void latency_graph(Context& c) {
  const auto& events = c.tenant.latency.events();
  auto found = events.find(c.arg(2));
  if (found == events.end()) {
    return c.reply.error("ERR No samples available for event '" + std::string(c.arg(2)) + "'");
  }
  c.reply.verbatim("txt", graph_text(found->first, found->second, c.now_ms / 1000));
}
constexpr CommandSpec kGraph = {.name = "graph",
                                .arity = 3,
                                .flags = kFlags,
                                .group = Group::kServer,
                                .args = "event",
                                .summary = "Draws the spikes of an event.",
                                .since = "2.8.13",
                                .tips = kTips,
                                .run = latency_graph};

void latency_doctor(Context& c) {
  const auto& events = c.tenant.latency.events();
  std::string text;
  if (events.empty() && c.engine.settings().latency_monitor_threshold == 0) {
    text =
        "Latency monitoring is disabled. CONFIG SET latency-monitor-threshold <milliseconds> "
        "enables it.\n";
  } else if (events.empty()) {
    text = "No latency spike was observed since the start or the last LATENCY RESET.\n";
  } else {
    text = "Latency spikes were observed:\n\n";
  }
  int number = 0;
  for (const auto& [name, event] : events) {
    int64_t sum = 0;
    for (const LatencySample& sample : event.samples) sum += sample.ms;
    int64_t count = static_cast<int64_t>(event.samples.size());
    text += std::to_string(++number) + ". " + name + ": " + std::to_string(count) +
            " latency spikes (average " + std::to_string(sum / count) +
            "ms). Worst all time event " + std::to_string(event.max_ms) + "ms.\n";
    if (name.find("command") != std::string::npos) {
      text += "   SLOWLOG GET shows which calls took long.\n";
    }
  }
  c.reply.verbatim("txt", text);
}
constexpr CommandSpec kDoctor = {.name = "doctor",
                                 .arity = 2,
                                 .flags = kFlags,
                                 .group = Group::kServer,
                                 .summary = "Tells in words what was observed.",
                                 .since = "2.8.13",
                                 .tips = kTips,
                                 .run = latency_doctor};

// Microseconds by powers of two as Redis names them: the last value that its histogram, exact to a
// 128th, counts as 1024 * 2^i ns.
int64_t boundary_us(int power) { return ((1ll << power) + (1ll << (power - 7)) - 1) / 1000; }

void reply_distribution(Reply& reply, const CommandStats& stats) {
  constexpr int kFirst = 10, kLast = 30;  // 1 us to about a second
  struct Point {
    int64_t us, count;
  };
  std::vector<Point> points;
  int64_t count = 0;
  size_t bucket = 0;
  for (int power = kFirst; power <= kLast; power++) {
    int64_t before = count;
    bool last = power == kLast;
    while (bucket < CommandStats::kBuckets && (last || bucket < static_cast<size_t>(power) * 4)) {
      count += (*stats.histogram)[bucket++];
    }
    if (count > before) points.push_back({boundary_us(power), count});
  }
  reply.map(2);
  reply.bulk("calls");
  reply.integer(count);
  reply.bulk("histogram_usec");
  reply.map(points.size());
  for (const Point& point : points) {
    reply.integer(point.us);
    reply.integer(point.count);
  }
}

void latency_histogram(Context& c) {
  std::vector<const Command*> shown;
  auto add = [&](const Command* command) {
    if (c.tenant.stats.commands[command->id].histogram) shown.push_back(command);
  };
  for (std::string_view name : c.args.subspan(2)) {
    const Command* command = c.engine.commands().find_full(name);
    if (!command) continue;
    add(command);
    for (const Command* sub : command->subcommands) add(sub);
  }
  if (c.argc() == 2) {
    for (const Command* command : c.engine.commands().by_id()) add(command);
  }
  c.reply.map(shown.size());
  for (const Command* command : shown) {
    c.reply.bulk(command->full_name);
    reply_distribution(c.reply, c.tenant.stats.commands[command->id]);
  }
}
constexpr CommandSpec kHistogram = {.name = "histogram",
                                    .arity = -2,
                                    .flags = kFlags,
                                    .group = Group::kServer,
                                    .args = "[command]+",
                                    .summary = "Answers how many calls took how long.",
                                    .since = "7.0.0",
                                    .complexity = "O(N), N being the commands",
                                    .tips = kTips,
                                    .run = latency_histogram};

constexpr CommandSpec kHelp = help_row(Group::kServer, "2.8.13");

constexpr const CommandSpec* kSubcommands[] = {&kDoctor,  &kGraph,  &kHelp, &kHistogram,
                                               &kHistory, &kLatest, &kReset};

constexpr CommandSpec kLatency = {.name = "latency",
                                  .arity = -2,
                                  .group = Group::kServer,
                                  .summary = "How long things take.",
                                  .since = "2.8.13",
                                  .complexity = "Depends on the subcommand.",
                                  .subcommands = kSubcommands};

constexpr const CommandSpec* kFamily[] = {&kLatency};

}  // namespace

std::span<const CommandSpec* const> latency_commands() { return kFamily; }

}  // namespace redstart
