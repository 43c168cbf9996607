#include <future>
#include <mutex>
#include <thread>

#include "base/version.h"
#include "engine/config_file.h"
#include "engine/session.h"
#include "http/auth.h"
#include "redstart/redstart.h"
#include "server/files.h"
#include "server/instance.h"
#include "server/process.h"
#include "server/value_of.h"
#include "wire/errors.h"

namespace redstart {

struct Server::Impl {
  Impl(Settings settings, const Options& options) : instance(std::move(settings), options) {}

  // A new thread's loop takes a moment to know whose it is; the thread itself does not.
  bool in_loop_thread() {
    return thread_id == std::thread::id() ? instance.loop().in_loop_thread()
                                          : thread_id == std::this_thread::get_id();
  }

  Instance instance;
  std::thread thread;  // only with own_thread
  std::thread::id thread_id;
  std::mutex joining;
  int resp_port = -1;
  int http_port = -1;
  std::string token;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

std::unique_ptr<Server> Server::start(const Options& options, std::string* error) {
  Config config;
  Settings& settings = config.edit();
  settings.bind = options.bind;
  settings.port = options.resp_port == 0 ? Instance::kAnyPort : std::max(options.resp_port, 0);
  settings.http_port = options.http_port == 0 ? Instance::kAnyPort : std::max(options.http_port, 0);
  settings.http_token = options.token;
  settings.http_readonly_token = options.read_only_token;
  settings.dir = options.data_dir;
  if (!options.data_dir.empty()) settings.given.insert("dir");

  ConfigReader reader(config, read_config_text);
  ConfigFileError config_error;
  if (!reader.read(options.config, &config_error)) {
    *error = config_error.report(kRedisVersion);
    return nullptr;
  }

  // Before anything is opened or started: a fork takes neither threads nor a poll along.
  if (options.whole_process && settings.daemonize && settings.supervised == "no") daemonize();
  auto impl = std::make_unique<Impl>(config.settings(), options);
  for (const std::string& name : reader.without_effect()) {
    impl->instance.log().notice("Directive '" + name + "' is accepted but has no effect here");
  }
  if (!impl->instance.open(error)) return nullptr;
  impl->resp_port = impl->instance.resp_port();
  impl->http_port = impl->instance.http_port();
  impl->token = impl->instance.token();
  if (options.own_thread) {
    impl->thread = std::thread([&instance = impl->instance] { instance.loop().run(); });
    impl->thread_id = impl->thread.get_id();
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() { stop(); }

int Server::resp_port() const { return impl_->resp_port; }
int Server::http_port() const { return impl_->http_port; }
const std::string& Server::token() const { return impl_->token; }

void Server::run() { impl_->instance.loop().run(); }

bool Server::poll(int timeout_ms) { return impl_->instance.loop().turn(timeout_ms); }

void Server::stop() {
  if (impl_->in_loop_thread()) return impl_->instance.stop();
  impl_->instance.loop().post([this] { impl_->instance.stop(); });
  std::lock_guard<std::mutex> lock(impl_->joining);
  if (impl_->thread.joinable()) impl_->thread.join();
}

namespace {

constexpr std::string_view kStopped = "ERR the server has been stopped";

// Every call has a session of its own. Without a token it may do everything: who embeds the server
// could reach into it anyway.
void run_as(Engine& engine, Args argv, std::string_view token, TreeReply& reply) {
  const Settings& settings = engine.settings();
  Tenant& tenant = engine.default_tenant();
  const HttpTokens tokens{settings.http_token, settings.http_readonly_token};
  const User* user = token.empty() ? &tenant.users.nobody_in_particular()
                                   : user_of_token(token, tokens, tenant.users);
  if (!user) return reply.error(err::kWrongPass);
  Session session(engine, Dialect::kRedis, nullptr);
  session.authenticate(tenant, *user);
  engine.dispatcher().run(session, argv, reply);
}

}  // namespace

Value Server::execute(std::span<const std::string_view> argv, std::string_view token) {
  Loop& loop = impl_->instance.loop();
  TreeReply reply;
  const auto run = [&] {
    loop.enter_turn();
    Engine& engine = impl_->instance.engine();
    run_as(engine, argv, token, reply);
    // The caller is told at once, so the log is written at once.
    engine.default_tenant().propagation.before_replies();
  };
  // What was answered may have become untrue: the log could not be written.
  const auto answer = [&] {
    if (!loop.silent()) return value_of(reply.take());
    TreeReply stopped;
    stopped.error(kStopped);
    return value_of(stopped.take());
  };
  if (impl_->in_loop_thread() && !loop.stopping()) {
    run();
    return answer();
  }
  std::promise<void> done;
  const bool posted = loop.post([&] {
    run();
    done.set_value();
  });
  if (posted) {
    done.get_future().wait();
  } else {
    reply.error(kStopped);
  }
  return answer();
}

}  // namespace redstart
