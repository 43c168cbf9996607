#include "base/log.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/ascii.h"

namespace redstart {
namespace {

class LogTest : public testing::Test {
 protected:
  LogTest() : path_(testing::TempDir() + "log_test." + std::to_string(getpid())) {
    log_.set_path(path_);
  }
  ~LogTest() override { std::remove(path_.c_str()); }

  std::string written() const {
    std::stringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }

  std::string path_;
  Log log_;
};

// Digits as 0, letters as A and a.
std::string shape(std::string text) {
  for (char& c : text) {
    if (ascii_digit(c)) c = '0';
    if (c >= 'A' && c <= 'Z') c = 'A';
    if (c >= 'a' && c <= 'z') c = 'a';
  }
  return text;
}

TEST_F(LogTest, LinesLookLikeThoseOfRedis) {
  log_.notice("Ready to accept connections tcp");
  const std::string process = std::to_string(getpid());
  const std::string line = written();
  ASSERT_EQ(line.substr(0, process.size() + 3), process + ":M ");
  EXPECT_EQ(shape(line.substr(process.size() + 3, 27)), "00 Aaa 0000 00:00:00.000 * ");
  EXPECT_EQ(line.substr(process.size() + 30), "Ready to accept connections tcp\n");
}

TEST_F(LogTest, LevelsAreMarkedAndFiltered) {
  log_.set_level(LogLevel::kDebug);
  log_.debug("a"), log_.verbose("b"), log_.notice("c"), log_.warning("d");
  EXPECT_NE(written().find(" . a\n"), std::string::npos);
  EXPECT_NE(written().find(" - b\n"), std::string::npos);
  EXPECT_NE(written().find(" * c\n"), std::string::npos);
  EXPECT_NE(written().find(" # d\n"), std::string::npos);

  const std::string before = written();
  log_.set_level(LogLevel::kWarning);
  log_.notice("too low");
  log_.set_level(LogLevel::kNothing);
  log_.warning("nothing at all");
  EXPECT_EQ(written(), before);
}

TEST_F(LogTest, FileMayBeMovedAway) {
  log_.notice("first");
  const std::string moved = path_ + ".1";
  ASSERT_EQ(std::rename(path_.c_str(), moved.c_str()), 0);
  log_.notice("second");
  EXPECT_EQ(written().find("first"), std::string::npos);
  EXPECT_NE(written().find("second"), std::string::npos);
  std::remove(moved.c_str());
}

TEST_F(LogTest, ChildIsKnownByItsLetter) {
  const pid_t child = fork();
  if (child == 0) {
    log_.notice("saving");
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(written().find(std::to_string(child) + ":C "), 0u) << written();
}

TEST_F(LogTest, UnwritableFileIsReportedAndHarmless) {
  log_.set_path(path_ + "/no/such/place");
  EXPECT_FALSE(log_.can_write());
  log_.warning("lost");
}

TEST(LogLevels, NamesOfTheConfiguration) {
  LogLevel level;
  EXPECT_TRUE(parse_log_level("Verbose", &level));
  EXPECT_EQ(level, LogLevel::kVerbose);
  EXPECT_FALSE(parse_log_level("loud", &level));
}

}  // namespace
}  // namespace redstart
