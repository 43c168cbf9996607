// Does what may take long on a disk (fsync, freeing the blocks of a large file), one job after the
// other, somewhere else than in the engine's thread. A job gets a file or a path, never anything
// of the engine.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace redstart {

class DiskWorker {
 public:
  using Job = std::function<int()>;            // 0 or -errno
  using Done = std::function<void(int error)>;  // in the engine's thread, in a turn

  virtual ~DiskWorker() = default;
  virtual void submit(Job job, Done done) = 0;
  // Returns when everything submitted has been done and said so.
  virtual void drain() = 0;
};

// A thread, from the first job on.
class DiskThread final : public DiskWorker {
 public:
  // Brings a task to the engine's thread. False: that takes no more.
  using Post = std::function<bool(std::function<void()>)>;

  explicit DiskThread(Post post) : post_(std::move(post)) {}
  ~DiskThread() override;
  void submit(Job job, Done done) override;
  void drain() override;

 private:
  struct Task {
    Job job;
    Done done;
    int error = 0;
  };
  void work();
  void finish_tasks();

  Post post_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> waiting_, finished_;
  bool busy_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace redstart
