// Each call of the disk fails once, in a life that has everything: starts, rewrites, snapshots, the
// log switched off and on, an end. Whatever fails, and whatever of the unsynced is lost when power
// goes afterwards: the next start succeeds, and all that was promised is there.
#include "tests/persist/aof_fixture.h"

namespace redstart {
namespace {

// Which calls fail.
struct Plan {
  const char* name;
  bool in_child;
  bool for_good;
  int64_t step;  // from one life to the next
};
constexpr Plan kPlans[] = {{"one call fails", false, false, 1},
                           {"from one call on all fail", false, true, 3},
                           {"one call of each child fails", true, false, 1},
                           {"all calls of each child fail from one on", true, true, 3}};
// More than any of the lives below has, and any of their children.
constexpr int64_t kCallsMax = 400;
constexpr int64_t kChildCallsMax = 12;

class DiskFailure : public AofTest {
 protected:
  // Pushes the next number, unless writes are refused.
  void push() {
    if (ended()) return;
    const std::string reply = run("RPUSH l " + std::to_string(pushed_ + 1));
    if (reply.starts_with("(error)")) {
      EXPECT_EQ(reply.substr(0, 15), "(error) MISCONF");
      return;
    }
    pushed_++;
    note_promise();
  }
  // What is durable by the server's own word.
  void note_promise() {
    if (ended() || !storage_) return;
    const uint64_t offset = t_->engine().default_tenant().propagation.offset();
    if (storage_->aof().is_durable(offset)) promised_ = pushed_;
  }
  void pass_ms(int64_t ms) {
    if (ended()) return;
    t_->advance_ms(ms);
    worker_.drain();
    note_promise();
  }
  void child_ends() {
    if (ended()) return;
    wait_for_child();
    note_promise();
  }
  bool ended() const { return !gave_up_.empty(); }

  void forget_all() {
    storage_.reset();
    disk_ = FaultFiles();
    pushed_ = promised_ = 0;
  }

  // The disk is whole again after a power failure.
  void expect_all_is_there(const Settings& s, uint64_t seed, const std::string& when) {
    note_promise();
    lose_power(seed);
    ASSERT_TRUE(start(s)) << when;
    const int64_t kept = std::stoll(run("LLEN l"));
    EXPECT_GE(kept, promised_) << when;
    EXPECT_LE(kept, pushed_) << when;
    for (int64_t n = 1; n <= kept; n++) {
      EXPECT_EQ(run("LINDEX l " + std::to_string(n - 1)), "\"" + std::to_string(n) + "\"") << when;
    }
  }

  void arm(const Plan& plan, int64_t good_calls) {
    disk_.faults.good_calls = good_calls;
    disk_.faults.for_good = plan.for_good;
    disk_.faults.in_child = plan.in_child;
  }

  // Lives `live` again and again, each time with another call that fails.
  template <typename Live>
  void each_call_fails(const Settings& s, const std::string& label, Live live) {
    for (const Plan& plan : kPlans) {
      for (int64_t good_calls = 0;; good_calls += plan.step) {
        ASSERT_LT(good_calls, kCallsMax);
        forget_all();
        arm(plan, good_calls);
        live();
        const bool reached = plan.in_child ? good_calls < kChildCallsMax : disk_.calls > good_calls;
        expect_all_is_there(
            s, static_cast<uint64_t>(good_calls),
            label + ", " + plan.name + ", after " + std::to_string(good_calls) + " good calls");
        if (HasFatalFailure() || !reached) break;
      }
    }
  }

  int64_t pushed_ = 0, promised_ = 0;
};

class LogFailure : public DiskFailure {
 protected:
  void live(const Settings& s) {
    if (!start(s)) return;
    push();
    push();
    pass_ms(1000);
    run("BGREWRITEAOF");
    push();
    child_ends();
    push();
    pass_ms(1000);
    if (ended()) return;
    run("CONFIG SET appendonly no");
    push();
    run("CONFIG SET appendonly yes");
    push();
    child_ends();
    push();
    pass_ms(1100);
    child_ends();
    push();
    pass_ms(1000);
    if (ended()) return;
    // The rewrite is due in the middle of a turn.
    if (!t_->run("RPUSH l " + std::to_string(pushed_ + 1)).starts_with("(error)")) pushed_++;
    run("BGREWRITEAOF");
    note_promise();
    child_ends();
    if (ended()) return;
    if (storage_->finish({}) && storage_->aof().enabled()) promised_ = pushed_;
  }

  void test(const char* policy, bool rdb_preamble) {
    Settings s = settings();
    s.appendfsync = policy;
    s.aof_use_rdb_preamble = rdb_preamble;
    each_call_fails(s, policy, [&] { live(s); });
  }
};

class SnapshotFailure : public DiskFailure {
 protected:
  // A snapshot that was answered as done is the promise.
  void save() {
    const int64_t before = facts().rdb_last_save_ms;
    const std::string reply = run("SAVE");
    const bool saved = facts().rdb_last_ok && facts().rdb_last_save_ms > before;
    EXPECT_EQ(saved, reply == "OK") << reply;
    if (saved) promised_ = pushed_;
  }
  // One in a child is done when none of the child's calls failed; it has what there was before.
  void save_in_child() {
    const int64_t before = facts().rdb_last_save_ms, failures = disk_.failures();
    const int64_t pushed = pushed_;
    EXPECT_EQ(run("BGSAVE"), "Background saving started");
    push();
    wait_for_child();
    const bool saved = facts().rdb_last_ok;
    EXPECT_EQ(saved, disk_.failures() == failures);
    EXPECT_EQ(saved, facts().rdb_last_save_ms > before);
    if (saved) promised_ = pushed;
  }
  void live(const Settings& s) {
    if (!start(s)) return;
    push();
    t_->advance_ms(10);
    save();
    push();
    t_->advance_ms(10);
    save_in_child();
    push();
    t_->advance_ms(6000);  // the next try after a failure
    wait_for_child();
    if (storage_->finish({.save = ShutdownRequest::Save::kAlways})) promised_ = pushed_;
  }
};

TEST_F(SnapshotFailure, LeavesTheLastOneThatWasDone) {
  Settings s = settings();
  s.appendonly = false;
  s.save = "1 1";
  each_call_fails(s, "snapshots", [&] { live(s); });
}

// While files are read: what cannot be read is not passed over.
TEST_F(DiskFailure, AStartHasAllOrRefuses) {
  for (const char* files : {"log", "torn log", "old file", "snapshot"}) {
    for (int64_t good_calls = 0;; good_calls++) {
      ASSERT_LT(good_calls, kCallsMax);
      forget_all();
      Settings s = settings();
      ASSERT_TRUE(start(s));
      for (int i = 0; i < 5; i++) push();
      run("SAVE");
      pass_ms(1000);
      storage_.reset();
      const std::string increment = "d/appendonlydir/appendonly.aof.1.incr.aof";
      if (files == std::string("torn log")) disk_.put(increment, disk_.text(increment) + "*3\r\n$5");
      if (files == std::string("old file")) {
        const std::string text = disk_.text(increment);
        disk_ = FaultFiles();
        disk_.put("d/appendonly.aof", text);
      }
      if (files == std::string("snapshot")) s.appendonly = false;
      const int64_t before = disk_.calls;
      arm(kPlans[0], good_calls);
      const bool started = start(s);
      const bool reached = disk_.calls > before + good_calls;
      const std::string when = std::string(files) + ", after " + std::to_string(good_calls);
      EXPECT_EQ(started ? run("LLEN l") : "5", "5") << when;
      promised_ = 5;
      expect_all_is_there(s, static_cast<uint64_t>(good_calls), when);
      if (HasFatalFailure() || !reached) break;
    }
  }
}

TEST_F(LogFailure, AlwaysKeepsItsWord) { test("always", true); }
TEST_F(LogFailure, EverySecondKeepsItsWord) { test("everysec", true); }
TEST_F(LogFailure, ALogOfCommandsKeepsItsWord) { test("everysec", false); }

}  // namespace
}  // namespace redstart
