#include "server/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "base/log.h"

namespace redstart {

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
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    char owner[32];
    const ssize_t size = read(fd, owner, sizeof owner);
    close(fd);
    *error = "The directory " + directory + " is in use by another Redstart";
    if (size > 0) *error += " (process " + std::string(owner, static_cast<size_t>(size)) + ")";
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
