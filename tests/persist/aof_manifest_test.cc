#include "persist/aof_manifest.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

std::string refusal(std::string_view text) {
  AofManifest manifest;
  ManifestError error;
  EXPECT_FALSE(parse_manifest(text, &manifest, &error)) << text;
  return std::to_string(error.line) + (error.shows_line ? " >" + error.line_text + "<" : "") +
         ": " + error.reason;
}

TEST(AofManifest, NamesFilesAsRedisDoes) {
  AofManifest manifest;
  EXPECT_TRUE(manifest.empty());
  EXPECT_EQ(manifest.add_base("appendonly.aof", true), "appendonly.aof.1.base.rdb");
  EXPECT_EQ(manifest.add_increment("appendonly.aof"), "appendonly.aof.1.incr.aof");
  EXPECT_EQ(manifest.text(),
            "file appendonly.aof.1.base.rdb seq 1 type b\n"
            "file appendonly.aof.1.incr.aof seq 1 type i\n");
  // A rewrite.
  manifest.add_increment("appendonly.aof");
  manifest.add_base("appendonly.aof", false);
  manifest.retire_increments(true);
  EXPECT_EQ(manifest.text(),
            "file appendonly.aof.2.base.aof seq 2 type b\n"
            "file appendonly.aof.1.incr.aof seq 1 type h\n"
            "file appendonly.aof.1.base.rdb seq 1 type h\n"
            "file appendonly.aof.2.incr.aof seq 2 type i\n");
  manifest.retire_increments(false);
  EXPECT_TRUE(manifest.increments.empty());
}

TEST(AofManifest, ReadsWhatItWrites) {
  struct Case {
    std::string prefix, written;
  };
  const std::string longest(244, '\x01');  // with what is added, as long as a file's name can be
  std::string longest_written;
  for (size_t i = 0; i < longest.size(); i++) longest_written += "\\x01";
  const Case cases[] = {
      {"a.aof", "file a.aof.1.base.rdb seq 1"},
      {"a \"b\"\n.aof", "file \"a \\\"b\\\"\\n.aof.1.base.rdb\" seq 1"},
      {"it's", "file \"it's.1.base.rdb\" seq 1"},
      {"#a", "file #a.1.base.rdb seq 1"},
      {longest, "file \"" + longest_written + ".1.base.rdb\" seq 1"},
  };
  for (const Case& at : cases) {
    AofManifest manifest, read;
    ManifestError error;
    manifest.add_base(at.prefix, true);
    manifest.add_increment(at.prefix);
    manifest.add_increment(at.prefix);
    EXPECT_TRUE(manifest.text().starts_with(at.written)) << manifest.text();
    ASSERT_TRUE(parse_manifest(manifest.text(), &read, &error)) << error.reason;
    EXPECT_EQ(read.text(), manifest.text());
    EXPECT_EQ(read.add_increment("x"), "x.3.incr.aof");
    EXPECT_EQ(read.add_base("x", true), "x.2.base.rdb");
  }
}

TEST(AofManifest, PassesOverCommentsAndLaterWords) {
  AofManifest manifest;
  ManifestError error;
  ASSERT_TRUE(
      parse_manifest("# by hand\n"
                     "seq 4 FILE x.4.incr.aof type i startoffset 17\n",
                     &manifest, &error));
  ASSERT_EQ(manifest.increments.size(), 1u);
  EXPECT_EQ(manifest.increments[0].name, "x.4.incr.aof");
  EXPECT_EQ(manifest.increment_sequence, 4);
}

TEST(AofManifest, RefusesWhatRedisRefuses) {
  EXPECT_EQ(refusal(""), "0: Found an empty AOF manifest");
  EXPECT_EQ(refusal("\n"), "1 ><: Invalid AOF manifest file format");
  EXPECT_EQ(refusal("file a seq 1\n"), "1 >file a seq 1<: Invalid AOF manifest file format");
  EXPECT_EQ(refusal("file a seq 1 type\n"),
            "1 >file a seq 1 type<: Invalid AOF manifest file format");
  EXPECT_EQ(refusal("file a seq x type b\n"),
            "1 >file a seq x type b<: Invalid AOF manifest file format");
  EXPECT_EQ(refusal("file d/a seq 1 type b\n"),
            "1 >file d/a seq 1 type b<: File can't be a path, just a filename");
  EXPECT_EQ(refusal("file a seq 1 type q\n"), "1 >file a seq 1 type q<: Unknown AOF file type");
  EXPECT_EQ(refusal("file a seq 1 type b\nfile b seq 2 type b\n"),
            "2 >file b seq 2 type b<: Found duplicate base file information");
  EXPECT_EQ(refusal("file a seq 2 type i\nfile b seq 2 type i\n"),
            "2 >file b seq 2 type i<: Found a non-monotonic sequence number");
  EXPECT_EQ(refusal("file a seq 2 type i"), "1: The AOF manifest file contains too long line");
  // One that could be read, but not once it is written with escapes.
  const std::string escaped = "file " + std::string(300, '\x01') + " seq 2 type i";
  EXPECT_EQ(refusal(escaped + "\n"),
            "1 >" + escaped + "<: The AOF manifest file contains too long line");
  EXPECT_EQ(refusal("file " + std::string(2000, 'a') + " seq 2 type i\n"),
            "1: The AOF manifest file contains too long line");
}

TEST(AofManifest, KnowsItsNames) {
  AofManifest manifest;
  manifest.add_base("a.b", true);
  manifest.add_increment("a.b");
  manifest.add_base("a.b", false);
  for (const char* name : {"a.b.1.base.rdb", "a.b.2.base.aof", "a.b.1.incr.aof"}) {
    EXPECT_TRUE(manifest.names(name)) << name;
    EXPECT_TRUE(is_aof_file_name("a.b", name)) << name;
  }
  EXPECT_FALSE(manifest.names("a.b.2.incr.aof"));
  for (const char* name : {"a.b", "a.b.manifest", "a.b.incr.aof", "a.b..incr.aof", "a.b.1.incr.aof.bak",
                           "a.b.1", "a.bc.1.incr.aof", "x.1.incr.aof", "a.b.1x.incr.aof"}) {
    EXPECT_FALSE(is_aof_file_name("a.b", name)) << name;
  }
}

}  // namespace
}  // namespace redstart
