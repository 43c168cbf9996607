// One server per directory: two that write the same files would destroy each other's. The lock is
// the kernel's and ends with the process, however that ends.
#pragma once

#include <string>

namespace redstart {

class Log;

class DirectoryLock {
 public:
  explicit DirectoryLock(Log& log) : log_(log) {}
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

  // Takes this directory in place of the one before. False and a reason: another server has it.
  // Where no file can be made there is nothing to protect, and no lock.
  bool take(const std::string& directory, std::string* error);

 private:
  Log& log_;
  int fd_ = -1;
};

}  // namespace redstart
