#include "base/process.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
#include <malloc.h>
#define REDSTART_HAS_MALLINFO2 1
#endif

namespace redstart {

uint64_t resident_bytes() {
  // Linux tells in pages: the whole size, then what is resident.
  FILE* file = fopen("/proc/self/statm", "r");
  if (!file) return 0;
  unsigned long long size = 0, resident = 0;
  int read = fscanf(file, "%llu %llu", &size, &resident);
  fclose(file);
  return read == 2 ? resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

size_t heap_bytes() {
#ifdef REDSTART_HAS_MALLINFO2
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
#else
  return 0;
#endif
}

uint64_t private_dirty_bytes() {
  FILE* file = fopen("/proc/self/smaps_rollup", "r");
  if (!file) return 0;
  uint64_t kib = 0;
  char line[256];
  while (fgets(line, sizeof line, file)) {
    std::string_view text(line);
    if (!text.starts_with("Private_Dirty:")) continue;
    for (char c : text) kib = c >= '0' && c <= '9' ? kib * 10 + static_cast<uint64_t>(c - '0') : kib;
    break;
  }
  fclose(file);
  return kib * 1024;
}

uint64_t system_memory_bytes() {
  int64_t pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? static_cast<uint64_t>(pages * size) : 0;
}

CpuTimes cpu_times(CpuOf whose) {
  int who = RUSAGE_SELF;
  if (whose == CpuOf::kChildren) who = RUSAGE_CHILDREN;
#ifdef RUSAGE_THREAD
  if (whose == CpuOf::kThread) who = RUSAGE_THREAD;
#endif
  rusage usage = {};
  getrusage(who, &usage);
  auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {seconds(usage.ru_utime), seconds(usage.ru_stime)};
}

int64_t thread_cpu_us() {
  // getrusage() knows of this thread's last tick only, some milliseconds ago.
  timespec worked = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &worked);
  return int64_t{worked.tv_sec} * 1000000 + worked.tv_nsec / 1000;
}

std::string system_name() {
  utsname name = {};
  if (uname(&name) != 0) return {};
  return std::string(name.sysname) + " " + name.release + " " + name.machine;
}

std::string executable_path() {
  char path[4096];
  ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, static_cast<size_t>(size)) : std::string();
}

int64_t process_id() { return getpid(); }

}  // namespace redstart
