// SAVE, BGSAVE, save points, the refusal of writes, loading at the start, DEBUG RELOAD.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <thread>

#include "tests/persist/fixture.h"

namespace redstart {
namespace {

std::string info(CommandTest& t, std::string_view field) {
  std::string text = t.run("INFO persistence");
  size_t at = text.find(std::string(field) + ":");
  if (at == std::string::npos) return "none";
  at += field.size() + 1;
  return text.substr(at, text.find_first_of("\r\\", at) - at);
}

TEST(Save, WritesADurableFileAndLoadsIt) {
  PersistTest t;
  t.run("SET a 1");
  t.run("SET b 2");
  EXPECT_EQ(info(t, "rdb_changes_since_last_save"), "2");
  t.advance_ms(5000);
  EXPECT_EQ(t.run("SAVE"), "OK");
  EXPECT_EQ(info(t, "rdb_changes_since_last_save"), "0");
  EXPECT_EQ(t.run("LASTSAVE"), std::to_string(t.engine().now_ms() / 1000));
  std::string digest = t.digest();
  t.run("FLUSHALL");
  t.files.crash(0);
  bool ok = false;
  t.storage.load([&](bool loaded) { ok = loaded; });
  EXPECT_TRUE(ok);
  EXPECT_EQ(t.digest(), digest);
  EXPECT_EQ(info(t, "rdb_last_load_keys_loaded"), "2");
}

TEST(Save, FailsWithoutHarmToTheOldFile) {
  PersistTest t;
  t.run("SET a 1");
  ASSERT_EQ(t.run("SAVE"), "OK");
  std::string digest = t.digest();
  t.run("SET b 2");
  using Faults = FaultFiles::Faults;
  for (const Faults& faults :
       {Faults{.space_left = 10}, Faults{.write_error = -EIO}, Faults{.sync_error = -EIO},
        Faults{.open_error = -EROFS}, Faults{.rename_error = -EIO}}) {
    t.files.faults = faults;
    EXPECT_EQ(t.run("SAVE"), "(error) ERR");
    t.files.faults = {};
    std::vector<std::string> names;
    t.files.list("data", &names);
    EXPECT_EQ(names, std::vector<std::string>{"dump.rdb"});
  }
  t.files.faults.write_max = 3;
  EXPECT_EQ(t.run("DEBUG RELOAD NOSAVE"), "OK");
  EXPECT_EQ(t.digest(), digest);
  EXPECT_EQ(t.run("SAVE"), "OK");
}

TEST(Load, AnswersLoadingMeanwhile) {
  Settings settings = stored_settings();
  settings.loading_process_events_interval_bytes = 1024;
  PersistTest t(settings);
  for (int i = 0; i < 500; i++) t.run({"SET", "key" + std::to_string(i), std::string(50, 'x')});
  ASSERT_EQ(t.run("SAVE"), "OK");
  std::string digest = t.digest();
  t.run("FLUSHALL");
  bool done = false;
  t.storage.load([&](bool ok) { done = ok; });
  EXPECT_FALSE(done);
  EXPECT_EQ(t.run("GET key1"), "(error) LOADING Redis is loading the dataset in memory");
  EXPECT_EQ(info(t, "loading"), "1");
  EXPECT_EQ(info(t, "loading_loaded_bytes").size(), 4u);
  for (int i = 0; i < 1000 && !done; i++) t.advance_ms(1);
  EXPECT_TRUE(done);
  EXPECT_EQ(info(t, "loading"), "0");
  EXPECT_EQ(t.digest(), digest);
}

TEST(Load, FailsOnABrokenFile) {
  PersistTest t;
  t.run("SET a 1");
  t.run("SAVE");
  int error = 0;
  auto file = t.files.open("data/dump.rdb", FileSystem::Mode::kAppend, &error);
  file->truncate(20);
  bool ok = true;
  t.run("FLUSHALL");
  t.storage.load([&](bool loaded) { ok = loaded; });
  EXPECT_FALSE(ok);
  EXPECT_EQ(t.run("DEBUG RELOAD NOSAVE"),
            "(error) ERR Error trying to load the RDB dump, check server logs.");
}

TEST(Reload, MergesOrRefusesWhatIsThere) {
  PersistTest t;
  t.run("SET a 1");
  t.run("SAVE");
  t.run("SET a 2");
  t.run("SET b 3");
  EXPECT_EQ(t.run("DEBUG RELOAD NOSAVE NOFLUSH"),
            "(error) ERR Error trying to load the RDB dump, check server logs.");
  EXPECT_EQ(t.run("DEBUG RELOAD NOSAVE NOFLUSH MERGE"), "OK");
  EXPECT_EQ(t.run("MGET a b"), "[\"1\", \"3\"]");
  EXPECT_EQ(t.run("DEBUG RELOAD NOW"),
            "(error) ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
}

// A child is a process: this needs real files.
class InTheBackground : public ::testing::Test {
 protected:
  InTheBackground() {
    char path[] = "/tmp/redstart-test-XXXXXX";
    dir_ = mkdtemp(path);
    Settings settings = stored_settings();
    settings.dir = dir_;
    t_ = std::make_unique<CommandTest>(settings);
    storage_ = std::make_unique<Storage>(
        t_->engine(), t_->engine().default_tenant(),
        Storage::Host{.files = files_, .worker = worker_, .give_up = {}});
  }
  ~InTheBackground() override {
    storage_.reset();
    std::string command = "rm -r " + dir_;
    EXPECT_EQ(system(command.c_str()), 0);
  }

  std::string run(std::string_view line) { return t_->run(line); }
  void wait_for_child() {
    while (storage_->child().running()) {
      std::this_thread::yield();
      storage_->child().poll();
    }
  }

  std::string dir_;
  SystemFiles files_;
  ManualWorker worker_;
  std::unique_ptr<CommandTest> t_;
  std::unique_ptr<Storage> storage_;
};

TEST_F(InTheBackground, SavesWhatWasThereAtTheFork) {
  run("SET a 1");
  EXPECT_EQ(run("BGSAVE"), "Background saving started");
  EXPECT_EQ(run("BGSAVE"), "(error) ERR Background save already in progress");
  EXPECT_EQ(run("SAVE"), "(error) ERR Background save already in progress");
  EXPECT_EQ(info(*t_, "rdb_bgsave_in_progress"), "1");
  run("SET b 2");
  wait_for_child();
  EXPECT_EQ(info(*t_, "rdb_bgsave_in_progress"), "0");
  EXPECT_EQ(info(*t_, "rdb_last_bgsave_status"), "ok");
  EXPECT_EQ(info(*t_, "rdb_changes_since_last_save"), "1");
  EXPECT_NE(info(*t_, "rdb_last_cow_size"), "0");
  EXPECT_EQ(run("DEBUG RELOAD NOSAVE"), "OK");
  EXPECT_EQ(run("DBSIZE"), "1");
}

TEST_F(InTheBackground, RefusesWritesAfterAFailureUntilItWorksAgain) {
  run("CONFIG SET save '3600 1'");
  t_->engine().config().edit().dir = dir_ + "/nowhere";
  EXPECT_EQ(run("BGSAVE"), "Background saving started");
  wait_for_child();
  EXPECT_EQ(info(*t_, "rdb_last_bgsave_status"), "err");
  EXPECT_EQ(run("SET a 1").substr(0, 15), "(error) MISCONF");
  EXPECT_EQ(run("PING").substr(0, 15), "(error) MISCONF");
  EXPECT_EQ(run("GET a"), "nil");
  run("CONFIG SET stop-writes-on-bgsave-error no");
  EXPECT_EQ(run("SET a 1"), "OK");
  run("CONFIG SET stop-writes-on-bgsave-error yes");
  t_->engine().config().edit().dir = dir_;
  run("BGSAVE");
  wait_for_child();
  EXPECT_EQ(run("SET a 1"), "OK");
}

TEST_F(InTheBackground, SavesByItselfWhenAPointIsReached) {
  run("CONFIG SET save '10 2'");
  run("SET a 1");
  t_->advance_ms(60000);
  EXPECT_FALSE(storage_->child().running());
  run("SET b 1");
  t_->advance_ms(200);
  EXPECT_TRUE(storage_->child().running());
  wait_for_child();
  EXPECT_EQ(info(*t_, "rdb_changes_since_last_save"), "0");
}

TEST_F(InTheBackground, IsGivenUpByAShutdown) {
  run("SET a 1");
  run("CONFIG SET rdb-key-save-delay 10000000");
  run("BGSAVE");
  EXPECT_TRUE(storage_->finish({}));
  EXPECT_FALSE(storage_->child().running());
  std::vector<std::string> names;
  files_.list(dir_, &names);
  EXPECT_TRUE(names.empty());
  run("CONFIG SET rdb-key-save-delay 0");
  EXPECT_TRUE(storage_->finish({.save = ShutdownRequest::Save::kAlways}));
  files_.list(dir_, &names);
  EXPECT_EQ(names, std::vector<std::string>{"dump.rdb"});
}

TEST(WithoutFiles, WhoAsksForThemIsToldHowToGetThem) {
  CommandTest t;
  for (const char* call : {"SAVE", "BGSAVE", "BGREWRITEAOF", "DEBUG RELOAD", "DEBUG LOADAOF"}) {
    EXPECT_EQ(t.run(call),
              "(error) ERR The data of this server is in memory only: started with --dir "
              "<directory> it is kept")
        << call;
  }
}

}  // namespace
}  // namespace redstart
