#include "server/files.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace redstart {

namespace {
bool fail(std::string* error) {
  *error = strerror(errno);
  return false;
}
}  // namespace

bool read_file(const std::string& path, std::string* text, std::string* error) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(error);
  text->clear();
  char block[16 * 1024];
  ssize_t size;
  while ((size = read(fd, block, sizeof block)) > 0) text->append(block, static_cast<size_t>(size));
  const int read_error = errno;
  close(fd);
  errno = read_error;
  return size == 0 || fail(error);
}

bool read_config_text(const std::string& path, std::string* text, std::string* error) {
  if (path.find_first_of("*?[") == path.npos) return read_file(path, text, error);
  text->clear();
  glob_t found;
  if (glob(path.c_str(), 0, nullptr, &found) != 0) return true;
  bool ok = true;
  for (size_t i = 0; i < found.gl_pathc && ok; i++) {
    std::string one;
    ok = read_file(found.gl_pathv[i], &one, error);
    text->append(one).push_back('\n');
  }
  globfree(&found);
  return ok;
}

bool write_file(const std::string& path, std::string_view text, int permissions, Durable durable,
                std::string* error) {
  const std::string draft = path + ".new";
  const int fd = open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                      static_cast<mode_t>(permissions));
  if (fd < 0) return fail(error);
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       (durable == Durable::kNo || fsync(fd) == 0);
  if (close(fd) != 0 || !written || rename(draft.c_str(), path.c_str()) != 0) {
    fail(error);
    unlink(draft.c_str());
    return false;
  }
  return true;
}

}  // namespace redstart
