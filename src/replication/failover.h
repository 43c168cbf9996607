// FAILOVER: a master changes places with one of its replicas, and nothing that was written is lost.
//
// Writes wait until a replica has confirmed all of the stream; then the server follows it and asks
// for what comes next in words that make a master of it (PSYNC ... FAILOVER). That is the end, and
// the writes that waited are told READONLY. Where no replica catches up in time all is as before.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/timers.h"

namespace redstart {

class Engine;
class Replica;
class Replication;

class Failover {
 public:
  Failover(Engine& engine, Replication& replication)
      : engine_(engine), replication_(replication) {}
  ~Failover();

  struct Request {
    std::string host;         // empty: any replica
    int port = 0;
    int64_t timeout_ms = 0;   // 0: none
    bool force = false;       // when that is over the host gets it as it is
  };
  bool under_way() const { return state_ != State::kNone; }
  // It is being handed over: PSYNC says so.
  bool asks_for_change() const { return state_ == State::kHandsOver; }
  std::string_view state_name() const;  // as INFO has it
  // REQUIRES: not under way.
  void begin(const Request& request);
  // REQUIRES: under way.
  void abort(const std::string& why);
  // A replica may have caught up, or time be up.
  void look();
  // What the new master says to PSYNC.
  void on_answer(bool accepted);

  // Null: there is none of that name.
  const Replica* find(std::string_view host, int port) const;

 private:
  enum class State : uint8_t { kNone, kWaitsForReplica, kHandsOver };
  void hand_over();
  void end();

  Engine& engine_;
  Replication& replication_;
  State state_ = State::kNone;
  Request request_;
  int64_t ends_ms_ = INT64_MAX;  // monotonic
  TimerId abort_timer_ = 0;
};

}  // namespace redstart
