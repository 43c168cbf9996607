#include "types/stream_id.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

std::string parsed(std::string_view text, uint64_t missing_seq = 0) {
  StreamId id;
  return parse_stream_id(text, missing_seq, &id) ? stream_id_text(id) : "refused";
}

TEST(StreamId, ReadsWhatRedisReads) {
  EXPECT_EQ(parsed("5-3"), "5-3");
  EXPECT_EQ(parsed("5"), "5-0");
  EXPECT_EQ(parsed("5", UINT64_MAX), "5-18446744073709551615");
  EXPECT_EQ(parsed("18446744073709551615-18446744073709551615"),
            "18446744073709551615-18446744073709551615");
  EXPECT_EQ(parsed(" 007-+1"), "7-1");
  EXPECT_EQ(parsed("0-0"), "0-0");
  for (const char* bad : {"", "-", "+", "-1", "5-", "5-3-1", "x", "5-x", "18446744073709551616",
                          "5-*", "*", " ", "5 "}) {
    EXPECT_EQ(parsed(bad), "refused") << bad;
  }
}

TEST(StreamId, StepsOverTheEdgeOfAMillisecond) {
  StreamId id{7, UINT64_MAX};
  EXPECT_TRUE(id.step_up());
  EXPECT_EQ(id, (StreamId{8, 0}));
  EXPECT_TRUE(id.step_down());
  EXPECT_EQ(id, (StreamId{7, UINT64_MAX}));
  id = StreamId::max();
  EXPECT_FALSE(id.step_up());
  EXPECT_EQ(id, StreamId::max());
  id = {};
  EXPECT_FALSE(id.step_down());
}

// The id that a request gets behind `last` at the time 1000.
std::string resolved(std::string_view request_text, StreamId last) {
  StreamIdRequest request;
  StreamId id;
  if (!parse_stream_id_request(request_text, &request)) return "refused";
  return request.resolve(last, 1000, &id) ? stream_id_text(id) : "too low";
}

TEST(StreamId, ChoosesWhatIsLeftToChoose) {
  EXPECT_EQ(resolved("*", {}), "1000-0");
  EXPECT_EQ(resolved("*", {1000, 4}), "1000-5");
  EXPECT_EQ(resolved("*", {2000, UINT64_MAX}), "2001-0");
  EXPECT_EQ(resolved("5-*", {}), "5-0");
  EXPECT_EQ(resolved("0-*", {}), "0-1");
  EXPECT_EQ(resolved("5-*", {5, 8}), "5-9");
  EXPECT_EQ(resolved("5-*", {5, UINT64_MAX}), "too low");
  EXPECT_EQ(resolved("4-*", {5, 0}), "too low");
  EXPECT_EQ(resolved("5-3", {5, 2}), "5-3");
  EXPECT_EQ(resolved("5-2", {5, 2}), "too low");
  EXPECT_EQ(resolved("-*", {}), "refused");
}

}  // namespace
}  // namespace redstart
