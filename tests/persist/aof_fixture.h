// A server that keeps its data on a disk which can be taken away from it; start() begins anew.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "persist/storage.h"
#include "tests/persist/fixture.h"

namespace redstart {

class AofTest : public testing::Test {
 protected:
  AofTest() { start(); }

  static Settings settings() {
    Settings s = CommandTest::test_settings();
    s.dir = "d";
    s.appendonly = true;
    s.save.clear();
    s.given.insert("appendonly");
    return s;
  }
  bool start(Settings s = settings()) {
    storage_.reset();
    t_ = std::make_unique<CommandTest>(s);
    gave_up_.clear();
    storage_ = std::make_unique<Storage>(
        t_->engine(), t_->engine().default_tenant(),
        Storage::Host{.files = disk_, .worker = worker_, .give_up = [this](std::string_view why) {
                        gave_up_ = why;
                      }});
    bool ok = false, told = false;
    storage_->load([&](bool loaded) { ok = loaded, told = true; });
    while (!told) t_->advance_ms(1);
    worker_.drain();
    return ok;
  }

  std::string run(std::string_view line) {
    std::string reply = t_->run(line);
    t_->advance_ms(0);  // the end of the turn
    return reply;
  }
  void wait_for_child() {
    while (storage_->child().running()) {
      std::this_thread::yield();
      storage_->child().poll();
    }
    worker_.drain();
  }
  // The process is gone with all it had in mind, and of what it had not synced the disk keeps what
  // `seed` chooses (0: nothing).
  void lose_power(uint64_t seed) {
    disk_.crash(seed);
    worker_.forget();
    storage_.reset();
  }
  std::string manifest() { return disk_.text("d/appendonlydir/appendonly.aof.manifest"); }
  const PersistenceFacts& facts() { return storage_->facts(); }

  FaultFiles disk_;
  ManualWorker worker_;
  std::string gave_up_;
  std::unique_ptr<CommandTest> t_;
  std::unique_ptr<Storage> storage_;
};

}  // namespace redstart
