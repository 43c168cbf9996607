// An engine whose files are in memory, on a disk that can fail.
#pragma once

#include <deque>
#include <string>
#include <utility>

#include "persist/disk_worker.h"
#include "persist/storage.h"
#include "tests/base/fault_files.h"
#include "tests/commands/fixture.h"

namespace redstart {

inline Settings stored_settings() {
  Settings settings = CommandTest::test_settings();
  settings.save = "";
  settings.dir = "data";
  return settings;
}

// Works when it is told to, in the same thread.
class ManualWorker final : public DiskWorker {
 public:
  void submit(Job job, Done done) override { tasks_.emplace_back(std::move(job), std::move(done)); }
  void drain() override {
    while (!tasks_.empty()) {
      auto [job, done] = std::move(tasks_.front());
      tasks_.pop_front();
      const int error = job();
      if (done) done(error);
    }
  }
  size_t waiting() const { return tasks_.size(); }
  // As when power goes.
  void forget() { tasks_.clear(); }

 private:
  std::deque<std::pair<Job, Done>> tasks_;
};

class PersistTest : public CommandTest {
 public:
  explicit PersistTest(Settings settings = stored_settings()) : CommandTest(settings) {}
  ~PersistTest() = default;

  FaultFiles files;
  ManualWorker worker;
  std::string gave_up;
  Storage storage{engine(), engine().default_tenant(),
                  Storage::Host{.files = files, .worker = worker,
                                .give_up = [this](std::string_view why) { gave_up = why; }}};

  std::string digest() { return run("DEBUG DIGEST"); }
};

// "0a1f" to bytes.
inline std::string from_hex(std::string_view hex) {
  auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  }
  return bytes;
}

}  // namespace redstart
