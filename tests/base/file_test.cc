#include "base/file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "tests/base/fault_files.h"

namespace redstart {
namespace {

using Mode = FileSystem::Mode;

class SystemFilesTest : public testing::Test {
 protected:
  SystemFilesTest() : top_(testing::TempDir() + "file_test." + std::to_string(getpid())) {
    EXPECT_EQ(files_.make_directory(top_), 0);
  }
  ~SystemFilesTest() override {
    std::vector<std::string> names;
    files_.list(top_, &names);
    for (const std::string& name : names) files_.remove(join_path(top_, name));
    rmdir(top_.c_str());
  }
  std::string text(const std::string& path) {
    int error = 0;
    auto file = files_.open(path, Mode::kRead, &error);
    std::string bytes;
    EXPECT_TRUE(file && read_all(*file, &bytes) == 0) << path;
    return bytes;
  }

  SystemFiles files_;
  std::string top_;
};

TEST_F(SystemFilesTest, AppendsReadsAndTruncates) {
  const std::string path = join_path(top_, "a");
  int error = 0;
  EXPECT_EQ(files_.size(path), -ENOENT);
  EXPECT_EQ(files_.open(path, Mode::kRead, &error), nullptr);
  EXPECT_EQ(error, -ENOENT);
  {
    auto file = files_.open(path, Mode::kAppend, &error);
    ASSERT_TRUE(file);
    EXPECT_EQ(write_all(*file, "hello"), 0);
    EXPECT_EQ(file->sync(), 0);
    EXPECT_GE(file->descriptor(), 0);
  }
  {
    auto file = files_.open(path, Mode::kAppend, &error);
    EXPECT_EQ(write_all(*file, " world"), 0);
    EXPECT_EQ(file->size(), 11);
    EXPECT_EQ(file->truncate(5), 0);
    EXPECT_EQ(write_all(*file, "!"), 0);  // behind the new end
  }
  EXPECT_EQ(text(path), "hello!");
  files_.open(path, Mode::kReplace, &error);
  EXPECT_EQ(files_.size(path), 0);
}

TEST_F(SystemFilesTest, KeepsNames) {
  EXPECT_EQ(files_.make_directory(top_), 0);  // again
  bool replaced = false;
  const std::string path = join_path(top_, "b"), draft = join_path(top_, "b.new");
  EXPECT_EQ(replace_file(files_, path, draft, "one", &replaced), 0);
  EXPECT_EQ(replace_file(files_, path, draft, "two", &replaced), 0);
  EXPECT_EQ(text(join_path(top_, "b")), "two");
  std::vector<std::string> names;
  EXPECT_EQ(files_.list(top_, &names), 0);
  EXPECT_EQ(names, std::vector<std::string>{"b"});
  EXPECT_EQ(files_.rename(join_path(top_, "b"), join_path(top_, "c")), 0);
  EXPECT_EQ(files_.remove(join_path(top_, "b")), -ENOENT);
  EXPECT_EQ(files_.list(join_path(top_, "none"), &names), -ENOENT);
  EXPECT_EQ(files_.sync_directory(top_), 0);
}

TEST(FileTexts, JoinsPaths) {
  EXPECT_EQ(join_path("", "x"), "x");
  EXPECT_EQ(join_path("a", "x"), "a/x");
  EXPECT_EQ(join_path("a/", "x"), "a/x");
  EXPECT_EQ(join_path("a", "/x"), "/x");
  EXPECT_EQ(error_text(-ENOSPC), "No space left on device");
}

TEST(WriteAll, GoesOnAfterShortWritesAndStopsWhenTheDiskIsFull) {
  FaultFiles disk;
  int error = 0;
  auto file = disk.open("f", Mode::kAppend, &error);
  disk.faults.write_max = 3;
  EXPECT_EQ(write_all(*file, "0123456789"), 0);
  EXPECT_EQ(disk.text("f"), "0123456789");
  disk.faults.space_left = 4;
  size_t written = 0;
  EXPECT_EQ(write_all(*file, "abcdef", &written), -ENOSPC);
  EXPECT_EQ(written, 4u);
}

// Whatever fails and whenever power goes, a reader finds the old text or the new one.
TEST(ReplaceFile, IsOldOrNew) {
  for (int fault = 0; fault < 6; fault++) {
    for (uint64_t seed = 0; seed < 20; seed++) {
      FaultFiles disk;
      disk.put("d/f", "old");
      if (fault == 1) disk.faults.space_left = 2;
      if (fault == 2) disk.faults.sync_error = -EIO;
      if (fault == 3) disk.faults.rename_error = -EROFS;
      if (fault == 4) disk.faults.open_error = -EROFS;
      if (fault == 5) disk.faults.directory_sync_error = -EIO;
      bool replaced = false;
      int error = replace_file(disk, "d/f", "d/f.new", "the new text", &replaced);
      EXPECT_EQ(error == 0, fault == 0);
      EXPECT_EQ(replaced, fault == 0 || fault == 5);
      EXPECT_EQ(disk.text("d/f"), replaced ? "the new text" : "old");
      EXPECT_FALSE(disk.exists("d/f.new"));
      disk.crash(seed);
      std::string left = disk.text("d/f");
      EXPECT_TRUE(left == "old" || left == "the new text") << left;
      if (fault == 0) {
        EXPECT_EQ(left, "the new text");
      }
    }
  }
}

}  // namespace
}  // namespace redstart
