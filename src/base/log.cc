#include "base/log.h"

#include <fcntl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iterator>

#include "base/ascii.h"

namespace redstart {

namespace {

constexpr std::string_view kLevelNames[] = {"debug", "verbose", "notice", "warning", "nothing"};
constexpr char kLevelSigns[] = {'.', '-', '*', '#'};
// In English whatever the locale is, as tools expect it.
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

int open_for_append(const std::string& path) {
  return open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

// "4242:M 20 Nov 2026 11:44:08.123 * "
std::string line_head(pid_t process, char role, LogLevel level) {
  timeval now;
  gettimeofday(&now, nullptr);
  tm local;
  localtime_r(&now.tv_sec, &local);
  char head[96];
  snprintf(head, sizeof head, "%d:%c %02d %s %d %02d:%02d:%02d.%03d %c ", static_cast<int>(process),
           role, local.tm_mday, kMonths[local.tm_mon], local.tm_year + 1900, local.tm_hour,
           local.tm_min, local.tm_sec, static_cast<int>(now.tv_usec / 1000),
           kLevelSigns[static_cast<int>(level)]);
  return head;
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // a log that cannot be written must not stop the server
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

bool parse_log_level(std::string_view name, LogLevel* level) {
  for (size_t i = 0; i < std::size(kLevelNames); i++) {
    if (!equals_fold(name, kLevelNames[i])) continue;
    *level = static_cast<LogLevel>(i);
    return true;
  }
  return false;
}

Log::Log() : owner_(getpid()) {}

void Log::set_path(std::string path) {
  std::lock_guard<std::mutex> lock(mutex_);
  path_ = std::move(path);
}

bool Log::can_write() const {
  if (path_.empty()) return true;
  const int fd = open_for_append(path_);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

void Log::write(LogLevel level, std::string_view text) {
  if (!wants(level)) return;
  const pid_t process = getpid();
  std::string line = line_head(process, process == owner_ ? 'M' : 'C', level);
  line.append(text).push_back('\n');
  std::lock_guard<std::mutex> lock(mutex_);
  if (path_.empty()) return write_all(STDOUT_FILENO, line);
  const int fd = open_for_append(path_);
  if (fd < 0) return;
  write_all(fd, line);
  close(fd);
}

}  // namespace redstart
