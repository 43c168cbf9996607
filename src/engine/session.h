// A client as the engine knows it, whatever door it came through. The door owns it; the engine
// refers to it by id wherever it must remember it beyond a command.
//
// An idle connection should cost little, so what few clients have lives in `extras`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/intrusive_list.h"
#include "wire/push.h"

namespace redstart {

class Engine;
class Follower;  // engine/replication_state.h
class Keyspace;
class SessionChannel;
class Tenant;
class Transaction;
struct Waiter;
struct Tracker;
struct Command;
struct User;

// Whose deviations a client expects: where Upstash's contract differs from Redis, handlers ask
// this, each in the place listed in src/commands/README.md.
enum class Dialect : uint8_t { kRedis, kUpstash };

// Reasons why a command of this session cannot take the short road through the gates.
enum SessionAttention : uint32_t {
  kNotAuthenticated = 1 << 0,
  kRestrictedUser = 1 << 1,    // a user without all rights
  kInTransaction = 1 << 2,
  kSubscribedResp2 = 1 << 3,
  kHttpCommand = 1 << 4,       // kNoHttp commands are refused
  kNoTouch = 1 << 5,           // CLIENT NO-TOUCH
  kMonitoring = 1 << 6,        // MONITOR: commands that touch keys are refused
  kTracking = 1 << 7,          // CLIENT TRACKING: its reads are looked at
  kFollowing = 1 << 8,         // SYNC, PSYNC: it gets the stream and no answers
  kIsMaster = 1 << 9,          // the one whose stream this server follows
};

// Reasons why the rest of a read window must wait.
enum SessionHold : uint8_t {
  kClosing = 1 << 0,
  kBlocked = 1 << 1,
  kPaused = 1 << 2,
  kProtocolChanged = 1 << 3,   // the door clears it once it has adapted
};

enum class ReplyMode : uint8_t { kOn, kOff, kSkipNext, kSkipping };

struct SessionExtras {
  std::string name;            // CLIENT SETNAME
  std::string library_name;    // CLIENT SETINFO
  std::string library_version;
};

class Session : public ListNode {
 public:
  Session(Engine& engine, Dialect dialect, SessionChannel* channel);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  uint64_t id() const { return id_; }
  Engine& engine() const { return engine_; }
  SessionChannel* channel() const { return channel_; }
  // False: drop the rest of the window and come back when resume() is called.
  bool may_continue() const { return hold == 0; }
  SessionExtras& need_extras();
  void select(int db);          // REQUIRES: a valid index
  void authenticate(Tenant& tenant, const User& user);
  // Back to the default user, as after connecting: RESET.
  void deauthenticate();
  // The rules of its user are others: whether his calls have to be looked at.
  void judge_user();
  // HELLO and RESET.
  void set_resp(int version);
  // Of what is pushed to it.
  Push::Form push_form() const {
    if (dialect == Dialect::kUpstash) return Push::Form::kEvents;
    return resp == 3 ? Push::Form::kResp3 : Push::Form::kResp2;
  }
  // It has subscriptions, or none any more: engine/subscriptions.h.
  void set_subscribed(bool on);
  // What the engine keeps for it: a queue, watches, a parked call, names.
  size_t memory() const;
  // Connected from this machine.
  bool is_local() const;

  const Dialect dialect;
  uint8_t resp = 2;
  uint8_t hold = 0;
  ReplyMode reply_mode = ReplyMode::kOn;
  bool authenticated = false;
  bool no_evict = false;
  bool subscribed = false;     // to anything: set_subscribed()
  bool readonly_mode = false;  // READONLY of cluster clients: kept, without effect
  int db = 0;
  uint32_t attention = 0;
  Tenant* tenant = nullptr;
  Keyspace* keys = nullptr;
  const User* user = nullptr;
  const Command* last_command = nullptr;
  int64_t created_ms = 0;
  int64_t last_active_ms = 0;
  uint64_t commands_run = 0;
  uint64_t bytes_in = 0, bytes_out = 0;
  uint64_t written_offset = 0;  // of the log behind its last write
  std::unique_ptr<Transaction> transaction;  // WATCH, MULTI
  std::unique_ptr<Tracker> tracker;          // CLIENT TRACKING: engine/tracking.h
  std::unique_ptr<Waiter> waiter;            // while it waits for a key: engine/blocking.h
  std::unique_ptr<SessionExtras> extras;
  std::unique_ptr<Follower> follower;        // REPLCONF, SYNC, PSYNC

 private:
  Engine& engine_;
  SessionChannel* channel_;
  uint64_t id_;
};

}  // namespace redstart
