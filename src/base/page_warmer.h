// Has memory made ready by the system before it is used for the first time, so that who uses it
// need not wait: the first touch of a huge page takes the system from a tenth of a millisecond to
// some milliseconds (a virtual machine that must ask its host for the memory), and a loop that
// serves many connections cannot stand still for that long.
//
// A thread of its own, begun with the first wish. A wish that it has not come to yet is replaced by
// the next one. In a forked child there is no such thread, and wishes are without effect.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>

namespace redstart {

class PageWarmer {
 public:
  explicit PageWarmer(size_t bytes) : bytes_(bytes) {}
  // Waits for the wish it is at.
  ~PageWarmer();
  PageWarmer(const PageWarmer&) = delete;
  PageWarmer& operator=(const PageWarmer&) = delete;

  // `memory` stays mapped for as long as this lives. Its content stays as it is.
  void warm(char* memory);

 private:
  void run();

  const size_t bytes_;
  std::atomic<char*> wish_{nullptr};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace redstart
