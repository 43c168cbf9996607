// The composition root: one server, built in floor order and taken down in reverse. The only place
// that names every room.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "http/http_door.h"
#include "net/busy_pump.h"
#include "net/loop.h"
#include "net/resp_door.h"
#include "persist/disk_worker.h"
#include "persist/storage.h"
#include "redstart/redstart.h"
#include "replication/replication.h"
#include "server/directory_lock.h"
#include "server/process.h"
#include "server/token.h"

namespace redstart {

class Instance {
 public:
  // In Settings::port and http_port: any free port. Replaced by the number once it is known.
  static constexpr int kAnyPort = -1;

  Instance(Settings settings, const Options& options);
  ~Instance();

  // Opens the doors. False and a line that says why not.
  bool open(std::string* error);
  // Ends the loop; what is queued for clients is still sent.
  void stop();

  Loop& loop() { return loop_; }
  Engine& engine() { return engine_; }
  Log& log() { return log_; }
  int resp_port() const { return resp_.port(); }
  int http_port() const { return http_.port(); }
  const std::string& token() const { return token_.text; }

 private:
  bool enter_directory(std::string* error);
  bool keeps_data() const;
  bool claim_directory(std::string* error);
  bool open_storage(std::string* error);
  void loaded(bool ok);
  void follow_master();
  bool open_resp(std::string* error);
  bool open_http(std::string* error);
  void become_process();
  void on_signal(int number);
  void shut_down_by(int number);
  bool shut_down(const ShutdownRequest& request);
  bool finish_shutdown(const ShutdownRequest& request);
  void wait_for_replicas(const ShutdownRequest& request);
  void stop_waiting_for_replicas();
  void remove_pid_file();
  void give_up(std::string_view why);
  void announce();
  void announce_ready();
  void set_title();
  void offer_host_services();
  bool apply_setting(std::string_view name, std::string* error);

  const Options options_;
  SystemClock clock_;
  Log log_;
  Engine engine_;
  SystemFiles files_;
  DirectoryLock lock_{log_};
  DiskThread disk_;
  std::unique_ptr<Storage> storage_;  // none: the data is in memory only
  std::unique_ptr<Replication> replication_;  // where there is a storage
  Loop loop_;
  RespDoor resp_;
  HttpDoor http_;
  BusyPump pump_;

  bool serving_ = false;
  bool load_failed_ = false;  // what the data asked for could not be read
  TimerId signalled_ = 0;  // a signal has asked for the end
  TimerId waits_for_replicas_ = 0;  // and then the end
  Token token_;
  std::string pid_file_;
  std::optional<Supervisor> supervisor_;
  std::optional<ProcessTitle> title_;
};

}  // namespace redstart
