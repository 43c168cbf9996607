// The log, in the line format that people and tools know from Redis:
//
//   4242:M 20 Nov 2026 11:44:08.123 * Ready to accept connections tcp
//
// The letter tells who writes: M a server that takes writes, S a replica, C a child that saves, X a
// sentinel. Signs by level: . debug, - verbose, * notice, # warning.
//
// The file is opened for each line, so that it may be moved away while the server runs. Any thread
// may write.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace redstart {

enum class LogLevel : uint8_t { kDebug, kVerbose, kNotice, kWarning, kNothing };

// "debug", "verbose", "notice", "warning", "nothing". False: none of these.
bool parse_log_level(std::string_view name, LogLevel* level);

class Log {
 public:
  Log();
  // An empty path: standard output.
  void set_path(std::string path);
  void set_level(LogLevel level) { level_ = level; }
  LogLevel level() const { return level_; }
  // Worth asking before a costly text is made.
  bool wants(LogLevel level) const { return level >= level_; }
  // False when the log file cannot be opened for writing; errno says why.
  bool can_write() const;

  // REQUIRES: level is not kNothing.
  void write(LogLevel level, std::string_view text);
  void debug(std::string_view text) { write(LogLevel::kDebug, text); }
  void verbose(std::string_view text) { write(LogLevel::kVerbose, text); }
  void notice(std::string_view text) { write(LogLevel::kNotice, text); }
  void warning(std::string_view text) { write(LogLevel::kWarning, text); }

 private:
  std::mutex mutex_;
  std::string path_;
  const pid_t owner_;  // others are forked children
  std::atomic<LogLevel> level_ = LogLevel::kNotice;
};

}  // namespace redstart
