#include "net/door.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <memory>
#include <vector>

#include "tests/net/door_fixture.h"

namespace redstart::test {
namespace {

TEST_F(DoorTest, ServesAThousandConnections) {
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 1000; i++) {
    clients.push_back(std::make_unique<Client>(port()));
    if (i % 100 == 99) turns(3);  // the backlog is shorter than that
  }
  for (auto& client : clients) client->send("ping\r\necho a\r\n");
  for (auto& client : clients) ASSERT_EQ(answer(*client, 14), "+PONG\r\n$1\r\na\r\n");
  EXPECT_EQ(door.connections(), 1000u);
  EXPECT_EQ(stats().total_connections, 1000u);
  clients.clear();
  turns(10);
  EXPECT_EQ(door.connections(), 0u);
}

TEST_F(DoorTest, RefusesMoreThanMaxclients) {
  settings().maxclients = 2;
  Client a(port()), b(port());
  turns(2);
  Client c(port());
  EXPECT_EQ(last_words(c), "-ERR max number of clients reached\r\n");
  EXPECT_EQ(ask(a, "ping\r\n", 7), "+PONG\r\n");
  EXPECT_EQ(stats().rejected_connections, 1u);
}

TEST_F(DoorTest, ClosesWhomItHasNoDescriptorFor) {
  Client early(port());
  turns(2);
  Client late(port());
  // No number is free below the limit: all that are not in use are taken.
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  std::vector<int> taken;
  while (taken.empty() || taken.back() < 200) taken.push_back(open("/dev/null", O_RDONLY));
  rlimit none_left = before;
  none_left.rlim_cur = 200;
  setrlimit(RLIMIT_NOFILE, &none_left);
  EXPECT_EQ(last_words(late), "");
  EXPECT_EQ(ask(early, "ping\r\n", 7), "+PONG\r\n");
  EXPECT_EQ(door.connections(), 1u);
  for (int fd : taken) close(fd);
  setrlimit(RLIMIT_NOFILE, &before);
  Client next(port());
  EXPECT_EQ(ask(next, "ping\r\n", 7), "+PONG\r\n");
}

TEST_F(DoorTest, ClosesTheIdleAndOnlyThem) {
  settings().timeout = 10;
  Client idle(port()), busy(port()), waiting(port());
  EXPECT_EQ(ask(idle, "ping\r\n", 7), "+PONG\r\n");
  waiting.send("hold\r\n");
  for (int i = 0; i < 12; i++) {
    clock.advance_ms(1000);
    EXPECT_EQ(ask(busy, "ping\r\n", 7), "+PONG\r\n");
  }
  EXPECT_EQ(last_words(idle), "");
  EXPECT_EQ(door.connections(), 2u);  // who waits for an answer is not idle
}

TEST_F(DoorTest, SaysWhyAPortCannotBeOpened) {
  RespDoor second(loop);
  std::string error;
  EXPECT_FALSE(second.listen_tcp({"127.0.0.1", port()}, &error));
  EXPECT_EQ(error, "Could not create server TCP listening socket 127.0.0.1:" +
                       std::to_string(port()) + ": bind: Address already in use");
  EXPECT_FALSE(second.listen_tcp({"999.999.999.999", Door::kAnyPort}, &error));
}

TEST_F(DoorTest, KeepsItsOldAddressWhenTheNewOneFails) {
  RespDoor second(loop);
  std::string error;
  ASSERT_TRUE(second.listen_tcp({"127.0.0.1", Door::kAnyPort}, &error));
  const int before = second.port();
  EXPECT_FALSE(second.listen_tcp({"127.0.0.1", port()}, &error));
  EXPECT_EQ(second.port(), before);
  Client client(before);
  EXPECT_EQ(ask(client, "ping\r\n", 7), "+PONG\r\n");
}

TEST_F(DoorTest, MovesToAnotherPortAndKeepsItsConnections) {
  Client client(port());
  EXPECT_EQ(ask(client, "ping\r\n", 7), "+PONG\r\n");
  std::string error;
  ASSERT_TRUE(door.listen_tcp({"127.0.0.1", Door::kAnyPort}, &error));
  EXPECT_EQ(ask(client, "ping\r\n", 7), "+PONG\r\n");
  Client late(port());
  EXPECT_EQ(ask(late, "ping\r\n", 7), "+PONG\r\n");
}

TEST_F(DoorTest, ToleratesAMissingOptionalAddress) {
  std::string error;
  // Of the range for documentation: no machine has it.
  EXPECT_TRUE(door.listen_tcp({"127.0.0.1 -192.0.2.1", Door::kAnyPort}, &error)) << error;
  EXPECT_FALSE(door.listen_tcp({"127.0.0.1 192.0.2.1", Door::kAnyPort}, &error));
}

TEST_F(DoorTest, ServesAUnixSocket) {
  const std::string path = testing::TempDir() + "redstart_door_test.sock";
  std::string error;
  ASSERT_TRUE(door.listen_unix(path, 0700, 16, &error)) << error;
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);

  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(send(fd, "ping\r\n", 6, 0), 6);
  turns(3);
  EXPECT_TRUE(last_session().channel()->info().unix_socket);
  EXPECT_EQ(last_session().channel()->info().address, path + ":0");
  char text[8] = {};
  EXPECT_EQ(recv(fd, text, 7, 0), 7);
  EXPECT_STREQ(text, "+PONG\r\n");
  close(fd);
  door.stop_listening();
  EXPECT_NE(stat(path.c_str(), &info), 0);
}

TEST(BindAddresses, AreReadAsInRedisConf) {
  const auto addresses = parse_bind_addresses("  127.0.0.1 -::1\t*");
  ASSERT_EQ(addresses.size(), 3u);
  EXPECT_EQ(addresses[1].host, "::1");
  EXPECT_TRUE(addresses[1].optional);
  EXPECT_FALSE(addresses[2].optional);
  EXPECT_TRUE(parse_bind_addresses("").empty());
}

}  // namespace
}  // namespace redstart::test
