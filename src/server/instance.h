// The composition root: one server, built in floor order and taken down in reverse. The only place
// that names every room.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "net/loop.h"
#include "net/resp_door.h"
#include "redstart/redstart.h"

namespace redstart {

class Instance {
 public:
  // In Settings::port and http_port: any free port. Replaced by the number once it is known.
  static constexpr int kAnyPort = -1;

  Instance(Settings settings, const Options& options);
  ~Instance();

  // Opens the doors. False and the lines that say why not.
  bool open(std::string* error);
  void stop();

  Loop& loop() { return loop_; }
  Engine& engine() { return engine_; }
  Log& log() { return log_; }
  int resp_port() const { return resp_.port(); }
  int http_port() const { return -1; }

 private:
  bool open_resp(std::string* error);
  bool apply_setting(std::string_view name, std::string* error);
  void offer_host_services();

  const Options options_;
  SystemClock clock_;
  Log log_;
  Engine engine_;
  Loop loop_;
  RespDoor resp_;
};

}  // namespace redstart
