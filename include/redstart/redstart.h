// Redstart inside your own program: a whole server, with its two doors, in a thread of its own or
// in yours. Any number of servers may live in one process; nothing is shared between them.
//
//   std::string error;
//   auto server = redstart::Server::start({.resp_port = 0, .http_port = 0}, &error);
//   if (!server) return fail(error);
//   server->execute({"SET", "greeting", "hello"});
//   puts(server->execute({"GET", "greeting"}).str().c_str());
//
// The host keeps its locale, limits and signals. Nothing here throws.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

struct Options {
  // Addresses as in redis.conf: a '-' in front marks one that this machine may lack.
  std::string bind = "127.0.0.1 -::1";
  int resp_port = 6379;  // 0: any free port, -1: closed
  int http_port = 8079;  // the same
  // What opens the HTTP door, and what opens it for reading only. Without a token one is made up
  // (and kept in data_dir, if there is one): see Server::token().
  std::string token = {}, read_only_token = {};
  // Where the data is kept, by an append-only log unless `config` says otherwise; empty: in memory
  // only.
  std::string data_dir = {};
  // Further directives, one per line as in redis.conf ("maxmemory 100mb\nrequirepass secret");
  // they win over the members above.
  std::string config = {};
  // The file those directives came from, which CONFIG REWRITE writes.
  std::string config_file = {};
  // False: the host calls run() or poll() itself.
  bool own_thread = true;

  // True for a program that is nothing but this server: SIGTERM and SIGINT stop it, log lines go
  // to standard output (or `logfile`), and directives that concern the process are obeyed
  // (daemonize, pidfile, supervised, dir as working directory, proc-title-template, the file limit
  // that maxclients needs). Embedded, the log is silent unless there is a `logfile`.
  bool whole_process = false;
  // main()'s own, for the title that ps shows. Only with whole_process.
  int argc = 0;
  char** argv = nullptr;
};

// An answer, owned. RESP3's types, with those that RESP2 lacks.
class Value {
 public:
  enum class Type : uint8_t {
    kNull, kStatus, kError, kInteger, kString, kDouble, kBoolean, kBigNumber, kVerbatim,
    kArray, kMap, kSet, kPush,
  };

  Type type() const { return type_; }
  bool is_null() const { return type_ == Type::kNull; }
  bool is_error() const { return type_ == Type::kError; }
  // Of strings, statuses, errors ("ERR syntax error"), big numbers and verbatim strings.
  const std::string& str() const { return str_; }
  // Of integers and booleans.
  int64_t integer() const { return integer_; }
  double dbl() const { return dbl_; }
  // Of arrays, sets and maps; a map's are key, value, key, value.
  const std::vector<Value>& items() const { return items_; }

 private:
  friend struct ValueMaker;
  Type type_ = Type::kNull;
  int64_t integer_ = 0;
  double dbl_ = 0;
  std::string str_;
  std::vector<Value> items_;
};

class Server {
 public:
  // Returns once the ports are open; null and *error otherwise.
  static std::unique_ptr<Server> start(const Options& options, std::string* error);
  // Stops. With own_thread == false: in the thread that calls run() or poll().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The ports in use, -1 for a closed door.
  int resp_port() const;
  int http_port() const;
  // The token of the HTTP door.
  const std::string& token() const;

  // Runs one command with all rights, or with those of `token`. Any thread: the command is queued
  // to the server's thread and awaited; in that thread itself it runs at once. Each call stands
  // for itself: there is no selected database and no transaction from one call to the next.
  // REQUIRES: with own_thread == false, that run() or poll() is being called, or this thread is
  // the one that calls it.
  Value execute(std::span<const std::string_view> argv, std::string_view token = {});
  Value execute(std::initializer_list<std::string_view> argv, std::string_view token = {}) {
    return execute(std::span<const std::string_view>(argv.begin(), argv.size()), token);
  }

  // Serves in the caller's thread until stop(). REQUIRES: own_thread == false.
  void run();
  // One turn, waiting up to timeout_ms for work (-1: until there is some): for hosts with a loop
  // of their own. False once stopped. REQUIRES: own_thread == false.
  bool poll(int timeout_ms);
  // From any thread, any number of times. Waits for the server's own thread to end, unless that
  // is the caller.
  void stop();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace redstart
