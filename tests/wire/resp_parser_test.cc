#include "wire/resp_parser.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>

namespace redstart {
namespace {

using Command = std::vector<std::string>;
using Result = RespParser::Result;

std::string encode(const Command& command) {
  std::string out = "*" + std::to_string(command.size()) + "\r\n";
  for (const std::string& arg : command) {
    out += "$" + std::to_string(arg.size()) + "\r\n" + arg + "\r\n";
  }
  return out;
}

// A connection reduced to what concerns the parser: a buffer that grows by pieces and loses what is
// consumed. The buffer is a new allocation each time, so that a stale view is seen by ASan.
class Reader {
 public:
  explicit Reader(RespParser::Limits limits = {}) : limits_(limits) {}

  Result feed(std::string_view piece, size_t commands_max = 32) {
    auto grown = std::make_unique<char[]>(size_ + piece.size());
    if (size_) memcpy(grown.get(), buffer_.get(), size_);
    if (!piece.empty()) memcpy(grown.get() + size_, piece.data(), piece.size());
    buffer_ = std::move(grown);
    size_ += piece.size();
    for (;;) {
      const Result result = parser.parse({buffer_.get(), size_}, commands_max, limits_, &window);
      for (const auto& command : window.commands) {
        Command args;
        for (std::string_view arg : window.args_of(command)) args.emplace_back(arg);
        commands.push_back(std::move(args));
      }
      drop(parser.consumed());
      if (result != Result::kFull) return result;
    }
  }

  RespParser parser;
  RespWindow window;
  std::vector<Command> commands;
  size_t waiting() const { return size_; }
  void keep_only(size_t size) { size_ = size; }

 private:
  void drop(size_t count) {
    auto rest = std::make_unique<char[]>(size_ - count);
    memcpy(rest.get(), buffer_.get() + count, size_ - count);
    buffer_ = std::move(rest);
    size_ -= count;
  }
  RespParser::Limits limits_;
  std::unique_ptr<char[]> buffer_ = std::make_unique<char[]>(0);
  size_t size_ = 0;
};

std::string error_of(std::string_view bytes, RespParser::Limits limits = {}) {
  Reader reader(limits);
  return reader.feed(bytes) == Result::kError ? reader.parser.error() : "no error";
}

TEST(RespParser, EveryByteBoundary) {
  const std::vector<Command> expected = {
      {"GET", "a"}, {""}, {"SET", "k", std::string("\r\n\0$", 4)}, {"PING"}, {"ECHO", "x y"}};
  const std::string stream = encode(expected[0]) + "*0\r\n" + encode(expected[1]) + "\r\n" +
                             encode(expected[2]) + "*-1\r\n" + "PING\r\n" + "echo_\n";
  for (size_t cut = 0; cut <= stream.size(); cut++) {
    Reader reader;
    reader.feed(std::string_view(stream).substr(0, cut));
    EXPECT_EQ(reader.feed(std::string_view(stream).substr(cut)), Result::kNeedMore);
    ASSERT_EQ(reader.commands.size(), 5u) << cut;
    for (size_t i = 0; i < 4; i++) EXPECT_EQ(reader.commands[i], expected[i]) << cut;
    EXPECT_EQ(reader.commands[4], Command{"echo_"});
    EXPECT_EQ(reader.waiting(), 0u);
  }
}

TEST(RespParser, RandomCommandsInRandomPieces) {
  const auto seed = std::random_device{}();
  std::mt19937 random(seed);
  SCOPED_TRACE(seed);
  for (int round = 0; round < 200; round++) {
    std::vector<Command> expected(1 + random() % 50);
    std::string stream;
    for (Command& command : expected) {
      command.resize(random() % 20 == 0 ? 1 + random() % 300 : 1 + random() % 4);
      for (std::string& arg : command) {
        arg.resize(random() % 50 == 0 ? random() % 3000 : random() % 20);
        for (char& c : arg) c = static_cast<char>(random());
      }
      stream += encode(command);
    }
    Reader reader;
    const size_t piece_max = 1 + random() % 5000, window_max = 1 + random() % 40;
    for (size_t at = 0; at < stream.size();) {
      const size_t piece = std::min<size_t>(1 + random() % piece_max, stream.size() - at);
      ASSERT_EQ(reader.feed({stream.data() + at, piece}, window_max), Result::kNeedMore);
      at += piece;
    }
    ASSERT_EQ(reader.commands, expected);
  }
}

TEST(RespParser, AGlanceSeesTheSecondWord) {
  const auto glance = RespParser::second_word;
  const std::string request = encode({"append", "key", "value"});
  const size_t known = request.find("key") + 5;
  for (size_t size = 0; size <= request.size(); size++) {
    // Without what lies behind, so that a look too far is seen by ASan.
    const std::vector<char> bytes(request.begin(), request.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(glance({bytes.data(), size}), size < known ? "" : "key") << "cut at " << size;
  }
  EXPECT_EQ(glance(encode({"get", "a"}) + encode({"get", "b"}) + "*"), "a");
  for (const char* blind :
       {"get key\r\n", "*1\r\n$4\r\nping\r\n", "*-1\r\n$3\r\nget\r\n$1\r\na\r\n",
        "*2\r\n:3\r\nget\r\n$1\r\na\r\n", "*2\r\n$-1\r\n$1\r\na\r\n      "}) {
    EXPECT_EQ(glance(blind), "") << blind;
  }
}

TEST(RespParser, WindowStopsAtItsLimitAndCanBeResumed) {
  const std::string stream = encode({"A"}) + encode({"B"}) + encode({"C", "half"}).substr(0, 14);
  RespParser parser;
  RespWindow window;
  EXPECT_EQ(parser.parse(stream, 1, {}, &window), Result::kFull);
  EXPECT_EQ(parser.consumed(), encode({"A"}).size());
  // The second command is not run: whoever comes back begins with it again.
  EXPECT_EQ(parser.parse(stream, 10, {}, &window), Result::kNeedMore);
  ASSERT_EQ(window.commands.size(), 2u);
  parser.forget();
  const std::string_view rest = std::string_view(stream).substr(window.commands[0].end);
  EXPECT_EQ(parser.parse(rest, 10, {}, &window), Result::kNeedMore);
  ASSERT_EQ(window.commands.size(), 1u);
  EXPECT_EQ(window.args_of(window.commands[0])[0], "B");
}

TEST(RespParser, ErrorEndsTheWindowBehindWholeCommands) {
  Reader reader;
  EXPECT_EQ(reader.feed(encode({"A"}) + "*1\r\n!"), Result::kNeedMore);
  EXPECT_EQ(reader.feed("1\r\nB\r\n"), Result::kError);
  EXPECT_EQ(reader.commands, std::vector<Command>{{"A"}});
  EXPECT_EQ(reader.parser.error(), "Protocol error: expected '$', got '!'");
}

TEST(RespParser, ErrorTexts) {
  const std::string endless(RespParser::kLineMax + 1, '1');
  EXPECT_EQ(error_of("*3x\r\n"), "Protocol error: invalid multibulk length");
  EXPECT_EQ(error_of("*03\r\n"), "Protocol error: invalid multibulk length");
  EXPECT_EQ(error_of("*2147483648\r\n"), "Protocol error: invalid multibulk length");
  EXPECT_EQ(error_of("*2147483647\r\n"), "no error");
  EXPECT_EQ(error_of("*1\r\n$-1\r\n"), "Protocol error: invalid bulk length");
  EXPECT_EQ(error_of("*1\r\n$09\r\n"), "Protocol error: invalid bulk length");
  EXPECT_EQ(error_of("*1\r\n$100\r\n", {.bulk_max = 99}), "Protocol error: invalid bulk length");
  EXPECT_EQ(error_of("*1\r\n\r\n\r\n"), "Protocol error: expected '$', got ' '");
  EXPECT_EQ(error_of("*" + endless), "Protocol error: too big mbulk count string");
  EXPECT_EQ(error_of("*1\r\n$" + endless), "Protocol error: too big bulk count string");
  EXPECT_EQ(error_of(endless + "1"), "Protocol error: too big inline request");
  EXPECT_EQ(error_of("set \"a\r\n"), "Protocol error: unbalanced quotes in request");

  const RespParser::Limits stranger = {.authenticated = false};
  EXPECT_EQ(error_of("*11\r\n", stranger), "Protocol error: unauthenticated multibulk length");
  EXPECT_EQ(error_of("*10\r\n", stranger), "no error");
  EXPECT_EQ(error_of("*1\r\n$16385\r\n", stranger), "Protocol error: unauthenticated bulk length");
  EXPECT_EQ(error_of("*1\r\n$16384\r\n", stranger), "no error");
}

TEST(RespParser, LongBulkReadElsewhere) {
  const std::string value(100000, 'v');
  const std::string stream = encode({"SET", "k", value, "EX", "9"}) + encode({"PING"});
  const size_t head = stream.find('v');
  Reader reader;
  EXPECT_EQ(reader.feed({stream.data(), head - 3}), Result::kNeedMore);
  EXPECT_EQ(reader.parser.missing_bulk().size, 0u) << "its header is not complete";
  EXPECT_EQ(reader.feed({stream.data() + head - 3, 10}), Result::kNeedMore);
  const auto missing = reader.parser.missing_bulk();
  EXPECT_EQ(missing.begin, head);
  EXPECT_EQ(missing.size, value.size());

  reader.keep_only(missing.begin);
  reader.parser.supply_bulk(value);
  std::string_view rest = std::string_view(stream).substr(head + value.size());
  for (; !rest.empty(); rest.remove_prefix(1)) reader.feed(rest.substr(0, 1));
  ASSERT_EQ(reader.commands.size(), 2u);
  EXPECT_EQ(reader.commands[0], (Command{"SET", "k", value, "EX", "9"}));
}

TEST(RespParser, ShortBulkIsNotOfferedElsewhere) {
  Reader reader;
  reader.feed("*1\r\n$32767\r\nabc");
  EXPECT_EQ(reader.parser.missing_bulk().size, 0u);
}

TEST(RespParser, KeepsNothingBetweenCommands) {
  for (const size_t argc : {10u, 1000u}) {
    Reader reader;
    const std::string stream = encode(Command(argc, "x"));
    const size_t half = stream.size() / 2;
    reader.feed({stream.data(), half});
    EXPECT_GT(reader.parser.memory(), 0u);
    reader.feed({stream.data() + half, stream.size() - half});
    EXPECT_EQ(reader.commands.size(), 1u);
    EXPECT_EQ(reader.parser.memory(), 0u);
  }
}

}  // namespace
}  // namespace redstart
