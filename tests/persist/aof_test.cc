#include "persist/aof.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <thread>

#include "tests/persist/aof_fixture.h"

namespace redstart {
namespace {

TEST_F(AofTest, AnEmptyDirectoryGetsABaseAndAnIncrement) {
  EXPECT_EQ(manifest(),
            "file appendonly.aof.1.base.rdb seq 1 type b\n"
            "file appendonly.aof.1.incr.aof seq 1 type i\n");
  EXPECT_TRUE(disk_.text("d/appendonlydir/appendonly.aof.1.base.rdb").starts_with("REDIS"));
  EXPECT_TRUE(facts().aof_enabled);
}

TEST_F(AofTest, WhatWasWrittenIsThereAgain) {
  run("SET a 1");
  run("SELECT 2");
  run("RPUSH l x y");
  ASSERT_TRUE(start());
  EXPECT_EQ(run("GET a"), "\"1\"");
  run("SELECT 2");
  EXPECT_EQ(run("LRANGE l 0 -1"), "[\"x\", \"y\"]");
  run("RPUSH l z");
  ASSERT_TRUE(start());
  run("SELECT 2");
  EXPECT_EQ(run("LLEN l"), "3");
}

TEST_F(AofTest, ASingleFileOfOldIsAdopted) {
  disk_ = FaultFiles();
  disk_.put("d/appendonly.aof",
            "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n"
            "$1\r\n1\r\n");
  ASSERT_TRUE(start());
  EXPECT_EQ(run("GET a"), "\"1\"");
  EXPECT_FALSE(disk_.exists("d/appendonly.aof"));
  EXPECT_EQ(manifest(),
            "file appendonly.aof seq 1 type b\n"
            "file appendonly.aof.1.incr.aof seq 1 type i\n");
}

// Between the manifest and the move of the file.
TEST_F(AofTest, AnAdoptionThatWasInterruptedGoesOn) {
  disk_ = FaultFiles();
  disk_.put("d/appendonly.aof", "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n");
  disk_.put("d/appendonlydir/appendonly.aof.manifest", "file appendonly.aof seq 1 type b\n");
  ASSERT_TRUE(start());
  EXPECT_EQ(run("GET a"), "\"1\"");
}

// What a kill between a new file and its manifest leaves behind.
TEST_F(AofTest, FilesThatTheManifestDoesNotNameGo) {
  const std::string top = "d/appendonlydir/";
  const char* const leftovers[] = {"appendonly.aof.2.base.rdb", "appendonly.aof.7.incr.aof"};
  const char* const others[] = {"appendonly.aof.7.incr.aof.bak", "other.aof.1.incr.aof"};
  for (const char* name : leftovers) disk_.put(top + name, "x");
  for (const char* name : others) disk_.put(top + name, "x");
  Settings s = settings();
  s.aof_disable_auto_gc = true;
  ASSERT_TRUE(start(s));
  worker_.drain();
  for (const char* name : leftovers) EXPECT_TRUE(disk_.exists(top + name)) << name;
  ASSERT_TRUE(start());
  worker_.drain();
  for (const char* name : leftovers) EXPECT_FALSE(disk_.exists(top + name)) << name;
  for (const char* name : others) EXPECT_TRUE(disk_.exists(top + name)) << name;
  EXPECT_TRUE(disk_.exists(top + "appendonly.aof.1.base.rdb"));

  disk_.remove(top + "appendonly.aof.manifest");
  disk_.put(top + leftovers[1], "x");
  ASSERT_TRUE(start());
  worker_.drain();
  EXPECT_TRUE(disk_.exists(top + leftovers[1])) << "all that is left, perhaps";
}

TEST_F(AofTest, ABrokenManifestStopsTheStart) {
  disk_.put("d/appendonlydir/appendonly.aof.manifest", "nonsense\n");
  EXPECT_FALSE(start());
}

TEST_F(AofTest, AMissingFileStopsTheStart) {
  disk_.remove("d/appendonlydir/appendonly.aof.1.incr.aof");
  EXPECT_FALSE(start());
}

TEST_F(AofTest, TenantsKeepTheirFilesAndTheirTroublesApart) {
  FaultFiles others_disk;
  Tenant& other = t_->engine().add_tenant("other");
  Storage others(t_->engine(), other,
                 Storage::Host{.files = others_disk, .worker = worker_, .give_up = nullptr});
  bool ok = false;
  others.load([&](bool loaded) { ok = loaded; });
  EXPECT_TRUE(ok);
  EXPECT_TRUE(others_disk.exists("d/tenants/other/appendonlydir/appendonly.aof.1.incr.aof"));
  EXPECT_TRUE(others.rdb().save());
  EXPECT_TRUE(others_disk.exists("d/tenants/other/dump.rdb"));

  disk_.faults.space_left = 0;
  run("SET a 1");
  const std::string refused = "(error) MISCONF";
  EXPECT_EQ(run("SET a 2").substr(0, refused.size()), refused);
  others.update_gate();
  EXPECT_EQ(run("SET a 2").substr(0, refused.size()), refused);
  EXPECT_EQ(others.write_refusal(), "");
}

TEST_F(AofTest, AFullDiskRefusesWritesUntilItIsNot) {
  disk_.faults.space_left = 0;
  EXPECT_EQ(run("SET a 1"), "OK");  // its turn finds out
  EXPECT_EQ(run("SET a 2"),
            "(error) MISCONF Errors writing to the AOF file: No space left on "
            "device");
  EXPECT_EQ(run("GET a"), "\"1\"");
  EXPECT_FALSE(facts().aof_last_write_ok);
  disk_.faults = {};
  t_->advance_ms(100);
  EXPECT_EQ(run("SET a 2"), "OK");
  EXPECT_TRUE(facts().aof_last_write_ok);
  ASSERT_TRUE(start());
  EXPECT_EQ(run("GET a"), "\"2\"");
}

TEST_F(AofTest, AlwaysEndsTheServerOnAFullDisk) {
  run("CONFIG SET appendfsync always");
  disk_.faults.space_left = 0;
  run("SET a 1");
  EXPECT_NE(gave_up_, "");
}

// Whatever of the unsynced has reached the disk when power fails: with `always` all that was
// answered is there.
TEST_F(AofTest, AlwaysSurvivesPowerFailures) {
  for (uint64_t seed = 0; seed < 30; seed++) {
    disk_ = FaultFiles();
    ASSERT_TRUE(start());
    run("CONFIG SET appendfsync always");
    for (int i = 0; i < 20; i++) run("RPUSH l " + std::to_string(i));
    lose_power(seed);
    ASSERT_TRUE(start()) << seed;
    EXPECT_EQ(run("LLEN l"), "20") << seed;
  }
}

TEST_F(AofTest, EverySecondKeepsAnUnbrokenBeginning) {
  for (uint64_t seed = 0; seed < 30; seed++) {
    disk_ = FaultFiles();
    ASSERT_TRUE(start());
    for (int i = 0; i < 20; i++) {
      run("RPUSH l " + std::to_string(i));
      t_->advance_ms(100);
      worker_.drain();
    }
    lose_power(seed);
    ASSERT_TRUE(start()) << seed;
    const int kept = std::stoi(run("LLEN l"));
    EXPECT_GE(kept, 9) << seed;
    if (kept > 0) {
      EXPECT_EQ(run("LINDEX l -1"), "\"" + std::to_string(kept - 1) + "\"");
    }
  }
}

TEST_F(AofTest, DebugLoadaofReadsTheFilesAgain) {
  run("SET a 1");
  EXPECT_EQ(run("DEBUG LOADAOF"), "OK");
  EXPECT_EQ(run("GET a"), "\"1\"");
  EXPECT_NE(run("INFO persistence").find("rdb_changes_since_last_save:0"), std::string::npos);
  run("INCR a");
  ASSERT_TRUE(start());
  EXPECT_EQ(run("GET a"), "\"2\"");
}

// What WAITAOF answers, now or by the end of a turn.
TEST_F(AofTest, WaitaofWaitsForTheDisk) {
  run("CONFIG SET appendfsync always");
  run("SET k 1");
  EXPECT_EQ(run("WAITAOF 1 0 0"), "[1, 0]") << "an fsync came before the reply to SET";

  run("CONFIG SET appendfsync everysec");
  auto client = t_->connect();
  client->run("SET k 2");
  client->run("WAITAOF 1 0 0");
  t_->advance_ms(0);
  EXPECT_TRUE(client->waits());
  EXPECT_EQ(run("WAITAOF 1 0 1"), "[1, 0]") << "it has written nothing since";
  t_->advance_ms(1000);
  worker_.drain();
  t_->advance_ms(0);
  EXPECT_EQ(client->late(), "[1, 0]");

  run("CONFIG SET appendfsync no");
  client->run("SET k 3");
  client->run("WAITAOF 1 0 0");
  EXPECT_TRUE(client->waits());
  run("CONFIG SET appendonly no");
  EXPECT_EQ(client->late(),
            "(error) ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");
}

TEST_F(AofTest, SwitchingItOffClosesTheFiles) {
  run("SET a 1");
  EXPECT_EQ(run("CONFIG SET appendonly no"), "OK");
  EXPECT_FALSE(facts().aof_enabled);
  run("SET a 2");
  EXPECT_FALSE(storage_->aof().enabled());
  ASSERT_TRUE(start());
  EXPECT_EQ(run("GET a"), "\"1\"");
}

TEST_F(AofTest, ADirectoryWithoutALogGivesItsSnapshotToThoseWhoAskForNothing) {
  run("SET a 1");
  run("SAVE");
  const std::string rdb = disk_.text("d/dump.rdb");
  ASSERT_FALSE(rdb.empty());
  disk_ = FaultFiles();
  disk_.put("d/dump.rdb", rdb);
  ASSERT_TRUE(start());  // as Redis: the log counts, and there is none
  EXPECT_EQ(run("GET a"), "nil");
  disk_ = FaultFiles();
  disk_.put("d/dump.rdb", rdb);
  Settings s = settings();
  s.given = {"dir"};
  ASSERT_TRUE(start(s));
  EXPECT_EQ(run("GET a"), "\"1\"");
  ASSERT_TRUE(start());
  EXPECT_EQ(run("GET a"), "\"1\"");
}

// ---- rewrites, and what is in their way

const char* const kScheduled = "Background append only file rewriting scheduled";

TEST_F(AofTest, ARewriteWaitsForAnotherChild) {
  run("SET a 1");
  run("CONFIG SET rdb-key-save-delay 10000000");
  EXPECT_EQ(run("BGSAVE"), "Background saving started");
  EXPECT_EQ(run("BGREWRITEAOF"), kScheduled);
  EXPECT_TRUE(facts().aof_rewrite_scheduled);
  run("CONFIG SET rdb-key-save-delay 0");
  storage_->child().kill();
  t_->advance_ms(100);
  EXPECT_EQ(run("BGREWRITEAOF"),
            "(error) ERR Background append only file rewriting already in progress");
  EXPECT_EQ(run("BGSAVE"),
            "(error) ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE "
            "SCHEDULE in order to schedule a BGSAVE whenever possible.");
  EXPECT_EQ(run("BGSAVE SCHEDULE"), "Background saving scheduled");
  wait_for_child();
  EXPECT_TRUE(facts().aof_last_rewrite_ok);
  EXPECT_TRUE(manifest().starts_with("file appendonly.aof.2.base.rdb seq 2 type b\n")) << manifest();
  t_->advance_ms(100);
  wait_for_child();
  EXPECT_TRUE(disk_.exists("d/dump.rdb"));
}

// The log is switched on, and its base has to wait.
TEST_F(AofTest, TheFirstBaseWaitsForAnotherChildAndForTheEndOfATransaction) {
  run("CONFIG SET appendonly no");
  run("SET a 1");
  run("CONFIG SET rdb-key-save-delay 10000000");
  run("BGSAVE");
  EXPECT_EQ(run("CONFIG SET appendonly yes"), "OK");
  EXPECT_TRUE(storage_->aof().wants_base());
  run("CONFIG SET rdb-key-save-delay 0");
  storage_->child().kill();
  t_->advance_ms(100);
  wait_for_child();
  EXPECT_FALSE(storage_->aof().wants_base());

  run("CONFIG SET appendonly no");
  run("MULTI");
  run("CONFIG SET appendonly yes");
  run("SET a 2");
  EXPECT_EQ(run("EXEC"), "[OK, OK]");
  EXPECT_FALSE(storage_->aof().rewriting());
  t_->advance_ms(100);
  wait_for_child();
  EXPECT_FALSE(storage_->aof().wants_base());
  ASSERT_TRUE(start());
  EXPECT_EQ(run("GET a"), "\"2\"");
}

// A child that was begun without a log knows nothing of the increment that is to follow its base.
TEST_F(AofTest, ARewriteThatBeganWithoutALogIsNotItsBase) {
  run("CONFIG SET appendonly no");
  run("SET a 1");
  run("CONFIG SET rdb-key-save-delay 10000000");
  run("BGREWRITEAOF");
  run("SET a 2");
  EXPECT_TRUE(storage_->aof().rewriting());
  run("CONFIG SET rdb-key-save-delay 0");
  EXPECT_EQ(run("CONFIG SET appendonly yes"), "OK");
  wait_for_child();
  ASSERT_TRUE(start());
  EXPECT_EQ(run("GET a"), "\"2\"");
}

// An fsync of a busy disk takes long, and nobody shall wait for it.
TEST_F(AofTest, ARewriteSyncsNothingInTheLoop) {
  run("RPUSH l 1");
  const int syncs = disk_.syncs + disk_.directory_syncs;
  EXPECT_EQ(run("BGREWRITEAOF"), "Background append only file rewriting started");
  const std::string before = manifest();
  EXPECT_EQ(run("RPUSH l 2"), "2");
  while (storage_->child().running()) {
    std::this_thread::yield();
    storage_->child().poll();
  }
  EXPECT_TRUE(storage_->aof().rewriting());
  const uint64_t offset = t_->engine().default_tenant().propagation.offset();
  EXPECT_FALSE(storage_->aof().is_durable(offset));
  EXPECT_EQ(manifest(), before);
  EXPECT_EQ(disk_.directory_syncs + disk_.syncs, syncs);
  worker_.drain();
  run("RPUSH l 3");
  EXPECT_FALSE(storage_->aof().rewriting());
  EXPECT_EQ(manifest(),
            "file appendonly.aof.2.base.rdb seq 2 type b\n"
            "file appendonly.aof.2.incr.aof seq 2 type i\n");
  EXPECT_FALSE(disk_.exists("d/appendonlydir/appendonly.aof.1.incr.aof"));
  ASSERT_TRUE(start());
  EXPECT_EQ(run("LRANGE l 0 -1"), "[\"1\", \"2\", \"3\"]");
}

// The worker cannot say what the manifest is to say: the log goes on where it is.
TEST_F(AofTest, ARewriteWithoutAManifestIsNone) {
  enum class Child { kWorks, kHasEnded, kWasSeenToEnd };
  for (const Child child : {Child::kWorks, Child::kHasEnded, Child::kWasSeenToEnd}) {
    run("RPUSH l 1");
    const std::string before = manifest();
    if (child == Child::kWorks) run("CONFIG SET rdb-key-save-delay 10000000");
    run("BGREWRITEAOF");
    run("CONFIG SET rdb-key-save-delay 0");
    run("RPUSH l 2");
    disk_.faults.good_calls = 1;  // the file before is synced, but the names are not
    if (child != Child::kWorks) {
      siginfo_t info;
      const auto pid = static_cast<id_t>(storage_->child().pid());
      ASSERT_EQ(waitid(P_PID, pid, &info, WEXITED | WNOWAIT), 0);
    }
    if (child == Child::kWasSeenToEnd) storage_->child().poll();
    worker_.drain();
    disk_.faults = {};
    EXPECT_FALSE(storage_->aof().rewriting());
    EXPECT_FALSE(storage_->child().running());
    EXPECT_FALSE(facts().aof_last_rewrite_ok);
    EXPECT_EQ(manifest(), before);
    ASSERT_TRUE(start());
    EXPECT_EQ(run("LRANGE l 0 -1"), "[\"1\", \"2\"]");
    EXPECT_FALSE(disk_.exists("d/appendonlydir/appendonly.aof.2.incr.aof"));
    run("DEL l");
  }
}

// While the worker names a base another child may be at work.
TEST_F(AofTest, SwitchingItOffEndsNoOtherChild) {
  run("BGREWRITEAOF");
  worker_.drain();
  while (storage_->child().running()) {
    std::this_thread::yield();
    storage_->child().poll();
  }
  EXPECT_TRUE(storage_->aof().rewriting());
  run("CONFIG SET rdb-key-save-delay 10000000");
  run("SET a 1");
  EXPECT_EQ(run("BGSAVE"), "Background saving started");
  EXPECT_EQ(run("BGREWRITEAOF"),
            "(error) ERR Background append only file rewriting already in progress");
  EXPECT_EQ(run("CONFIG SET appendonly no"), "OK");
  EXPECT_TRUE(storage_->child().running());
  EXPECT_TRUE(facts().aof_last_rewrite_ok);
}

// What a server that was killed at work leaves behind.
TEST_F(AofTest, DraftsOfAManifestGo) {
  const std::string draft = "d/appendonlydir/temp-appendonly.aof.manifest";
  disk_.put(draft, "file appendonly");
  ASSERT_TRUE(start());
  EXPECT_FALSE(disk_.exists(draft));
}

TEST_F(AofTest, DraftsOfSnapshotsGo) {
  for (const bool appendonly : {true, false}) {
    disk_.put("d/temp-123.rdb", "REDIS");
    const char* const others[] = {"d/temp-.rdb", "d/temp-12a.rdb", "d/temp-123.rdb.bak"};
    for (const char* other : others) disk_.put(other, "x");
    Settings s = settings();
    s.appendonly = appendonly;
    ASSERT_TRUE(start(s));
    EXPECT_FALSE(disk_.exists("d/temp-123.rdb"));
    for (const char* other : others) EXPECT_TRUE(disk_.exists(other)) << other;
  }
}

TEST_F(AofTest, ALogThatHasGrownIsRewritten) {
  run("CONFIG SET auto-aof-rewrite-min-size 200 auto-aof-rewrite-percentage 100");
  t_->advance_ms(200);
  EXPECT_FALSE(storage_->aof().rewriting());
  for (int i = 0; i < 30; i++) run("SET a " + std::to_string(i));
  t_->advance_ms(200);
  EXPECT_TRUE(storage_->aof().rewriting());
  wait_for_child();
  EXPECT_EQ(facts().aof_rewrites, 1u);
  t_->advance_ms(200);
  EXPECT_FALSE(storage_->aof().rewriting());
}

TEST_F(AofTest, RewritesThatFailAgainAndAgainAreTriedMoreSeldom) {
  run("CONFIG SET auto-aof-rewrite-min-size 100 auto-aof-rewrite-percentage 1");
  for (int i = 0; i < 30; i++) run("SET a " + std::to_string(i));
  disk_.faults.in_child = disk_.faults.for_good = true;
  disk_.faults.good_calls = 0;
  for (int i = 0; i < 3; i++) {
    t_->advance_ms(100);
    ASSERT_TRUE(storage_->aof().rewriting()) << i;
    wait_for_child();
  }
  EXPECT_FALSE(facts().aof_last_rewrite_ok);
  t_->advance_ms(100);
  t_->advance_ms(59000);
  EXPECT_FALSE(storage_->aof().rewriting());
  t_->advance_ms(1200);
  EXPECT_TRUE(storage_->aof().rewriting());
  wait_for_child();
  disk_.faults = {};
  EXPECT_EQ(run("BGREWRITEAOF"), "Background append only file rewriting started");
  wait_for_child();
  EXPECT_TRUE(facts().aof_last_rewrite_ok);
}

TEST_F(AofTest, AChildThatIsKilledLeavesTheOldBase) {
  run("SET a 1");
  run("CONFIG SET rdb-key-save-delay 10000000");
  run("BGREWRITEAOF");
  kill(static_cast<pid_t>(storage_->child().pid()), SIGKILL);
  wait_for_child();
  EXPECT_FALSE(facts().aof_last_rewrite_ok);
  run("BGREWRITEAOF");
  EXPECT_TRUE(storage_->finish({})) << "an end does not wait for a rewrite";
  EXPECT_FALSE(storage_->child().running());
  ASSERT_TRUE(start());
  EXPECT_EQ(run("GET a"), "\"1\"");
}

TEST_F(AofTest, AnEndWithoutADiskIsForTheOneWhoInsists) {
  run("CONFIG SET appendfsync no");
  run("SET a 1");
  disk_.faults.sync_error = -EIO;
  EXPECT_FALSE(storage_->finish({}));
  EXPECT_TRUE(storage_->finish({.force = true}));
  run("CONFIG SET appendonly no");
  disk_.faults.rename_error = -EROFS;
  EXPECT_FALSE(storage_->finish({.save = ShutdownRequest::Save::kAlways}));
  EXPECT_TRUE(storage_->finish({.save = ShutdownRequest::Save::kAlways, .force = true}));
  disk_.faults = {};
  run("CONFIG SET rdb-key-save-delay 10000000");
  EXPECT_EQ(run("CONFIG SET appendonly yes"), "OK");
  EXPECT_FALSE(storage_->finish({})) << "the first base is being written";
  EXPECT_TRUE(storage_->finish({.force = true}));
}

TEST_F(AofTest, ABrokenBaseStopsTheStart) {
  run("SET a 1");
  run("BGREWRITEAOF");
  wait_for_child();
  const std::string path = "d/appendonlydir/appendonly.aof.2.base.rdb";
  std::string base = disk_.text(path);
  base[base.size() - 9] ^= 0x55;
  storage_.reset();
  disk_.put(path, base);
  EXPECT_FALSE(start());
}

TEST_F(AofTest, ALargeBaseIsReadPieceByPiece) {
  t_->run({"SET", "a", std::string(700000, 'x')});
  run("CONFIG SET rdbcompression no");
  run("BGREWRITEAOF");
  wait_for_child();
  ASSERT_TRUE(start());
  EXPECT_EQ(run("STRLEN a"), "700000");
}

// The system, not the disk: no pipe, so no child, and nothing else changes.
TEST_F(AofTest, WithoutDescriptorsThereIsNoChild) {
  run("SET a 1");
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const std::string rewrite = run("BGREWRITEAOF"), save = run("BGSAVE");
  run("CONFIG SET appendonly no");
  const std::string on = run("CONFIG SET appendonly yes");
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(rewrite.substr(0, 11), "(error) ERR") << rewrite;
  EXPECT_EQ(save.substr(0, 11), "(error) ERR") << save;
  EXPECT_EQ(on.substr(0, 11), "(error) ERR") << on;
  EXPECT_FALSE(facts().rdb_last_ok);
  EXPECT_FALSE(facts().aof_last_rewrite_ok);
  EXPECT_FALSE(facts().aof_enabled);
  EXPECT_EQ(run("CONFIG SET appendonly yes"), "OK");
  wait_for_child();
  ASSERT_TRUE(start());
  EXPECT_EQ(run("GET a"), "\"1\"");
}

TEST_F(AofTest, AReloadThatCannotSaveReloadsNothing) {
  run("SET a 1");
  disk_.faults.rename_error = -EROFS;
  EXPECT_EQ(run("DEBUG RELOAD"), "(error) ERR");
  EXPECT_EQ(run("GET a"), "\"1\"");
}

}  // namespace
}  // namespace redstart
