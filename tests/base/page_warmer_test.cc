#include "base/page_warmer.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace redstart {
namespace {

constexpr size_t kBytes = size_t{2} << 20;
constexpr size_t kPage = 4096;

size_t pages_ready(char* memory) {
  unsigned char ready[kBytes / kPage];
  EXPECT_EQ(mincore(memory, kBytes, ready), 0);
  size_t count = 0;
  for (unsigned char one : ready) count += one & 1;
  return count;
}

TEST(PageWarmer, MemoryIsReadyAndUnchanged) {
  void* mapped =
      mmap(nullptr, 2 * kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(mapped, MAP_FAILED);
  char* memory = static_cast<char*>(mapped);
#ifdef MADV_POPULATE_WRITE
  const bool supported = madvise(memory, kPage, MADV_POPULATE_WRITE) == 0;
#else
  const bool supported = false;
#endif
  if (!supported) GTEST_SKIP() << "this system makes memory ready at its first touch only";
  memory[5] = 'x';
  {
    PageWarmer warmer(kBytes);
    warmer.warm(memory);
    // The wish may not have been begun when the end comes, and then it is dropped.
    while (pages_ready(memory) < kBytes / kPage) std::this_thread::yield();
  }
  EXPECT_EQ(memory[5], 'x');
  EXPECT_EQ(pages_ready(memory + kBytes), 0u);
  munmap(mapped, 2 * kBytes);
}

TEST(PageWarmer, EndsWithoutAWish) { PageWarmer warmer(kBytes); }

}  // namespace
}  // namespace redstart
