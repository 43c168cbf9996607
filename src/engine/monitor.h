// MONITOR: clients that read along what all others run.
//
//   1339518083.107412 [0 127.0.0.1:60866] "set" "k" "a b\x00"
//
// A line is written once the command has run, a script's before its calls. Administrative commands
// and passwords are not shown. While nobody reads along, kMonitored of Engine::attention is off and
// no command gets here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace redstart {

class Engine;
class Session;
struct Call;

class Monitors {
 public:
  explicit Monitors(Engine& engine) : engine_(engine) {}

  // Idempotent.
  void add(Session& session);
  void remove(Session& session);
  void feed(Session& session, const Call& call);

 private:
  std::string origin_of(const Session& session) const;
  Engine& engine_;
  std::vector<uint64_t> sessions_;
};

}  // namespace redstart
