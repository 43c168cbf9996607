#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace redstart {
namespace {

int answer(int result) { return result < 0 ? -errno : result; }

class SystemFile final : public File {
 public:
  explicit SystemFile(int fd) : fd_(fd) {}
  ~SystemFile() override { close(fd_); }

  int64_t read(char* at, size_t size) override {
    ssize_t got;
    while ((got = ::read(fd_, at, size)) < 0 && errno == EINTR) {
    }
    return got < 0 ? -errno : got;
  }

  int64_t write(std::string_view bytes) override {
    ssize_t written;
    while ((written = ::write(fd_, bytes.data(), bytes.size())) < 0 && errno == EINTR) {
    }
    return written < 0 ? -errno : written;
  }

  // A failed fsync is not tried again: the kernel may have dropped the pages and would say yes.
  int sync() override { return answer(fdatasync(fd_)); }
  int truncate(int64_t size) override { return answer(ftruncate(fd_, size)); }

  int64_t size() const override {
    struct stat status;
    return fstat(fd_, &status) < 0 ? -errno : status.st_size;
  }

  int descriptor() const override { return fd_; }

 private:
  const int fd_;
};

int flags_of(FileSystem::Mode mode) {
  switch (mode) {
    case FileSystem::Mode::kRead: return O_RDONLY;
    case FileSystem::Mode::kAppend: return O_RDWR | O_CREAT | O_APPEND;
    case FileSystem::Mode::kReplace: break;
  }
  return O_RDWR | O_CREAT | O_TRUNC;
}

}  // namespace

std::unique_ptr<File> SystemFiles::open(const std::string& path, Mode mode, int* error) {
  int fd;
  while ((fd = ::open(path.c_str(), flags_of(mode) | O_CLOEXEC, 0644)) < 0 && errno == EINTR) {
  }
  if (fd >= 0) return std::make_unique<SystemFile>(fd);
  *error = -errno;
  return nullptr;
}

int SystemFiles::rename(const std::string& from, const std::string& to) {
  return answer(::rename(from.c_str(), to.c_str()));
}

int SystemFiles::remove(const std::string& path) { return answer(unlink(path.c_str())); }

int SystemFiles::make_directory(const std::string& path) {
  return mkdir(path.c_str(), 0755) == 0 || errno == EEXIST ? 0 : -errno;
}

int SystemFiles::sync_directory(const std::string& path) {
  const int fd = ::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -errno;
  // Some file systems have nothing to sync for a directory and say so.
  const int result = fsync(fd) == 0 || errno == EBADF || errno == EINVAL ? 0 : -errno;
  close(fd);
  return result;
}

int SystemFiles::list(const std::string& path, std::vector<std::string>* names) {
  DIR* directory = opendir(path.empty() ? "." : path.c_str());
  if (!directory) return -errno;
  while (const dirent* entry = readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names->emplace_back(name);
  }
  closedir(directory);
  return 0;
}

int64_t SystemFiles::size(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) < 0 ? -errno : status.st_size;
}

int write_all(File& file, std::string_view bytes, size_t* written) {
  size_t done = 0;
  int error = 0;
  while (done < bytes.size()) {
    const int64_t now = file.write(bytes.substr(done));
    // A disk that takes nothing and gives no reason is full.
    if (now <= 0) {
      error = now == 0 ? -ENOSPC : static_cast<int>(now);
      break;
    }
    done += static_cast<size_t>(now);
  }
  if (written) *written = done;
  return error;
}

int read_all(File& file, std::string* text) {
  char block[16 * 1024];
  int64_t got;
  while ((got = file.read(block, sizeof block)) > 0) text->append(block, static_cast<size_t>(got));
  return static_cast<int>(got);
}

int replace_file(FileSystem& files, const std::string& path, const std::string& draft,
                 std::string_view text, bool* replaced) {
  if (replaced) *replaced = false;
  int error = 0;
  {
    auto file = files.open(draft, FileSystem::Mode::kReplace, &error);
    if (!file) return error;
    error = write_all(*file, text);
    if (error == 0) error = file->sync();
  }
  if (error == 0) error = files.rename(draft, path);
  if (error != 0) {
    files.remove(draft);
    return error;
  }
  if (replaced) *replaced = true;
  const size_t slash = path.rfind('/');
  return files.sync_directory(slash == path.npos ? std::string() : path.substr(0, slash + 1));
}

std::string error_text(int minus_errno) { return strerror(-minus_errno); }

std::string join_path(const std::string& directory, std::string_view name) {
  if (directory.empty() || name.starts_with('/')) return std::string(name);
  std::string path = directory;
  if (path.back() != '/') path += '/';
  return path.append(name);
}

}  // namespace redstart
