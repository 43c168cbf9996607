#include "persist/aof_writer.h"

#include "tests/persist/fixture.h"

namespace redstart {
namespace {

std::string record(std::string_view text) {
  return "*1\r\n$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

class AofWriterTest : public testing::Test {
 protected:
  AofWriterTest()
      : writer_({.engine = t_.engine(),
                 .tenant = t_.engine().default_tenant(),
                 .worker = worker_,
                 .facts = facts_,
                 .child_is_busy = [this] { return child_; },
                 .status_changed = [this] { changes_++; },
                 .give_up = [this](std::string_view why) { gave_up_ = why; },
                 .on_synced = [this] { synced_++; },
                 .on_durable = [this] { durable_++; }}) {
    t_.engine().default_tenant().propagation.attach(&writer_);
    open("f");
  }
  ~AofWriterTest() override { t_.engine().default_tenant().propagation.detach(&writer_); }

  void open(const std::string& name) {
    int error = 0;
    auto file = disk_.open(name, FileSystem::Mode::kAppend, &error);
    const auto size = static_cast<uint64_t>(file->size());
    writer_.open(std::move(file), size);
  }
  void change_file(const std::string& name, int error = 0) {
    int open_error = 0;
    changed_ = 1;
    writer_.change_file(disk_.open(name, FileSystem::Mode::kReplace, &open_error),
                        [error] { return error; }, [this](int result) { changed_ = result; });
  }
  void log(std::string_view text) { writer_.on_records(record(text)); }
  void turn() { writer_.before_replies(); }
  std::string text(const std::string& name = "f") { return disk_.text(name); }

  CommandTest t_;
  FaultFiles disk_;
  ManualWorker worker_;
  PersistenceFacts facts_;
  bool child_ = false;
  int changes_ = 0, synced_ = 0, durable_ = 0;
  int changed_ = 1;  // what change_file() told; 1: nothing yet
  std::string gave_up_;
  AofWriter writer_;
};

TEST_F(AofWriterTest, AlwaysIsOnTheDiskWhenTheTurnEnds) {
  writer_.set_policy(SyncPolicy::kAlways);
  log("a");
  log("b");
  EXPECT_EQ(text(), "");
  turn();
  EXPECT_EQ(disk_.syncs, 1);
  turn();  // nothing new
  EXPECT_EQ(disk_.syncs, 1);
  disk_.crash(0);
  EXPECT_EQ(text(), "");  // the name was never synced: the owner's affair
}

TEST_F(AofWriterTest, EverySecondSyncsInTheWorker) {
  log("a");
  turn();
  EXPECT_EQ(text(), record("a"));
  EXPECT_EQ(worker_.waiting(), 0u);
  t_.advance_ms(1000);
  EXPECT_EQ(worker_.waiting(), 1u);
  EXPECT_EQ(disk_.syncs, 0);
  worker_.drain();
  EXPECT_EQ(disk_.syncs, 1);
  // An idle writer sleeps.
  t_.advance_ms(10000);
  EXPECT_EQ(worker_.waiting(), 0u);
}

TEST_F(AofWriterTest, NothingIsWrittenBehindARunningSync) {
  log("a");
  turn();
  t_.advance_ms(1000);
  log("b");
  turn();
  EXPECT_EQ(text(), record("a"));
  EXPECT_EQ(facts_.aof_buffer_bytes, record("b").size());
  EXPECT_TRUE(facts_.aof_pending_fsync);
  for (int i = 0; i < 5; i++) {
    t_.advance_ms(1000);
    turn();
  }
  EXPECT_EQ(text(), record("a"));
  EXPECT_EQ(facts_.aof_delayed_fsyncs, 1u);
  worker_.drain();
  turn();
  EXPECT_EQ(text(), record("a") + record("b"));
  EXPECT_EQ(facts_.aof_buffer_bytes, 0u);
}

TEST_F(AofWriterTest, TheDurableOffsetIsWhatASyncHasSeen) {
  Propagation& propagation = t_.engine().default_tenant().propagation;
  t_.run("SET k v");
  turn();
  const uint64_t first = propagation.offset();
  t_.advance_ms(1000);  // the sync begins
  t_.run("SET k w");
  EXPECT_EQ(writer_.durable_offset(), 0u);
  worker_.drain();
  EXPECT_EQ(writer_.durable_offset(), first);
  EXPECT_EQ(durable_, 1);
  turn();
  t_.advance_ms(1000);
  worker_.drain();
  EXPECT_EQ(writer_.durable_offset(), propagation.offset());
}

TEST_F(AofWriterTest, AFullDiskIsToldOnceAndRecovers) {
  log("a");
  turn();
  disk_.faults.space_left = 3;
  log("bcd");
  turn();
  EXPECT_TRUE(writer_.failing());
  EXPECT_EQ(writer_.failure(), "No space left on device");
  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(text(), record("a"));  // no half of a record
  log("e");
  t_.advance_ms(50);
  turn();
  EXPECT_EQ(changes_, 1);
  disk_.faults.space_left = INT64_MAX;
  t_.advance_ms(100);
  EXPECT_FALSE(writer_.failing());
  EXPECT_EQ(changes_, 2);
  EXPECT_EQ(text(), record("a") + record("bcd") + record("e"));
}

TEST_F(AofWriterTest, AShortWriteThatCannotBeTakenBackIsContinued) {
  disk_.faults.space_left = 3;
  disk_.faults.truncate_error = -EIO;
  log("abc");
  turn();
  EXPECT_TRUE(writer_.failing());
  EXPECT_EQ(text(), record("abc").substr(0, 3));
  disk_.faults = {};
  t_.advance_ms(100);
  turn();
  EXPECT_EQ(text(), record("abc"));
  EXPECT_FALSE(writer_.failing());
}

TEST_F(AofWriterTest, AReadOnlyDiskRecovers) {
  disk_.faults.write_error = -EROFS;
  log("a");
  turn();
  EXPECT_EQ(writer_.failure(), "Read-only file system");
  disk_.faults = {};
  t_.advance_ms(100);
  EXPECT_EQ(text(), record("a"));
  EXPECT_EQ(changes_, 2);
}

TEST_F(AofWriterTest, AFailedSyncIsTriedAgain) {
  log("a");
  turn();
  disk_.faults.sync_error = -EIO;
  t_.advance_ms(1000);
  worker_.drain();
  EXPECT_TRUE(writer_.failing());
  EXPECT_EQ(writer_.failure(), "Input/output error");
  EXPECT_EQ(changes_, 1);
  disk_.faults = {};
  t_.advance_ms(1000);
  worker_.drain();
  EXPECT_FALSE(writer_.failing());
  EXPECT_EQ(changes_, 2);
}

TEST_F(AofWriterTest, AlwaysGivesUpWhereItCannotPromise) {
  writer_.set_policy(SyncPolicy::kAlways);
  log("a");
  disk_.faults.sync_error = -EIO;
  turn();
  EXPECT_EQ(gave_up_, "Can't persist AOF for fsync error when the AOF fsync policy is 'always': "
                      "Input/output error. Exiting...");
  disk_.faults = {};
  disk_.faults.space_left = 0;
  log("b");
  turn();
  EXPECT_EQ(gave_up_, "Can't recover from AOF write error when the AOF fsync policy is 'always'. "
                      "Exiting...");
}

TEST_F(AofWriterTest, NoSyncsBesideAChildIfAskedFor) {
  t_.run("CONFIG SET no-appendfsync-on-rewrite yes");
  child_ = true;
  log("a");
  turn();
  t_.advance_ms(3000);
  EXPECT_EQ(worker_.waiting(), 0u);
  child_ = false;
  t_.advance_ms(1000);
  EXPECT_EQ(worker_.waiting(), 1u);
}

TEST_F(AofWriterTest, AFileIsNotLeftWhileItIsSyncedAndMoreIsToBeWritten) {
  log("a");
  turn();
  t_.advance_ms(1000);
  EXPECT_FALSE(writer_.must_wait());
  log("b");  // waits behind the sync
  EXPECT_TRUE(writer_.must_wait());
  worker_.drain();
  EXPECT_FALSE(writer_.must_wait());
  EXPECT_EQ(synced_, 1);
}

TEST_F(AofWriterTest, ANewFileBeginsWhenTheOldOneIsWhole) {
  for (SyncPolicy policy : {SyncPolicy::kEverySecond, SyncPolicy::kNo}) {
    const std::string old_name = policy == SyncPolicy::kNo ? "no" : "everysec";
    const std::string new_name = old_name + "2";
    writer_.set_policy(policy);
    open(old_name);
    worker_.drain();
    const int syncs = disk_.syncs;
    log("a");
    ASSERT_TRUE(writer_.write_now());
    change_file(new_name);
    log("b");
    turn();
    EXPECT_TRUE(writer_.must_wait());
    EXPECT_TRUE(facts_.aof_pending_fsync);
    t_.advance_ms(1500);
    EXPECT_EQ(worker_.waiting(), 1u) << "there is nothing else to sync";
    EXPECT_EQ(disk_.syncs, syncs);
    worker_.drain();
    EXPECT_EQ(disk_.syncs, syncs + 1);
    EXPECT_EQ(changed_, 0);
    turn();
    EXPECT_EQ(text(old_name), record("a"));
    EXPECT_EQ(text(new_name), record("b"));
    EXPECT_FALSE(facts_.aof_pending_fsync);
    ASSERT_TRUE(writer_.sync_now());
  }
}

TEST_F(AofWriterTest, WhatIsOfNoUseIsNeitherWrittenNorSynced) {
  log("a");
  turn();
  log("b");
  writer_.abandon();
  EXPECT_FALSE(writer_.is_open());
  EXPECT_EQ(writer_.buffered(), 0u);
  worker_.drain();
  EXPECT_EQ(text(), record("a"));
  EXPECT_EQ(disk_.syncs, 0);
}

TEST_F(AofWriterTest, AlwaysHasTheNewFileAtOnce) {
  writer_.set_policy(SyncPolicy::kAlways);
  log("a");
  turn();
  change_file("g");
  EXPECT_EQ(changed_, 0);
  EXPECT_EQ(worker_.waiting(), 1u) << "the old file is closed by the worker";
  log("b");
  turn();
  EXPECT_EQ(text("g"), record("b"));

  log("c");
  change_file("h");
  writer_.set_policy(SyncPolicy::kEverySecond);
  change_file("i");
  log("d");
  writer_.set_policy(SyncPolicy::kAlways);
  EXPECT_EQ(changed_, 0);
  turn();
  EXPECT_EQ(text("i"), record("c") + record("d"));
}

TEST_F(AofWriterTest, AFileThatCannotBeLeftStays) {
  log("a");
  ASSERT_TRUE(writer_.write_now());
  disk_.faults.sync_error = -EIO;
  change_file("g");
  log("b");
  worker_.drain();
  EXPECT_EQ(changed_, -EIO);
  EXPECT_TRUE(writer_.failing());
  disk_.faults = {};
  turn();
  t_.advance_ms(1000);
  worker_.drain();
  EXPECT_FALSE(writer_.failing());
  EXPECT_EQ(text(), record("a") + record("b"));

  change_file("h", -EROFS);  // its own preparations fail
  log("c");
  worker_.drain();
  EXPECT_EQ(changed_, -EROFS);
  EXPECT_FALSE(writer_.failing());
  turn();
  EXPECT_EQ(text(), record("a") + record("b") + record("c"));

  writer_.set_policy(SyncPolicy::kAlways);
  disk_.faults.sync_error = -EIO;
  change_file("i");
  EXPECT_EQ(changed_, -EIO);
  EXPECT_NE(gave_up_, "");
}

TEST_F(AofWriterTest, AnotherPolicyForgetsAFailedSync) {
  log("a");
  turn();
  disk_.faults.sync_error = -EIO;
  t_.advance_ms(1000);
  worker_.drain();
  EXPECT_TRUE(writer_.failing());
  writer_.set_policy(SyncPolicy::kNo);
  EXPECT_FALSE(writer_.failing());
  EXPECT_EQ(changes_, 2);
  t_.advance_ms(5000);
  EXPECT_EQ(worker_.waiting(), 0u);
}

TEST_F(AofWriterTest, TimestampsStandBeforeTheFirstRecordOfASecond) {
  writer_.set_timestamps(true);
  log("a");
  log("b");
  t_.advance_ms(1000);
  log("c");
  turn();
  EXPECT_EQ(text(), "#TS:1700000000\r\n" + record("a") + record("b") + "#TS:1700000001\r\n" +
                        record("c"));
}

TEST_F(AofWriterTest, ClosingWritesAndSyncs) {
  log("a");
  EXPECT_TRUE(writer_.close());
  EXPECT_EQ(text(), record("a"));
  EXPECT_EQ(disk_.syncs, 1);
  EXPECT_FALSE(writer_.is_open());
}

}  // namespace
}  // namespace redstart
