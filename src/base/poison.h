// Memory that nobody may read now, for those who cut it up themselves: AddressSanitizer then tells
// of a use after the release as it does for malloc. Without it these do nothing.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define REDSTART_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REDSTART_ASAN 1
#endif
#endif
#ifdef REDSTART_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace redstart {

inline void poison([[maybe_unused]] const void* object, [[maybe_unused]] size_t n) {
#ifdef REDSTART_ASAN
  __asan_poison_memory_region(object, n);
#endif
}
inline void unpoison([[maybe_unused]] const void* object, [[maybe_unused]] size_t n) {
#ifdef REDSTART_ASAN
  __asan_unpoison_memory_region(object, n);
#endif
}

}  // namespace redstart
