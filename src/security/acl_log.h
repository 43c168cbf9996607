// What was denied lately, the newest first: ACL LOG.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

namespace redstart {

enum class DeniedReason : uint8_t { kAuth, kCommand, kKey, kChannel };
enum class DeniedContext : uint8_t { kTopLevel, kMulti, kLua };

struct Denial {
  DeniedReason reason;
  DeniedContext context;
  std::string object;  // the command, key, channel, or how somebody tried to log in
  std::string username;
  std::string client_info;
};

class AclLog {
 public:
  struct Entry {
    Denial denial;
    uint64_t count = 1;
    int64_t id = 0;
    int64_t created_ms = 0, updated_ms = 0;
  };

  // The same thing within a minute is counted with the last time it happened. Keeps `max_length`
  // entries, of length 0 none.
  void add(Denial denial, int64_t now_ms, size_t max_length);
  void clear() { entries_.clear(); }
  const std::deque<Entry>& entries() const { return entries_; }

 private:
  std::deque<Entry> entries_;
  int64_t next_id_ = 0;
};

}  // namespace redstart
