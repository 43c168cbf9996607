// Asks for a cache line before it is needed.
//
// The asm form is on purpose: g++ 12 takes a function that does nothing but __builtin_prefetch for
// one without effects and deletes the loops that call it (check: objdump -d | grep -c prefetch).
#pragma once

namespace redstart {

inline void prefetch(const void* address) {
#if defined(__x86_64__) || defined(__i386__)
  asm volatile("prefetcht0 %0" : : "m"(*static_cast<const char*>(address)));
#elif defined(__aarch64__)
  asm volatile("prfm pldl1keep, %0" : : "Q"(*static_cast<const char*>(address)));
#else
  __builtin_prefetch(address);
#endif
}

}  // namespace redstart
