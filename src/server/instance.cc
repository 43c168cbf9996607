#include "server/instance.h"

#include "commands/families.h"

namespace redstart {

Instance::Instance(Settings settings, const Options& options)
    : options_(options),
      engine_({.clock = &clock_, .log = &log_, .settings = std::move(settings)}),
      loop_(engine_),
      resp_(loop_) {
  const Settings& s = engine_.settings();
  LogLevel level;
  if (parse_log_level(s.loglevel, &level)) log_.set_level(level);
  if (!s.logfile.empty()) {
    log_.set_path(s.logfile);
  } else if (!options_.log_to_stdout) {
    log_.set_level(LogLevel::kNothing);
  }
  add_all_commands(engine_);
  offer_host_services();
}

Instance::~Instance() = default;

bool Instance::open(std::string* error) {
  if (!open_resp(error)) return false;
  const Settings& s = engine_.settings();
  if (!s.unixsocket.empty() &&
      !resp_.listen_unix(s.unixsocket, s.unixsocketperm, s.tcp_backlog, error)) {
    return false;
  }
  if (options_.handle_signals) {
    loop_.catch_signals([this](int) { stop(); });
  }
  return true;
}

// Redis closes the door at port 0; "any free port" has no spelling there.
bool Instance::open_resp(std::string* error) {
  Settings& s = engine_.config().edit();
  Door::TcpAddresses wanted{s.bind, s.port, s.tcp_backlog};
  if (s.port == 0) wanted.port = Door::kClosed;
  if (s.port == kAnyPort) wanted.port = Door::kAnyPort;
  if (!resp_.listen_tcp(wanted, error)) return false;
  if (s.port == kAnyPort) s.port = resp_.port();
  return true;
}

void Instance::stop() { loop_.stop(); }

void Instance::offer_host_services() {
  HostServices& host = engine_.host();
  host.shutdown = [this](bool, bool, bool) { stop(); };
  host.network_bytes = [this] { return resp_.memory(); };
  host.connections = [this] { return loop_.connections(); };
  host.config_file = [this] { return options_.config_file; };
  host.apply_setting = [this](std::string_view name, std::string* error) {
    return apply_setting(name, error);
  };
}

bool Instance::apply_setting(std::string_view name, std::string* error) {
  if (name == "port" || name == "bind") {
    if (open_resp(error)) return true;
    *error = name == "port" ? "Unable to listen on this port. Check server logs."
                            : "Failed to bind to specified addresses.";
    return false;
  }
  if (name == "loglevel") {
    LogLevel level;
    if (parse_log_level(engine_.settings().loglevel, &level)) log_.set_level(level);
  }
  return true;
}

}  // namespace redstart
