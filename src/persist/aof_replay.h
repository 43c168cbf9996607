// Runs the commands of a log on a tenant: no gates, no statistics, no events, no propagation, no
// expiry; MULTI to EXEC in one piece.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/args.h"
#include "engine/dispatcher.h"

namespace redstart {

class Engine;
class Session;
class Tenant;

class AofReplay {
 public:
  AofReplay(Engine& engine, Tenant& tenant);
  ~AofReplay();

  // Each file begins in database 0.
  void begin_file();
  // False and a reason: no such command, or not with these arguments.
  bool run(Args args, std::string* error);
  bool in_transaction() const { return in_transaction_; }
  // The commands since MULTI are forgotten.
  void drop_transaction();

 private:
  bool resolve(Call* call, std::string* error);
  void invoke(const Call& call);
  bool run_transaction(std::string* error);

  Engine& engine_;
  Tenant& tenant_;
  std::unique_ptr<Session> session_;
  bool in_transaction_ = false;
  std::vector<std::vector<std::string>> queue_;
};

}  // namespace redstart
