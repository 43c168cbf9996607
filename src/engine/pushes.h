// The one road on which sessions are told what they did not ask for: messages, notifications,
// invalidations, lines of MONITOR.
//
// A session gets its own pushes after its own reply: what comes for the session that is running a
// command is held back until the unit ends, when the reply is whole. All others get theirs at once,
// in the order of the events. (Confirmations of the SUBSCRIBE family are replies.)
#pragma once

#include <cstdint>
#include <vector>

#include "pubsub/delivery.h"

namespace redstart {

class BigBuf;
class Engine;
class Push;
class Session;

class Pushes final : public Delivery {
 public:
  explicit Pushes(Engine& engine) : engine_(engine) {}
  ~Pushes();

  void to(Session& session, Push& push);
  // By id; sessions that are gone are passed over.
  void deliver(std::span<const uint64_t> sessions, Push& push) override;

  // The dispatcher's: which session is running a command. Answers who was before.
  const Session* run_by(const Session* session) {
    const Session* before = running_;
    running_ = session;
    return before;
  }
  // Null between two commands.
  const Session* running() const { return running_; }
  bool holding() const { return !held_.empty(); }
  // The unit's, once it has ended.
  void release();

 private:
  struct Held {
    uint64_t session;
    BigBuf* bytes;
  };
  Engine& engine_;
  const Session* running_ = nullptr;
  std::vector<Held> held_;
};

}  // namespace redstart
