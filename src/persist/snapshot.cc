#include "persist/snapshot.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/process.h"
#include "engine/engine.h"
#include "engine/persistence.h"

namespace redstart {

namespace {

constexpr int64_t kPollMs = 10;
// Reading it takes the system some milliseconds per gigabyte.
constexpr int64_t kCowEveryUs = 1000000;

// What the child says, always as a whole: a pipe takes this many bytes at once.
struct Message {
  uint64_t keys;
  uint64_t cow_bytes;
  bool finished;
  bool ok;
  char error[230];
};
static_assert(sizeof(Message) <= 256);

void close_all(int first, int last) {
  if (first > last) return;
  if (syscall(SYS_close_range, first, last, 0) == 0) return;
  const int end = std::min(last, static_cast<int>(sysconf(_SC_OPEN_MAX)));
  for (int fd = first; fd <= end; fd++) close(fd);
}

// In the child, where signals are still blocked: nothing that was the parent's may be touched, and
// the handlers of its loop would tell it of our signals.
void become_child(std::vector<int> keep, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  for (int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD}) signal(number, SIG_DFL);
  std::sort(keep.begin(), keep.end());
  int next = STDERR_FILENO + 1;
  for (int fd : keep) {
    close_all(next, fd - 1);
    next = fd + 1;
  }
  close_all(next, INT_MAX);
}

class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace

// ---- in the child

void SnapshotReport::keys_done(uint64_t keys) {
  keys_ = keys;
  int64_t now_us = clock_.mono_us();
  if (now_us - last_report_us_ < kCowEveryUs) return;
  last_report_us_ = now_us;
  send(false, true, {});
}

void SnapshotReport::finish(bool ok, const std::string& error) { send(true, ok, error); }

void SnapshotReport::send(bool finished, bool ok, std::string_view error) {
  Message message{};
  message.keys = keys_;
  message.cow_bytes = private_dirty_bytes();
  message.finished = finished;
  message.ok = ok;
  error.copy(message.error, sizeof message.error - 1);
  while (write(fd_, &message, sizeof message) < 0 && errno == EINTR) {
  }
}

// ---- in the parent

SnapshotChild::~SnapshotChild() {
  done_ = nullptr;
  kill();
}

bool SnapshotChild::start(uint64_t keys_total, Work work, Done done, std::string* error,
                          std::span<const int> keep) {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) {
    *error = std::string("Can't create the pipe of a child: ") + strerror(errno);
    return false;
  }
  std::vector<int> kept(keep.begin(), keep.end());
  kept.push_back(fds[1]);
  pid_t parent = getpid();
  int64_t began_us = engine_.mono_us();
  pid_t pid;
  {
    SignalsBlocked blocked;
    pid = fork();
    if (pid == 0) become_child(std::move(kept), parent);
  }
  if (pid == 0) {
    SnapshotReport report(fds[1], engine_.clock());
    std::string reason;
    bool ok = work(report, &reason);
    report.finish(ok, reason);
    _exit(ok ? 0 : 1);
  }
  close(fds[1]);
  if (pid < 0) {
    *error = std::string("fork: ") + strerror(errno);
    close(fds[0]);
    return false;
  }
  fcntl(fds[0], F_SETFL, O_NONBLOCK);
  pid_ = pid;
  fd_ = fds[0];
  done_ = std::move(done);
  result_ = {};
  told_ = false;
  facts_.last_fork_us = engine_.mono_us() - began_us;
  facts_.forks++;
  facts_.cow_bytes = facts_.cow_peak_bytes = 0;
  facts_.cow_seen_mono_us = engine_.mono_us();
  facts_.snapshot_keys = 0;
  facts_.snapshot_keys_total = keys_total;
  // What the child has not to read need not change.
  engine_.keyspace_shared().snapshot_child = true;
  engine_.keyspace_shared().touch = false;
  timer_ = engine_.timers().add(engine_.mono_us() / 1000 + kPollMs, [this] { poll(); }, kPollMs);
  return true;
}

void SnapshotChild::read_reports() {
  Message message;
  while (read(fd_, &message, sizeof message) == static_cast<ssize_t>(sizeof message)) {
    facts_.snapshot_keys = message.keys;
    facts_.cow_bytes = message.cow_bytes;
    facts_.cow_peak_bytes = std::max(facts_.cow_peak_bytes, message.cow_bytes);
    facts_.cow_seen_mono_us = engine_.mono_us();
    if (!message.finished) continue;
    told_ = true;
    result_.ok = message.ok;
    result_.error = message.error;
  }
}

void SnapshotChild::poll() {
  if (!running()) return;
  read_reports();
  int status;
  if (waitpid(static_cast<pid_t>(pid_), &status, WNOHANG) == pid_) end(status);
}

void SnapshotChild::kill() {
  if (!running()) return;
  ::kill(static_cast<pid_t>(pid_), SIGKILL);
  int status = 0;
  while (waitpid(static_cast<pid_t>(pid_), &status, 0) < 0 && errno == EINTR) {
  }
  result_.stopped = true;
  end(status);
}

void SnapshotChild::end(int status) {
  read_reports();
  close(fd_);
  fd_ = -1;
  last_pid_ = pid_;
  pid_ = 0;
  engine_.timers().cancel(timer_);
  engine_.keyspace_shared().snapshot_child = false;
  engine_.keyspace_shared().touch = true;
  result_.cow_bytes = facts_.cow_peak_bytes;
  facts_.cow_bytes = 0;
  facts_.snapshot_keys = facts_.snapshot_keys_total = 0;
  if (WIFSIGNALED(status)) {
    result_.ok = false;
    result_.killed_by = WTERMSIG(status);
    // Sent by hand to end a child that is not wanted.
    result_.stopped |= result_.killed_by == SIGUSR1;
  } else if (!told_) {
    result_.ok = false;
    result_.error = "the child ended without a word";
  }
  Done done = std::move(done_);
  done_ = nullptr;
  if (done) done(result_);
}

}  // namespace redstart
