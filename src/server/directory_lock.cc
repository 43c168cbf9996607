#include "server/directory_lock.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/file.h"
#include "base/log.h"
#include "base/numbers.h"

namespace redstart {

namespace {

// Whose the lock is, as its file says; empty for nobody's.
std::string owner_of(int fd) {
  char owner[32];
  const ssize_t size = pread(fd, owner, sizeof owner, 0);
  return size > 0 ? std::string(owner, static_cast<size_t>(size)) : std::string();
}

// A child that was writing a snapshot has the lock as well until it sees that its parent was
// killed, or that it has been born: one whose owner is gone is free in a moment.
bool lock(int fd) {
  constexpr auto kStep = std::chrono::milliseconds(5);
  for (auto left = std::chrono::milliseconds(2000); flock(fd, LOCK_EX | LOCK_NB) != 0;
       left -= kStep) {
    int64_t owner = 0;
    const bool gone = parse_int64(owner_of(fd), &owner) &&
                      kill(static_cast<pid_t>(owner), 0) != 0 && errno == ESRCH;
    if (!gone || left <= kStep) return false;
    std::this_thread::sleep_for(kStep);
  }
  return true;
}

}  // namespace

DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) close(fd_);
}

bool DirectoryLock::take(const std::string& directory, std::string* error) {
  const std::string path = join_path(directory, "redstart.lock");
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) {
    log_.warning("No lock on the directory " + directory + ": " + strerror(errno));
    return true;
  }
  struct stat before, wanted;
  if (fd_ >= 0 && fstat(fd_, &before) == 0 && fstat(fd, &wanted) == 0 &&
      before.st_ino == wanted.st_ino && before.st_dev == wanted.st_dev) {
    close(fd);  // ours already
    return true;
  }
  if (!lock(fd)) {
    const std::string owner = owner_of(fd);
    close(fd);
    *error = "The directory " + directory + " is in use by another Redstart";
    if (!owner.empty()) *error += " (process " + owner + ")";
    return false;
  }
  const std::string pid = std::to_string(getpid());
  if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    log_.verbose("The lock of the directory does not tell whose it is.");
  }
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
  return true;
}

}  // namespace redstart
