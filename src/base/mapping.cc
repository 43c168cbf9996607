#include "base/mapping.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace redstart {

// Asks for more and returns the ends.
void* map_aligned(size_t size, size_t alignment) {
  size_t asked = size + alignment;
  void* mapped = mmap(nullptr, asked, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) {
    std::fprintf(stderr, "out of memory: %zu bytes were asked for\n", asked);
    std::abort();
  }
  auto begin = reinterpret_cast<uintptr_t>(mapped);
  uintptr_t aligned = (begin + alignment - 1) & ~(uintptr_t{alignment} - 1);
  if (aligned > begin) munmap(mapped, aligned - begin);
  uintptr_t end = aligned + size;
  if (begin + asked > end) munmap(reinterpret_cast<void*>(end), begin + asked - end);
  return reinterpret_cast<void*>(aligned);
}

void unmap_aligned(void* mapped, size_t size) { munmap(mapped, size); }

}  // namespace redstart
