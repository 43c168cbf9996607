#include "persist/disk_worker.h"

#include <signal.h>

#include <utility>

namespace redstart {

DiskThread::~DiskThread() {
  drain();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void DiskThread::submit(Job job, Done done) {
  if (!thread_.joinable()) {
    // Signals are the business of the thread that has always had them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { work(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    waiting_.push_back({std::move(job), std::move(done)});
  }
  changed_.notify_all();
}

void DiskThread::drain() {
  for (;;) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return waiting_.empty() && !busy_; });
      if (finished_.empty()) return;
    }
    finish_tasks();  // which may submit more
  }
}

void DiskThread::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
    if (waiting_.empty()) return;
    Task task = std::move(waiting_.front());
    waiting_.pop_front();
    busy_ = true;
    lock.unlock();
    task.error = task.job();
    task.job = nullptr;  // whatever it holds goes here, in this thread: closing may take long, too
    lock.lock();
    busy_ = false;
    finished_.push_back(std::move(task));
    changed_.notify_all();
    lock.unlock();
    post_([this] { finish_tasks(); });
    lock.lock();
  }
}

void DiskThread::finish_tasks() {
  std::deque<Task> finished;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    finished.swap(finished_);
  }
  for (Task& task : finished) {
    if (task.done) task.done(task.error);
  }
}

}  // namespace redstart
