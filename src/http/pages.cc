#include "http/pages.h"

#include <string>

#include "base/numbers.h"
#include "engine/engine.h"
#include "wire/out_buf.h"

namespace redstart {

namespace {

constexpr std::string_view kWelcome = R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Redstart</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem;
         color: #222; background: #fff }
  pre { background: #f4f4f4; padding: 1rem; overflow-x: auto; border-radius: 6px }
  @media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 }
         pre { background: #262626 } a { color: #8bf } }
</style>
<h1>Redstart is running</h1>
<p>This is the REST door of an in-memory database that speaks Redis. It takes commands with the
token that the server printed when it started:</p>
<pre>curl -H "Authorization: Bearer $TOKEN" -d '["SET","greeting","hello"]' $URL
curl -H "Authorization: Bearer $TOKEN" $URL/get/greeting</pre>
<p>With <code>@upstash/redis</code>:</p>
<pre>const redis = new Redis({ url: URL, token: TOKEN })
await redis.set("greeting", "hello")</pre>
<p>See also <a href="/health">/health</a> and <a href="/metrics">/metrics</a>.</p>
</html>
)html";

class Metrics {
 public:
  explicit Metrics(OutBuf& out) : out_(out) {}

  void counter(std::string_view name, std::string_view help, uint64_t value) {
    describe(name, help, "counter");
    sample(name, {}, value);
  }
  void gauge(std::string_view name, std::string_view help, uint64_t value) {
    describe(name, help, "gauge");
    sample(name, {}, value);
  }
  void describe(std::string_view name, std::string_view help, std::string_view type) {
    line({"# HELP redstart_", name, " ", help});
    line({"# TYPE redstart_", name, " ", type});
  }
  // `labels` as they stand between the braces.
  void sample(std::string_view name, std::string_view labels, uint64_t value) {
    char text[kIntTextMax];
    const std::string_view number(text, write_uint64(text, value));
    if (labels.empty()) return line({"redstart_", name, " ", number});
    line({"redstart_", name, "{", labels, "} ", number});
  }

 private:
  void line(std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) out_.append(piece);
    out_.append("\n");
  }
  OutBuf& out_;
};

void append_command_metrics(Metrics& metrics, const Engine& engine, const Stats& stats) {
  metrics.describe("command_calls_total", "Calls by command.", "counter");
  for (const auto& command : engine.commands().by_id()) {
    const CommandStats& s = stats.commands[command->id];
    if (s.calls == 0) continue;
    metrics.sample("command_calls_total", "command=\"" + command->full_name + "\"", s.calls);
  }
  metrics.describe("command_microseconds_total", "Time spent by command.", "counter");
  for (const auto& command : engine.commands().by_id()) {
    const CommandStats& s = stats.commands[command->id];
    if (s.calls == 0) continue;
    metrics.sample("command_microseconds_total", "command=\"" + command->full_name + "\"",
                   engine.tick_scale().us(s.ticks));
  }
  metrics.describe("errors_total", "Errors answered, by code.", "counter");
  for (const auto& [code, count] : stats.errors) {
    metrics.sample("errors_total", "code=\"" + code + "\"", count);
  }
}

}  // namespace

void append_welcome_page(OutBuf& out) { out.append(kWelcome); }

void append_metrics(Engine& engine, OutBuf& out) {
  Tenant& tenant = engine.default_tenant();
  const Stats& stats = tenant.stats;
  Metrics m(out);
  m.gauge("up_seconds", "Seconds since the start.",
          static_cast<uint64_t>((engine.mono_us() - engine.start_mono_us) / 1000000));
  m.gauge("sessions", "Connected clients.", engine.session_count());
  m.gauge("memory_used_bytes", "Memory of data and buffers.", engine.used_memory());
  m.gauge("memory_peak_bytes", "The most it has been.", engine.peak_memory);
  m.gauge("memory_limit_bytes", "maxmemory, 0 without one.", engine.settings().maxmemory);
  m.describe("keys", "Keys by database.", "gauge");
  for (int db = 0; db < tenant.databases(); db++) {
    const Keyspace* keys = tenant.existing(db);
    if (keys) m.sample("keys", "db=\"" + std::to_string(db) + "\"", keys->size());
  }
  m.counter("commands_total", "Commands run.", stats.total_commands);
  m.counter("http_requests_total", "Requests of the REST door.", stats.http_requests);
  m.counter("connections_total", "Connections accepted.", stats.total_connections);
  m.counter("connections_rejected_total", "Connections refused.", stats.rejected_connections);
  m.counter("received_bytes_total", "Bytes read from clients.", stats.bytes_in);
  m.counter("sent_bytes_total", "Bytes written to clients.", stats.bytes_out);
  m.gauge("longest_turn_microseconds", "The longest turn of the loop.", stats.longest_turn_us);
  append_command_metrics(m, engine, stats);
}

}  // namespace redstart
