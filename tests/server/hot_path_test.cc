// Commands in the steady state ask the allocator for nothing, from the socket to the socket.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "redstart/redstart.h"

#if defined(__has_feature)  // clang's way to say what g++ says by __SANITIZE_ADDRESS__
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)
#define COUNTS_ALLOCATIONS 0  // the sanitizer has an allocator of its own
#else
#define COUNTS_ALLOCATIONS 1
#endif

#if COUNTS_ALLOCATIONS
static uint64_t allocations = 0;

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* block, size_t size);

void* malloc(size_t size) {
  allocations++;
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  allocations++;
  return __libc_calloc(count, size);
}
void* realloc(void* block, size_t size) {
  allocations++;
  return __libc_realloc(block, size);
}
}

namespace redstart {
namespace {

class HotPathTest : public testing::Test {
 protected:
  HotPathTest() {
    Options options;
    options.resp_port = 0;
    options.http_port = -1;
    options.own_thread = false;
    // A busy machine makes any command slow, and an entry of the slow log is allocated.
    options.config = "slowlog-log-slower-than -1";
    std::string error;
    server_ = Server::start(options, &error);
    EXPECT_TRUE(server_) << error;
    fd_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(server_->resp_port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~HotPathTest() override { close(fd_); }

  // How many allocations `rounds` round trips of `request` took, after some to warm up.
  uint64_t allocations_of(const std::string& request, int rounds, int reply_lines) {
    for (int i = 0; i < 50; i++) round_trip(request, reply_lines);
    const uint64_t before = allocations;
    for (int i = 0; i < rounds; i++) round_trip(request, reply_lines);
    return allocations - before;
  }

 private:
  // The whole reply is awaited: what lags behind would take chunks of its own.
  void round_trip(const std::string& request, int reply_lines) {
    ASSERT_EQ(send(fd_, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
    static char answer[64 * 1024];
    while (reply_lines > 0) {
      server_->poll(10);
      const ssize_t received = recv(fd_, answer, sizeof answer, MSG_DONTWAIT);
      if (received <= 0) continue;
      ASSERT_NE(answer[0], '-') << answer;
      reply_lines -= static_cast<int>(std::count(answer, answer + received, '\n'));
    }
  }

  std::unique_ptr<Server> server_;
  int fd_;
};

TEST_F(HotPathTest, OneCommandAllocatesNothing) {
  EXPECT_EQ(allocations_of("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n", 500, 1), 0u);
  EXPECT_EQ(allocations_of("*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n", 500, 2), 0u);
  EXPECT_EQ(allocations_of("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n", 500, 1), 0u);
}

TEST_F(HotPathTest, APipelineAllocatesNothing) {
  std::string pipeline;
  for (int i = 0; i < 100; i++) {
    pipeline += "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n";
    pipeline += "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n";
  }
  // 30,000 commands. On a busy machine a pipeline may arrive in two pieces or outlast its turn now
  // and then, and its rest is kept; an allocation per command, or per hundred, is far beyond this.
  EXPECT_LT(allocations_of(pipeline, 100, 400), 20u);
}

}  // namespace
}  // namespace redstart
#endif  // COUNTS_ALLOCATIONS
