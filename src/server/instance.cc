#include "server/instance.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "base/numbers.h"
#include "base/process.h"
#include "base/version.h"
#include "commands/families.h"
#include "engine/blocking.h"
#include "engine/persistence.h"
#include "engine/scripting.h"
#include "engine/session_channel.h"
#include "engine/user_changes.h"
#include "net/dial.h"
#include "persist/persist_commands.h"
#include "replication/replication_commands.h"
#include "script/script_commands.h"
#include "server/files.h"
#include "server/welcome.h"

namespace redstart {

Instance::Instance(Settings settings, const Options& options)
    : options_(options),
      engine_({.clock = &clock_, .log = &log_, .settings = std::move(settings)}),
      disk_([this](std::function<void()> task) { return loop_.post(std::move(task)); }),
      loop_(engine_),
      resp_(loop_),
      http_(loop_),
      pump_(loop_, {&resp_, &http_}) {
  const Settings& s = engine_.settings();
  LogLevel level;
  if (parse_log_level(s.loglevel, &level)) log_.set_level(level);
  if (!s.logfile.empty()) {
    log_.set_path(s.logfile);
  } else if (!options_.whole_process) {
    log_.set_level(LogLevel::kNothing);
  }
  add_all_commands(engine_);
  add_persist_commands(engine_);
  add_replication_commands(engine_);
  add_script_commands(engine_);
  offer_host_services();
}

Instance::~Instance() {
  if (replication_) replication_->hang_up();
  resp_.stop_listening();
  http_.stop_listening();
  disk_.drain();  // what it has to say is said while everything stands
  remove_pid_file();
  if (loop_.stopping() && !load_failed_) log_.warning("Redstart is now ready to exit, bye bye...");
}

void Instance::remove_pid_file() {
  if (pid_file_.empty()) return;
  log_.notice("Removing the pid file.");
  unlink(pid_file_.c_str());
  pid_file_.clear();
}

// ---- starting -----------------------------------------------------------------------------------

bool Instance::open(std::string* error) {
  const Settings& s = engine_.settings();
  if (!engine_.rename_commands(error)) return false;
  if (!s.dir.empty() && files_.make_directory(s.dir) != 0) {
    log_.verbose("The directory " + s.dir + " could not be made");  // entering it tells why
  }
  const bool has_dir = !s.dir.empty();
  if (options_.whole_process && !enter_directory(error)) return false;
  if (!load_users(engine_, error)) {
    log_.warning(*error);
    return false;
  }
  // Before anything is written there.
  if (!claim_directory(error)) return false;
  token_ = find_token(s.http_token, options_.whole_process, has_dir ? s.dir : std::string());
  engine_.config().edit().http_token = token_.text;
  if (options_.whole_process) {
    if (!log_.can_write()) {
      *error = "Can't open the log file: " + std::string(strerror(errno));
      return false;
    }
    become_process();
    const int64_t room = raise_file_limit(s.maxclients, log_);
    if (room == 0) {
      *error = "Not enough file descriptors";
      return false;
    }
    engine_.config().edit().maxclients = room;
  }

  if (!open_resp(error)) {
    log_.warning("Failed listening on port " + std::to_string(s.port) + " (tcp), aborting.");
    return false;
  }
  if (!s.unixsocket.empty() &&
      !resp_.listen_unix(s.unixsocket, s.unixsocketperm, s.tcp_backlog, error)) {
    log_.warning("Failed listening on port 0 (unix), aborting.");
    return false;
  }
  if (!open_http(error)) {
    log_.warning("Failed listening on port " + std::to_string(s.http_port) + " (http), aborting.");
    return false;
  }
  if (options_.whole_process) {
    announce();
    engine_.startup_memory = heap_bytes();
  }
  return open_storage(error);
}

// Who says nothing of directories, save points or logs wants the data in memory only, and who gives
// a directory wants it kept there, by a log: that is told by what was given, not by the defaults
// of Redis.
bool Instance::keeps_data() const {
  const auto& given = engine_.settings().given;
  return given.contains("dir") || given.contains("save") || given.contains("appendonly");
}

// False: another server keeps its data there.
bool Instance::claim_directory(std::string* error) {
  Settings& s = engine_.config().edit();
  if (!s.given.contains("save") && !s.given.contains("appendonly")) {
    s.save.clear();
    s.appendonly = keeps_data();
  }
  const bool writes = s.appendonly || !s.save.empty();
  if (!writes || lock_.take(s.dir, error)) return true;
  log_.warning(*error);
  return false;
}

bool Instance::open_storage(std::string* error) {
  const bool keeps = keeps_data();
  if (!keeps && !options_.whole_process) return true;
  storage_ = std::make_unique<Storage>(
      engine_, engine_.default_tenant(),
      Storage::Host{.files = files_, .worker = disk_, .give_up = [this](std::string_view why) {
                      give_up(why);
                    }});
  replication_ = std::make_unique<Replication>(engine_, engine_.default_tenant(), *storage_);
  replication_->dial_with([this](const std::string& host, int port, MasterSocket::Owner& owner) {
    return dial(loop_, host, port, engine_.config().text("bind-source-addr"), owner);
  });
  if (!keeps) {
    log_.notice("The data is in memory only: --dir <directory> keeps it on the disk.");
    follow_master();
    announce_ready();
    return true;
  }
  // Logs do not say where in the stream they end.
  const bool goes_on = engine_.settings().replicaof.empty() && !engine_.settings().appendonly;
  if (goes_on) replication_->begin_start();
  storage_->load([this, goes_on](bool ok) {
    const RdbLoadResult& data = storage_->loaded();
    if (goes_on) replication_->end_start(data.replication_id, data.replication_offset);
    loaded(ok);
  });
  serving_ = true;
  if (load_failed_) *error = "The data could not be loaded; the log says why.";
  return !load_failed_;
}

// At the start, or some turns later; then a program of its own ends with a failure, as it would
// have at the start.
void Instance::loaded(bool ok) {
  load_failed_ = !ok;
  if (ok) {
    follow_master();
    return announce_ready();
  }
  loop_.stop();
  if (!serving_ || !options_.whole_process) return;
  remove_pid_file();
  exit(1);
}

// The one that the configuration names.
void Instance::follow_master() {
  const std::string& master = engine_.settings().replicaof;
  if (master.empty()) return;
  const RdbLoadResult& loaded = storage_->loaded();
  if (!loaded.replication_id.empty() && loaded.replication_offset >= 0) {
    replication_->go_on_from(loaded.replication_id, loaded.replication_offset, loaded.stream_db);
  }
  const size_t space = master.rfind(' ');
  int64_t port = 0;
  parse_int64(master.substr(space + 1), &port);
  replication_->follow(master.substr(0, space), static_cast<int>(port));
}

// Relative paths among the directives count from `dir`, as Redis has it.
bool Instance::enter_directory(std::string* error) {
  std::string& dir = engine_.config().edit().dir;
  if (!dir.empty() && chdir(dir.c_str()) != 0) {
    *error = "Can't chdir to '" + dir + "': " + strerror(errno);
    return false;
  }
  char path[PATH_MAX];
  if (getcwd(path, sizeof path)) dir = path;
  return true;
}

void Instance::become_process() {
  const Settings& s = engine_.settings();
  supervisor_.emplace(s.supervised, log_);
  title_.emplace(options_.argc, options_.argv);
  loop_.catch_signals([this](int number) { on_signal(number); });
  log_.notice("oO0OoO0OoO0Oo Redstart is starting oO0OoO0OoO0Oo");
  log_.notice("Redis version=" + std::string(kRedisVersion) +
              ", bits=64, redstart=" + std::string(kRedstartVersion) +
              ", pid=" + std::to_string(getpid()) + ", just started");
  const std::string path = s.pidfile.empty() && s.daemonize ? "/var/run/redstart.pid" : s.pidfile;
  if (!path.empty() && write_pid_file(path, log_)) pid_file_ = path;
}

namespace {

// Port 0 closes a door, as in Redis; "any free port" has no spelling there.
bool open_door(Door& door, const std::string& hosts, int* port, int backlog, std::string* error) {
  Door::TcpAddresses wanted{hosts, *port, backlog};
  if (*port == 0) wanted.port = Door::kClosed;
  if (*port == Instance::kAnyPort) wanted.port = Door::kAnyPort;
  if (!door.listen_tcp(wanted, error)) return false;
  if (*port == Instance::kAnyPort) *port = door.port();
  return true;
}

}  // namespace

bool Instance::open_resp(std::string* error) {
  Settings& s = engine_.config().edit();
  return open_door(resp_, s.bind, &s.port, s.tcp_backlog, error);
}

// Whoever starts several servers the way one starts Redis knows nothing of this door: where its
// usual port is taken it stays closed, and only a port that was asked for must be had.
bool Instance::open_http(std::string* error) {
  Settings& s = engine_.config().edit();
  const std::string& hosts = s.http_bind.empty() ? s.bind : s.http_bind;
  if (open_door(http_, hosts, &s.http_port, s.tcp_backlog, error)) return true;
  if (s.http_port != Settings().http_port) return false;
  log_.warning(*error);
  log_.warning("The REST API is off: its usual port is taken, choose another with http-port.");
  error->clear();
  return true;
}

void Instance::announce() {
  const Settings& s = engine_.settings();
  const bool terminal = s.logfile.empty() && isatty(STDOUT_FILENO);
  welcome(log_, s, token_, {resp_port(), http_port(), terminal});
  set_title();
  log_.notice("Server initialized");
}

void Instance::announce_ready() {
  if (!options_.whole_process) return;
  const Settings& s = engine_.settings();
  if (resp_port() >= 0) log_.notice("Ready to accept connections tcp");
  if (!s.unixsocket.empty()) log_.notice("Ready to accept connections unix");
  if (http_port() >= 0) log_.notice("Ready to accept connections http");
  supervisor_->tell("STATUS=Ready to accept connections\nREADY=1\n");
}

void Instance::set_title() {
  const Settings& s = engine_.settings();
  const std::string host = s.bind.substr(0, s.bind.find(' '));
  const std::string address = (host.empty() ? "*" : host) + ":" + std::to_string(s.port);
  title_->set(expand_title(s.proc_title_template, {title_->program(), address, s.unixsocket,
                                                   options_.config_file, s.port}));
}

// ---- stopping -----------------------------------------------------------------------------------

void Instance::on_signal(int number) {
  if (number == SIGHUP) return;  // the log file is opened for each line anyway
  const std::string name = number == SIGINT ? "SIGINT" : "SIGTERM";
  log_.warning("Received " + name + " scheduling shutdown...");
  // A moment later, as in Redis, so that SHUTDOWN ABORT can take it back; who insists gets it now.
  constexpr int64_t kPatienceMs = 100;
  if (signalled_ != 0) return shut_down_by(number);
  signalled_ = engine_.timers().add(engine_.mono_us() / 1000 + kPatienceMs,
                                    [this, number] { shut_down_by(number); });
}

void Instance::shut_down_by(int number) {
  engine_.timers().cancel(signalled_);
  signalled_ = 0;
  const std::string name = number == SIGINT ? "SIGINT" : "SIGTERM";
  const Settings& s = engine_.settings();
  const std::string flags =
      " " + (number == SIGINT ? s.shutdown_on_sigint : s.shutdown_on_sigterm) + " ";
  auto has = [&](const char* flag) { return flags.find(flag) != std::string::npos; };
  ShutdownRequest request;
  if (has(" save ")) request.save = ShutdownRequest::Save::kAlways;
  if (has(" nosave ")) request.save = ShutdownRequest::Save::kNever;
  request.force = has(" force ");
  request.now = has(" now ") || waits_for_replicas_;  // who insists waits no longer
  std::optional<Insistence> insistence;
  if (options_.whole_process && storage_) insistence.emplace(storage_->rdb().draft_path());
  if (shut_down(request) || waits_for_replicas_) return;
  log_.warning(name +
               " received but errors trying to shut down the server, check the logs for more "
               "information");
}

// False: the data is not safe, and the server goes on.
bool Instance::shut_down(const ShutdownRequest& request) {
  if (loop_.stopping()) return true;
  if (supervisor_) supervisor_->tell("STOPPING=1\n");
  log_.notice("User requested shutdown...");
  const bool patient = !request.now && engine_.settings().shutdown_timeout > 0;
  if (patient && replication_ && replication_->replicas().lag_behind(replication_->offset())) {
    wait_for_replicas(request);
    return false;
  }
  stop_waiting_for_replicas();
  return finish_shutdown(request);
}

bool Instance::finish_shutdown(const ShutdownRequest& request) {
  if (replication_) replication_->replicas().tell_lag(replication_->offset());
  if (storage_ && !storage_->finish(request)) return false;
  loop_.stop();
  return true;
}

// What is written meanwhile would never let them catch up.
void Instance::wait_for_replicas(const ShutdownRequest& request) {
  constexpr int64_t kLookMs = 10;
  if (waits_for_replicas_) return;
  log_.notice("Waiting for replicas before shutting down.");
  const int64_t patience_ms = int64_t{engine_.settings().shutdown_timeout} * 1000;
  engine_.pause_clients(engine_.now_ms() + patience_ms + 100, /*writes_only=*/true);
  const int64_t end_ms = engine_.mono_us() / 1000 + patience_ms;
  waits_for_replicas_ = engine_.timers().add(
      engine_.mono_us() / 1000 + kLookMs,
      [this, request, end_ms] {
        const bool lag = replication_->replicas().lag_behind(replication_->offset());
        if (lag && engine_.mono_us() / 1000 < end_ms) return;
        if (finish_shutdown(request)) return;
        log_.warning(
            "Errors trying to shut down the server. Check the logs for more information.");
        stop_waiting_for_replicas();
      },
      kLookMs);
}

// Who has asked for the end is told that it does not come.
void Instance::stop_waiting_for_replicas() {
  if (!waits_for_replicas_) return;
  engine_.timers().cancel(waits_for_replicas_);
  waits_for_replicas_ = 0;
  engine_.unpause_clients();
  engine_.blocking().look_at_acks();
}

// A reply that is on its way promises what has not been kept: none may leave.
void Instance::give_up(std::string_view why) {
  log_.warning(why);
  if (options_.whole_process) _exit(1);
  loop_.stop_silently();
}

void Instance::stop() {
  ShutdownRequest request;
  request.force = true;
  request.now = true;
  shut_down(request);
}

// ---- what the engine asks for -------------------------------------------------------------------

void Instance::offer_host_services() {
  HostServices& host = engine_.host();
  host.shutdown = [this](const ShutdownRequest& request) { return shut_down(request); };
  host.shutting_down = [this] { return waits_for_replicas_ != 0; };
  host.abort_shutdown = [this] {
    if (signalled_ == 0 && waits_for_replicas_ == 0) return false;
    engine_.timers().cancel(signalled_);
    signalled_ = 0;
    stop_waiting_for_replicas();
    log_.notice("Shutdown manually aborted.");
    return true;
  };
  host.files = &files_;
  host.buffer_bytes = [this] { return loop_.buffer_bytes(); };
  host.network_bytes = [this] { return resp_.memory() + http_.memory(); };
  host.serve_others = [this] {
    const SessionChannel* waiting = engine_.running_script->caller.channel();
    pump_.serve(waiting ? waiting->info().fd : -1);
  };
  host.connections = [this] { return loop_.connections(); };
  host.config_file = [this] { return options_.config_file; };
  host.edit_config_file = [this](const auto& edit, std::string* error) {
    std::string text;
    return read_file(options_.config_file, &text, error) &&
           write_file(options_.config_file, edit(text), 0644, Durable::kYes, error);
  };
  host.apply_setting = [this](std::string_view name, std::string* error) {
    return apply_setting(name, error);
  };
}

bool Instance::apply_setting(std::string_view name, std::string* error) {
  Settings& s = engine_.config().edit();
  if (name == "port" || name == "bind") {
    if (open_resp(error)) return true;
    log_.warning(*error);
    *error = name == "port" ? "Unable to listen on this port. Check server logs."
                            : "Failed to bind to specified addresses.";
    return false;
  }
  if (name == "http-port" || name == "http-bind") {
    const std::string& hosts = s.http_bind.empty() ? s.bind : s.http_bind;
    if (open_door(http_, hosts, &s.http_port, s.tcp_backlog, error)) return true;
    log_.warning(*error);
    *error = name == "http-port" ? "Unable to listen on this port. Check server logs."
                                 : "Failed to bind to specified addresses.";
    return false;
  }
  if (name == "loglevel") {
    LogLevel level;
    if (parse_log_level(s.loglevel, &level)) log_.set_level(level);
    return true;
  }
  if (!options_.whole_process) return true;
  if (name == "dir") {
    const bool keeps = s.appendonly || !s.save.empty();
    return enter_directory(error) && (!keeps || !storage_ || lock_.take(s.dir, error));
  }
  if (name == "proc-title-template") set_title();
  if (name == "maxclients") {
    const int64_t wanted = s.maxclients;
    if (raise_file_limit(wanted, log_) >= wanted) return true;
    *error = "The operating system is not able to handle the specified number of clients";
    return false;
  }
  return true;
}

}  // namespace redstart
