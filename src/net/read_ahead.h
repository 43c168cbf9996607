// Small requests that were received and do not run yet: the next connections are received from
// first, and meanwhile the memory that a request will ask for is on its way.
//
//   recv a | recv b | recv c, look at a's entry | recv d | recv e, run a | recv f, run b ...
//
// Without pipelining a request waits for its key's line of the table, then for its entry: a tenth
// of all it costs with a million keys, as nothing else can be done meanwhile. A pipeline has its
// window for that (net/connection.h); this is the window across connections.
//
// For everybody else a request that waits here has not been received yet. What runs, runs in the
// order in which it was received: what needs no key, or is longer, waits for no more than those
// before it to run. Even then it waits here, as one of them may be a script that runs for long, and
// others are served meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace redstart {

class Keyspace;
class Stream;

// Where a request will look first, as far as a glance tells; it may be wrong.
struct KeyGlance {
  const Keyspace* keys = nullptr;  // null: it needs nothing, or more than a glance
  uint64_t hash = 0;
};

class ReadAhead {
 public:
  // Longer requests are not copied; what moves their bytes costs more than their key.
  static constexpr size_t kBytesMax = 256;

  bool empty() const { return first_ == end_; }
  // Copies `bytes`, which `stream` gets back when it is their turn.
  void add(Stream* stream, std::string_view bytes, const KeyGlance& glance);
  // Runs all that wait, and then these, which stay where they are until this returns.
  void run_before(Stream* stream, std::string_view bytes);
  // Runs all that wait. May be called while one of them runs: then those behind it.
  void run() {
    while (first_ != end_) run_first();
  }
  // It was closed and goes.
  void forget(const Stream* stream);

 private:
  // How many others are received from before a request runs, and before its entry is asked for.
  static constexpr uint32_t kAhead = 4;
  static constexpr uint32_t kLineAhead = 2;
  // The one that runs keeps its bytes, too. A power of two.
  static constexpr uint32_t kSlots = 8;

  struct Slot {
    Stream* stream;  // null: it went
    KeyGlance glance;
    std::string_view bytes;
    char copy[kBytesMax];
  };
  Slot& slot(uint32_t number) { return slots_[number % kSlots]; }
  void run_first();

  uint32_t first_ = 0;  // of those that wait
  uint32_t end_ = 0;
  Slot slots_[kSlots];
};

}  // namespace redstart
