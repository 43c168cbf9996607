#include <bitset>
#include <random>
#include <string>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

constexpr char kSyntax[] = "(error) ERR syntax error";

TEST(Bitmap, SetbitGrowsAndAnswersTheOldBit) {
  CommandTest t;
  EXPECT_EQ(t.run("SETBIT k 1 1"), "0");
  EXPECT_EQ(t.run("GET k"), "\"@\"");
  EXPECT_EQ(t.run("SETBIT k 2 1"), "0");
  EXPECT_EQ(t.run("SETBIT k 1 0"), "1");
  EXPECT_EQ(t.run("GET k"), "\" \"");
  EXPECT_EQ(t.run("SETBIT k 20000 1"), "0");
  EXPECT_EQ(t.run("STRLEN k"), "2501");
  EXPECT_EQ(t.run("GETBIT k 20000"), "1");
  EXPECT_EQ(t.run("GETBIT k 4000000000"), "0");
  t.run("SET k 1");
  EXPECT_EQ(t.run("GETBIT k 2"), "1");
  EXPECT_EQ(t.run("SETBIT k 6 1"), "0");
  EXPECT_EQ(t.run("GET k"), "\"3\"");
}

TEST(Bitmap, OnlyAChangeIsAnEffect) {
  CommandTest t;
  t.run("SETBIT k 1 0");
  t.run("SETBIT k 1 0");
  t.run("SETBIT k 1 1");
  EXPECT_EQ(t.effects(), "SELECT 0; SETBIT k 1 0; SETBIT k 1 1");
}

TEST(Bitmap, BadBits) {
  CommandTest t;
  constexpr char kBadOffset[] = "(error) ERR bit offset is not an integer or out of range";
  constexpr char kBadBit[] = "(error) ERR bit is not an integer or out of range";
  EXPECT_EQ(t.run("SETBIT k 4294967296 1"), kBadOffset);
  EXPECT_EQ(t.run("SETBIT k -1 1"), kBadOffset);
  EXPECT_EQ(t.run("GETBIT k #1"), kBadOffset);
  EXPECT_EQ(t.run("SETBIT k 0 2"), kBadBit);
  EXPECT_EQ(t.run("SETBIT k 0 -1"), kBadBit);
}

// What BITCOUNT and BITPOS mean, said in the plainest way.
struct Plain {
  std::string bits;  // '0' and '1'

  explicit Plain(const std::string& bytes) {
    for (unsigned char byte : bytes) bits += std::bitset<8>(byte).to_string();
  }
  std::string part(int start, int end, bool in_bits) const {
    int total = static_cast<int>(in_bits ? bits.size() : bits.size() / 8);
    if (start < 0) start = std::max(start + total, 0);
    if (end < 0) end = std::max(end + total, 0);
    end = std::min(end, total - 1);
    int unit = in_bits ? 1 : 8;
    if (start > end) return "";
    return std::string(static_cast<size_t>(start * unit), ' ') +
           bits.substr(static_cast<size_t>(start * unit),
                       static_cast<size_t>((end - start + 1) * unit));
  }
};

TEST(Bitmap, RangesAgreeWithThePlainMeaning) {
  CommandTest t;
  std::mt19937 random(7);
  for (int round = 0; round < 300; round++) {
    std::string bytes(random() % 6, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 3 ? random() : 0xff);
    t.run({"SET", "k", bytes});
    int start = static_cast<int>(random() % 100) - 50, end = static_cast<int>(random() % 100) - 50;
    bool in_bits = random() % 2;
    std::string part = Plain(bytes).part(start, end, in_bits);
    std::vector<std::string> range = {std::to_string(start), std::to_string(end),
                                      in_bits ? "bit" : "BYTE"};
    std::vector<std::string> call = {"BITCOUNT", "k"};
    call.insert(call.end(), range.begin(), range.end());
    bool backwards = start < 0 && end < 0 && start > end;
    auto ones = backwards ? 0 : std::count(part.begin(), part.end(), '1');
    ASSERT_EQ(t.run(call), std::to_string(ones)) << bytes.size() << " " << start << " " << end;
    for (char bit : {'0', '1'}) {
      call = {"BITPOS", "k", std::string(1, bit)};
      call.insert(call.end(), range.begin(), range.end());
      size_t at = part.find(bit);
      ASSERT_EQ(t.run(call), at == std::string::npos ? "-1" : std::to_string(at))
          << bytes.size() << " " << start << " " << end;
    }
  }
}

TEST(Bitmap, ZerosGoOnBehindTheString) {
  CommandTest t;
  EXPECT_EQ(t.run("BITPOS absent 0"), "0");
  EXPECT_EQ(t.run("BITPOS absent 1"), "-1");
  EXPECT_EQ(t.run("BITCOUNT absent"), "0");
  t.run({"SET", "k", "\xff\xff"});
  EXPECT_EQ(t.run("BITCOUNT k"), "16");
  EXPECT_EQ(t.run("BITPOS k 0"), "16");
  EXPECT_EQ(t.run("BITPOS k 0 1"), "16");
  EXPECT_EQ(t.run("BITPOS k 0 0 -1"), "-1");
  EXPECT_EQ(t.run("BITPOS k 0 2"), "-1");
}

TEST(Bitmap, BadRanges) {
  CommandTest t;
  EXPECT_EQ(t.run("BITCOUNT k 1"), kSyntax);
  EXPECT_EQ(t.run("BITCOUNT k 0 1 WORD"), kSyntax);
  EXPECT_EQ(t.run("BITCOUNT k 0 1 BIT x"), kSyntax);
  EXPECT_EQ(t.run("BITCOUNT k x 1"), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(t.run("BITPOS k 2"), "(error) ERR The bit argument must be 1 or 0.");
  EXPECT_EQ(t.run("BITPOS k 1 0 x WORD"), kSyntax);
  EXPECT_EQ(t.run("BITPOS k 1 0 1 BIT x"), kSyntax);
}

TEST(Bitop, EveryOperation) {
  CommandTest t;
  t.run({"SET", "x", "\xf0\xf0"});
  t.run({"SET", "y", "\xcc"});
  t.run({"SET", "z", "\xaa"});
  auto result = [&](const std::string& operation) {
    EXPECT_EQ(t.run("BITOP " + operation), "2");
    return t.raw({"GET", "d"}).substr(4, 2);
  };
  EXPECT_EQ(result("AND d x y z"), std::string("\x80\0", 2));
  EXPECT_EQ(result("OR d x y z"), "\xfe\xf0");
  EXPECT_EQ(result("XOR d x y z"), "\x96\xf0");
  EXPECT_EQ(result("NOT d x"), "\x0f\x0f");
  EXPECT_EQ(result("DIFF d x y z"), "\x10\xf0");
  EXPECT_EQ(result("DIFF1 d x y z"), std::string("\x0e\0", 2));
  EXPECT_EQ(result("ANDOR d x y z"), std::string("\xe0\0", 2));
  EXPECT_EQ(result("ONE d x y z"), "\x16\xf0");
}

TEST(Bitop, TheTargetMayBeASource) {
  CommandTest t;
  t.run({"SET", "k", std::string(4000, '\x0f')});
  EXPECT_EQ(t.run("BITOP NOT k k"), "4000");
  EXPECT_EQ(t.run("BITCOUNT k"), "16000");
  EXPECT_EQ(t.run("GETBIT k 0"), "1");
  t.run("SET k 12 EX 10");
  EXPECT_EQ(t.run("BITOP OR k k absent"), "2");
  EXPECT_EQ(t.run("GET k"), "\"12\"");
  EXPECT_EQ(t.run("TTL k"), "-1");
}

TEST(Bitop, AnEmptyResultDeletesTheTarget) {
  CommandTest t;
  t.run("SET k v");
  EXPECT_EQ(t.run("BITOP AND k a b"), "0");
  EXPECT_EQ(t.run("EXISTS k"), "0");
  t.effects();
  EXPECT_EQ(t.run("BITOP AND k a b"), "0");
  EXPECT_EQ(t.effects(), "");
}

TEST(Bitop, Refusals) {
  CommandTest t;
  EXPECT_EQ(t.run("BITOP NAND d a"), kSyntax);
  EXPECT_EQ(t.run("BITOP NOT d a b"),
            "(error) ERR BITOP NOT must be called with a single source key.");
  EXPECT_EQ(t.run("BITOP andor d a"),
            "(error) ERR BITOP ANDOR must be called with at least two source keys.");
}

}  // namespace
}  // namespace redstart
