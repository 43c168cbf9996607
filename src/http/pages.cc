#include "http/pages.h"

#include <string>

#include "base/numbers.h"
#include "base/process.h"
#include "engine/engine.h"
#include "pubsub/hub.h"
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
    sample_text(name, labels, {text, write_uint64(text, value)});
  }
  void sample_seconds(std::string_view name, std::string_view labels, double seconds) {
    char text[kDoubleTextMax];
    sample_text(name, labels, {text, write_double(text, seconds)});
  }

 private:
  void sample_text(std::string_view name, std::string_view labels, std::string_view value) {
    if (labels.empty()) return line({"redstart_", name, " ", value});
    line({"redstart_", name, "{", labels, "} ", value});
  }
  void line(std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) out_.append(piece);
    out_.append("\n");
  }
  OutBuf& out_;
};

// From about a microsecond to four seconds, each bound four times the one before: bounds at which
// a bucket of CommandStats ends.
void append_histogram(Metrics& metrics, const Engine& engine, const std::string& command,
                      const CommandStats& stats) {
  constexpr int kFirstPower = 10, kLastPower = 32;
  const std::string label = "command=\"" + command + "\"";
  uint64_t count = 0;
  size_t bucket = 0;
  for (int power = kFirstPower; power <= kLastPower; power += 2) {
    for (; bucket < 4u * power; bucket++) count += (*stats.histogram)[bucket];
    char bound[kDoubleTextMax];
    const size_t size = write_double(bound, static_cast<double>(uint64_t{1} << power) / 1e9);
    metrics.sample("command_duration_seconds_bucket",
                   label + ",le=\"" + std::string(bound, size) + "\"", count);
  }
  for (; bucket < CommandStats::kBuckets; bucket++) count += (*stats.histogram)[bucket];
  metrics.sample("command_duration_seconds_bucket", label + ",le=\"+Inf\"", count);
  metrics.sample_seconds("command_duration_seconds_sum", label,
                         static_cast<double>(engine.tick_scale().us(stats.ticks)) / 1e6);
  metrics.sample("command_duration_seconds_count", label, count);
}

void append_client_metrics(Metrics& metrics, Engine& engine) {
  uint64_t http = 0, blocked = 0, paused = 0, listening = 0, monitoring = 0;
  for (const Session& session : engine.sessions()) {
    http += session.dialect == Dialect::kUpstash;
    blocked += (session.hold & kBlocked) != 0;
    paused += (session.hold & kPaused) != 0;
    listening += session.subscribed;
    monitoring += (session.attention & kMonitoring) != 0;
  }
  metrics.describe("clients", "Connected clients by door.", "gauge");
  metrics.sample("clients", "door=\"http\"", http);
  metrics.sample("clients", "door=\"resp\"", engine.session_count() - http);
  metrics.describe("clients_state", "Connected clients that wait or listen.", "gauge");
  metrics.sample("clients_state", "state=\"blocked\"", blocked);
  metrics.sample("clients_state", "state=\"paused\"", paused);
  metrics.sample("clients_state", "state=\"subscribed\"", listening);
  metrics.sample("clients_state", "state=\"monitoring\"", monitoring);
  metrics.gauge("clients_limit", "maxclients.",
                static_cast<uint64_t>(engine.settings().maxclients));
  const HostServices& host = engine.host();
  if (host.network_bytes) {
    metrics.gauge("memory_clients_bytes", "Memory of connections.", host.network_bytes());
  }
  if (host.buffer_bytes) {
    metrics.gauge("memory_buffers_bytes", "Of these, what waits to be read or sent.",
                  host.buffer_bytes());
  }
}

void append_pubsub_metrics(Metrics& metrics, const Hub& hub) {
  metrics.describe("pubsub_topics", "What somebody listens to, by kind.", "gauge");
  metrics.sample("pubsub_topics", "kind=\"channel\"", hub.topics(Hub::Kind::kChannel));
  metrics.sample("pubsub_topics", "kind=\"pattern\"", hub.topics(Hub::Kind::kPattern));
  metrics.sample("pubsub_topics", "kind=\"shard\"", hub.topics(Hub::Kind::kShard));
}

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
  metrics.describe("command_duration_seconds", "How long calls took, by command.", "histogram");
  for (const auto& command : engine.commands().by_id()) {
    const CommandStats& s = stats.commands[command->id];
    if (s.histogram) append_histogram(metrics, engine, command->full_name, s);
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
  m.gauge("memory_resident_bytes", "Of the process, as the system sees it.", resident_bytes());
  append_client_metrics(m, engine);
  append_pubsub_metrics(m, tenant.hub());
  m.describe("keys", "Keys by database.", "gauge");
  for (int db = 0; db < tenant.databases(); db++) {
    const Keyspace* keys = tenant.existing(db);
    if (keys) m.sample("keys", "db=\"" + std::to_string(db) + "\"", keys->size());
  }
  m.describe("keys_expiring", "Keys with an expiry, by database.", "gauge");
  for (int db = 0; db < tenant.databases(); db++) {
    const Keyspace* keys = tenant.existing(db);
    if (keys) m.sample("keys_expiring", "db=\"" + std::to_string(db) + "\"", keys->expires_size());
  }
  const KeyspaceShared& shared = engine.keyspace_shared();
  m.counter("keyspace_hits_total", "Lookups that found a key.", shared.hits);
  m.counter("keyspace_misses_total", "Lookups that found none.", shared.misses);
  m.counter("expired_keys_total", "Keys whose time had come.", shared.expired);
  m.counter("evicted_keys_total", "Keys deleted for lack of memory.", shared.evicted);
  m.counter("commands_total", "Commands run.", stats.total_commands);
  m.counter("http_requests_total", "Requests of the REST door.", stats.http_requests);
  m.counter("connections_total", "Connections accepted.", stats.total_connections);
  m.counter("connections_rejected_total", "Connections refused.", stats.rejected_connections);
  m.counter("connections_closed_for_output_total", "Clients that did not read what they were sent.",
            stats.output_buffer_limit_disconnections);
  m.counter("connections_closed_for_input_total", "Clients whose request was too long.",
            stats.query_buffer_limit_disconnections);
  m.counter("received_bytes_total", "Bytes read from clients.", stats.bytes_in);
  m.counter("sent_bytes_total", "Bytes written to clients.", stats.bytes_out);
  m.gauge("longest_turn_microseconds", "The longest turn of the loop.", stats.longest_turn_us);
  m.gauge("longest_turn_cpu_microseconds",
          "The same without what the machine gave to others meanwhile.", stats.longest_turn_cpu_us);
  append_command_metrics(m, engine, stats);
}

}  // namespace redstart
