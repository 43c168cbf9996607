// Addresses from the system, for rooms that cut them up themselves.
#pragma once

#include <cstddef>

namespace redstart {

// Zeroed and resident from the first touch on. Never nullptr: the process ends when the system has
// no addresses left. REQUIRES: both are powers of two and whole pages.
void* map_aligned(size_t size, size_t alignment);
void unmap_aligned(void* mapped, size_t size);

}  // namespace redstart
