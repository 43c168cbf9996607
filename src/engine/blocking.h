// Who waits for what, and how they are served.
//
// A command that finds nothing parks its session with a copy of the call. A change of a key that
// somebody waits for makes the key ready. Once the unit that changed it has settled, those who
// wait for it are served, first come, first served, by running their call once more, each in a
// unit of its own. What that changes may make further keys ready: they join the end of the line,
// so serving never nests.
//
// Whoever runs its call in vain waits again, behind those who came meanwhile, with what is left of
// its time. Nothing waits inside EXEC and scripts, over HTTP, and where nobody could be answered
// later: there a command answers as if its time were up.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_set.h"
#include "base/intrusive_list.h"
#include "engine/exec_unit.h"
#include "engine/place.h"
#include "engine/queued_call.h"
#include "engine/timers.h"

namespace redstart {

class Engine;
class Entry;
class Reply;
class Session;
struct Call;
struct Context;

// What a command waits for.
struct KeyWait {
  Args keys;
  Type type;                  // what one of them must hold to be worth another try
  int64_t timeout_ms = 0;     // 0: for ever
  bool even_if_gone = false;  // that a key goes or changes its type ends the wait, too
  Args call = {};             // to run in place of the call: its words would mean something else
};

// Parks the session. False: it must not wait, and is answered as if its time were up.
bool wait_for_keys(Context& c, const KeyWait& wait);

// A wait whose end is not a key but a number of acknowledgements: WAIT, WAITAOF.
class AckWait {
 public:
  virtual ~AckWait() = default;
  virtual bool fulfilled(const Session& session) = 0;
  virtual void answer(const Session& session, Reply& reply) = 0;
};

// Answers now if it is fulfilled or must not wait, else when Blocking::look_at_acks() or the time
// ends the wait.
void wait_for_acks(Context& c, std::unique_ptr<AckWait> wait, int64_t timeout_ms);

struct Waiter;

class Blocking final : public TouchListener {
 public:
  explicit Blocking(Engine& engine);
  ~Blocking();

  // Runs the calls of those whose keys are ready. Only when no unit is open.
  void serve();
  // Something was acknowledged.
  void look_at_acks();

  enum class Ending { kTimeout, kError };
  // CLIENT UNBLOCK. False: the session does not wait, or only for the end of a pause.
  bool end_wait(Session& session, Ending ending);
  // All who wait for keys or replicas: the server is another one now. Each gets this error, and
  // its connection ends.
  void end_all(std::string_view error);
  // The session goes.
  void forget(Session& session);
  // Its pause has ended. False: it was not woken during the pause.
  bool resume_paused(Session& session);

  size_t waiting_with_deadline() const { return deadlines_.size(); }
  size_t keys_waited_for() const { return waited_.size(); }
  // Those of them whose end somebody waits for.
  size_t keys_waited_for_till_gone() const { return till_gone_; }

  void on_touched(Keyspace& keys, const Key& key, bool by_command) override;
  void on_flushed(Keyspace& keys) override;

 private:
  friend struct Waiter;
  friend bool wait_for_keys(Context& c, const KeyWait& wait);
  friend void wait_for_acks(Context& c, std::unique_ptr<AckWait> wait, int64_t timeout_ms);

  struct WaitedKey;
  struct WaitedHash : PlaceHash {
    using is_transparent = void;
    size_t operator()(const Place& place) const { return PlaceHash::operator()(place); }
    size_t operator()(const std::unique_ptr<WaitedKey>& key) const;
  };
  struct WaitedEqual : PlaceEqual {
    using is_transparent = void;
    bool operator()(const std::unique_ptr<WaitedKey>& a, const Place& b) const;
    bool operator()(const std::unique_ptr<WaitedKey>& a,
                    const std::unique_ptr<WaitedKey>& b) const;
  };

  Waiter& park(Context& c, Args call, int64_t timeout_ms);
  std::unique_ptr<Waiter> release(Session& session);
  void stand_in_lines(Waiter& waiter, Keyspace& keys, const KeyWait& wait);
  void leave_lines(Waiter& waiter);
  void drop_if_idle(WaitedKey& key);
  void note_ready(WaitedKey& key);
  void serve_key(WaitedKey& key);
  const Entry* look_at(WaitedKey& key) const;
  void run_again(Session& session);
  void finish(Session& session, Ending ending, std::string_view error = {});
  void arm_timer(int64_t deadline_ms);
  void end_due();

  Engine& engine_;
  absl::flat_hash_set<std::unique_ptr<WaitedKey>, WaitedHash, WaitedEqual> waited_;
  std::deque<WaitedKey*> ready_;
  WaitedKey* served_ = nullptr;                              // of which the line is being walked
  std::vector<uint64_t> resumed_;                            // sessions whose pause has ended
  std::vector<uint64_t> ack_waiters_;                        // sessions
  absl::btree_set<std::pair<int64_t, uint64_t>> deadlines_;  // monotonic ms, session
  int64_t armed_for_ms_ = INT64_MAX;
  TimerId timer_ = 0;
  std::unique_ptr<Waiter>* running_ = nullptr;  // whose call runs once more
  size_t till_gone_ = 0;
  bool serving_ = false;
};

// A parked session.
struct Waiter {
  // Its place in the line of a key.
  struct Stand : ListNode {
    Waiter* waiter = nullptr;
    Blocking::WaitedKey* key = nullptr;
  };

  Waiter(Session& session, QueuedCall call) : session(session), call(std::move(call)) {}

  Session& session;
  QueuedCall call;
  Type type{};
  bool even_if_gone = false;
  bool paused = false;               // woken, but clients are paused
  int64_t deadline_ms = INT64_MAX;   // monotonic
  uint64_t ticks = 0;                // spent in the call so far
  std::vector<std::unique_ptr<Stand>> stands;
  std::unique_ptr<AckWait> acks;
};

}  // namespace redstart
