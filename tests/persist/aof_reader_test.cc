#include "persist/aof_reader.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

using namespace std::string_view_literals;

AofRead read(std::string_view bytes, size_t* size = nullptr) {
  std::vector<std::string_view> args;
  size_t used = 0;
  return read_aof_record(bytes, &args, size ? size : &used);
}

TEST(AofReader, ReadsRecordsAndPassesOverNotes) {
  std::vector<std::string_view> args;
  size_t size = 0;
  constexpr std::string_view kTwo =
      "*2\r\n$3\r\nDEL\r\n$4\r\na\r\nb\r\n*1\r\n$0\r\n\r\n#TS:1628217473\r\n"sv;
  ASSERT_EQ(read_aof_record(kTwo, &args, &size), AofRead::kCommand);
  EXPECT_EQ(args, (std::vector<std::string_view>{"DEL", "a\r\nb"}));
  std::string_view rest = kTwo.substr(size);
  ASSERT_EQ(read_aof_record(rest, &args, &size), AofRead::kCommand);
  EXPECT_EQ(args, std::vector<std::string_view>{""});
  rest.remove_prefix(size);
  ASSERT_EQ(read_aof_record(rest, &args, &size), AofRead::kNote);
  EXPECT_EQ(size, rest.size());
}

// Wherever a record is cut off, more is wanted; it is never taken for a bad one.
TEST(AofReader, WantsMoreOfEveryPrefix) {
  constexpr std::string_view kRecord = "*2\r\n$3\r\nDEL\r\n$12\r\nabcdefghijkl\r\n"sv;
  for (size_t cut = 0; cut < kRecord.size(); cut++) {
    EXPECT_EQ(read(kRecord.substr(0, cut)), AofRead::kNeedMore) << cut;
  }
  EXPECT_EQ(read("#TS:12"), AofRead::kNeedMore);
  EXPECT_EQ(read("*1\r\n$99999999999\r\nx"), AofRead::kNeedMore);
  EXPECT_EQ(read("*999999999999\r\n"), AofRead::kNeedMore);
}

TEST(AofReader, RefusesWhatIsNoRecord) {
  for (std::string_view bad :
       {"!!!"sv, "*0\r\n"sv, "*-1\r\n"sv, "*x\r\n"sv, "* 1\r\n"sv, "*1\n$1\r\nx\r\n"sv, "PING\r\n"sv,
        "*1\r\n*1\r\n"sv, "*1\r\n$-1\r\n"sv, "*1\r\n$1\r\nxyz"sv, "*1\r\n$1\r\nx\n\n"sv,
        "\r\n"sv, "*111111111111111111111111111"sv, "\0\0\0\0"sv}) {
    EXPECT_EQ(read(bad), AofRead::kBad) << bad;
  }
}

}  // namespace
}  // namespace redstart
