#include "http/path_args.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

std::string read(std::string_view target, std::string_view body = {}) {
  PathArgs args;
  if (!args.read(split_target(target), body)) return args.error();
  std::string joined;
  for (const std::string_view arg : args.args()) joined += "[" + std::string(arg) + "]";
  return joined;
}

TEST(PathArgs, SegmentsBodyAndQuery) {
  EXPECT_EQ(read("/set/foo/bar"), "[set][foo][bar]");
  EXPECT_EQ(read("/set/foo?EX=100", "V\r\n"), "[set][foo][V\r\n][EX][100]");
  EXPECT_EQ(read("/set/foo/bar?NX&EX=1&&PX="), "[set][foo][bar][NX][EX][1][PX][]");
  EXPECT_EQ(read("/"), "");
  EXPECT_EQ(read("/set/a//b/"), "[set][a][][b][]");
  EXPECT_EQ(read("http://host:80/get/a?x=1"), "[get][a][x][1]");
}

TEST(PathArgs, Escapes) {
  EXPECT_EQ(read("/set/a%20b%2Fc/1+1?k%3d=%26+x"), "[set][a b/c][1+1][k=][& x]");
  EXPECT_EQ(read("/set/%00%ff/x"), std::string("[set][\0\xff][x]", 12));
  for (const char* broken : {"/%", "/%4", "/%zz", "/a?x=%4"}) {
    EXPECT_EQ(read(broken), "ERR invalid URL escape") << broken;
  }
}

TEST(PathArgs, TokenIsNoArgument) {
  std::string scratch;
  EXPECT_EQ(read("/get/k?_token=secret&EX=1"), "[get][k][EX][1]");
  EXPECT_EQ(token_of("a=1&_token=sec%2Bret+x", &scratch), "sec+ret x");
  EXPECT_EQ(token_of("_token=t", &scratch), "t");
  EXPECT_EQ(token_of("x_token=t&_tokens=u", &scratch), "");
}

}  // namespace
}  // namespace redstart
