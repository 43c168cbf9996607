#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "redstart/redstart.h"

namespace redstart {
namespace {

Options closed_doors() {
  Options options;
  options.resp_port = options.http_port = -1;
  return options;
}

std::unique_ptr<Server> start(const Options& options) {
  std::string error;
  auto server = Server::start(options, &error);
  EXPECT_TRUE(server) << error;
  return server;
}

TEST(Server, RunsCommandsFromManyThreads) {
  auto server = start(closed_doors());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; i++) EXPECT_FALSE(server->execute({"INCR", "n"}).is_error());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(server->execute({"GET", "n"}).str(), "2000");
}

TEST(Server, MayBeStoppedWhileOthersWaitForAnswers) {
  for (int round = 0; round < 20; round++) {
    auto server = start(closed_doors());
    std::atomic<int> answers = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; t++) {
      threads.emplace_back([&] {
        while (!server->execute({"INCR", "n"}).is_error()) answers++;
      });
    }
    while (answers < 10) std::this_thread::yield();
    server->stop();
    for (auto& thread : threads) thread.join();
  }
}

TEST(Server, TurnsByHandInAHostsLoop) {
  Options options = closed_doors();
  options.own_thread = false;
  auto server = start(options);
  EXPECT_TRUE(server->poll(0));
  // The thread that polls need not wait for itself.
  EXPECT_EQ(server->execute({"SET", "k", "v"}).str(), "OK");
  Value value;
  std::thread other([&] { value = server->execute({"GET", "k"}); });
  while (value.is_null() && server->poll(10)) {
  }
  other.join();
  EXPECT_EQ(value.str(), "v");
  server->stop();
  EXPECT_FALSE(server->poll(0));
}

TEST(Server, TellsWhichDirectiveIsWrong) {
  Options options = closed_doors();
  options.config = "maxmemory 100mb\nno-such-directive 1\n";
  std::string error;
  EXPECT_FALSE(Server::start(options, &error));
  EXPECT_NE(error.find("no-such-directive"), std::string::npos) << error;
  EXPECT_NE(error.find("line 2"), std::string::npos) << error;
}

TEST(Server, KeepsTheTokenItMadeUp) {
  Options options = closed_doors();
  options.data_dir = testing::TempDir() + "redstart_token_test";
  std::filesystem::create_directories(options.data_dir);
  const std::string first = start(options)->token();
  EXPECT_GE(first.size(), 40u);
  EXPECT_EQ(start(options)->token(), first);
  namespace fs = std::filesystem;
  EXPECT_EQ(fs::status(options.data_dir + "/redstart.token").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  fs::remove_all(options.data_dir);

  EXPECT_NE(start(closed_doors())->token(), start(closed_doors())->token());
  options.token = "given";
  EXPECT_EQ(start(options)->token(), "given");
}

TEST(Server, KeepsUsersInTheirFile) {
  namespace fs = std::filesystem;
  Options options = closed_doors();
  options.data_dir = testing::TempDir() + "redstart_users_test";
  options.read_only_token = "looking";
  options.config = "aclfile users.acl";
  std::string error;
  fs::remove_all(options.data_dir);
  EXPECT_FALSE(Server::start(options, &error));
  EXPECT_NE(error.find("opening file 'users.acl': No such file"), std::string::npos) << error;

  std::ofstream(options.data_dir + "/users.acl") << "user alice on nopass ~a* +get\n";
  auto server = start(options);
  EXPECT_EQ(server->execute({"ACL", "DRYRUN", "alice", "GET", "a"}).str(), "OK");
  EXPECT_EQ(server->execute({"ACL", "SETUSER", "alice", "+set"}).str(), "OK");
  EXPECT_EQ(server->execute({"ACL", "SAVE"}).str(), "OK");
  server = nullptr;
  server = start(options);
  EXPECT_EQ(server->execute({"ACL", "DRYRUN", "alice", "SET", "a", "1"}).str(), "OK");
  EXPECT_TRUE(server->execute({"SET", "a", "1"}, "looking").is_error());
  EXPECT_EQ(server->execute({"ACL", "WHOAMI"}).str(), "default");
  // Who embeds the server may do everything, whatever the default user may.
  EXPECT_EQ(server->execute({"ACL", "SETUSER", "default", "off", "-@all"}).str(), "OK");
  EXPECT_EQ(server->execute({"SET", "a", "1"}).str(), "OK");
  server = nullptr;
  fs::remove_all(options.data_dir);
}

TEST(Server, LeavesNothingInADirectoryOfAnother) {
  namespace fs = std::filesystem;
  Options options = closed_doors();
  options.data_dir = testing::TempDir() + "redstart_shared_test";
  options.token = "given";
  const auto first = start(options);
  options.token.clear();
  std::string error;
  EXPECT_FALSE(Server::start(options, &error));
  EXPECT_NE(error.find("in use by another"), std::string::npos) << error;
  EXPECT_FALSE(fs::exists(options.data_dir + "/redstart.token"));
  first->stop();
  fs::remove_all(options.data_dir);
}

}  // namespace
}  // namespace redstart
