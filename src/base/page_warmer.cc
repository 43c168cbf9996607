#include "base/page_warmer.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

namespace redstart {

namespace {

// Since Linux 5.14; elsewhere memory is made ready when it is touched, as ever.
void make_ready([[maybe_unused]] char* memory, [[maybe_unused]] size_t bytes) {
#ifdef MADV_POPULATE_WRITE
  madvise(memory, bytes, MADV_POPULATE_WRITE);
#endif
}

}  // namespace

PageWarmer::~PageWarmer() {
  if (!thread_.joinable()) return;
  stop_ = true;
  char stopping;  // an address that nobody can have wished for
  wish_ = &stopping;
  wish_.notify_one();
  thread_.join();
}

void PageWarmer::warm(char* memory) {
  wish_ = memory;
  if (thread_.joinable()) return wish_.notify_one();
  // Signals are for the host's threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void PageWarmer::run() {
  while (true) {
    wish_.wait(nullptr);
    char* memory = wish_.exchange(nullptr);
    if (stop_) return;
    make_ready(memory, bytes_);
  }
}

}  // namespace redstart
