// What the operating system tells about this process and its machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace redstart {

// Memory of this process that is in RAM; 0 where the system does not tell.
uint64_t resident_bytes();
// What this process has taken from malloc; 0 where the C library does not tell.
size_t heap_bytes();
// Memory that this process has to itself because it, or its parent, has written to it since the
// fork; 0 where the system does not tell.
uint64_t private_dirty_bytes();
// The memory of the machine; 0 where the system does not tell.
uint64_t system_memory_bytes();

struct CpuTimes {
  double user_s = 0, system_s = 0;
};
enum class CpuOf : uint8_t { kProcess, kThread, kChildren };
CpuTimes cpu_times(CpuOf whose);
// What the calling thread has worked so far.
int64_t thread_cpu_us();

// "Linux 6.1.0 x86_64"
std::string system_name();
// The path of the running program; "" where the system does not tell.
std::string executable_path();
int64_t process_id();

}  // namespace redstart
