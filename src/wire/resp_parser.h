// Requests out of a byte stream. Parses as many whole commands as have arrived into a window; the
// arguments are views into the caller's buffer, so nothing is copied and nothing allocated per
// command.
//
//   buffer  *2..GET..a | *2..GET..b | *3..SET..c..<not yet here>
//           '------- window --------'   '--- kept by the parser ---'
//
// The window belongs to the loop; the parser belongs to the connection and is small while it is
// between commands. What it knows of a partial command (how far it came, the arguments so far) is
// kept across calls, so that a command of a million arguments that arrives in pieces is parsed
// once. The buffer may move between calls, its contents may not change.
//
// A long bulk string of which only a part has arrived can be read elsewhere: see missing_bulk().
//
// Headers are as lax as Redis's: a line ends at '\r' plus one byte, a bulk at its size plus two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

// Whole commands, ready to run. Valid until the buffer moves or the next call of parse().
struct RespWindow {
  struct Command {
    uint32_t first_arg;
    uint32_t argc;
    size_t end;  // offset behind the command in the buffer
  };

  std::span<const std::string_view> args_of(const Command& command) const {
    return {args.data() + command.first_arg, command.argc};
  }

  std::vector<Command> commands;
  std::vector<std::string_view> args;
  std::deque<std::vector<std::string>> inline_words;  // what args of inline commands refer to
};

class RespParser {
 public:
  // Bulk strings from here on may be taken out of the stream by the caller.
  static constexpr size_t kLongBulk = 32 * 1024;
  // The longest line: an inline command, or digits that do not end.
  static constexpr size_t kLineMax = 64 * 1024;
  static constexpr int64_t kUnauthenticatedArgs = 10;
  static constexpr int64_t kUnauthenticatedBulk = 16 * 1024;

  struct Limits {
    uint64_t bulk_max = 512ull << 20;  // proto-max-bulk-len
    bool authenticated = true;
  };

  enum class Result : uint8_t {
    kNeedMore,  // everything that is whole is in the window
    kFull,      // the window is full, more may be there
    kError,     // behind the window comes what error() says; the connection cannot go on
  };

  // Fills the window with the commands of `bytes`, which begin at the first byte not consumed yet:
  // at consumed() of the last call. A caller that did not run all commands of the window calls
  // forget() and comes again from the end of the last one it ran.
  Result parse(std::string_view bytes, size_t commands_max, const Limits& limits,
               RespWindow* window);
  // How many bytes the last call is done with: whole commands, and the empty ones in between.
  size_t consumed() const { return consumed_; }
  void forget();

  // The bulk string the last call stopped in, if it is long: where its bytes begin in the buffer
  // and how many there will be. Size 0 when there is none.
  struct LongBulk {
    size_t begin = 0;  // counted from consumed()
    size_t size = 0;
  };
  LongBulk missing_bulk() const;
  // The caller has read that bulk string elsewhere: in the buffer, the line end that follows it
  // now stands at its `begin`. `payload` must stay until the command has run.
  void supply_bulk(std::string_view payload);

  // The second argument of the command that begins here, as far as a glance tells: nothing where it
  // is long, has not arrived or is no command of arguments.
  static std::string_view second_word(std::string_view bytes);

  // "Protocol error: invalid bulk length"
  const std::string& error() const { return error_; }
  // Bytes that a partial command's arguments take here.
  size_t memory() const { return partial_args_.capacity() * sizeof(std::string_view); }

 private:
  enum class Step : uint8_t { kDone, kNeedMore, kError };

  Step parse_command(const char*& at, const char* end, const Limits& limits, RespWindow* window);
  Step parse_inline(const char*& at, const char* end, RespWindow* window);
  Step parse_args(const char*& at, const char* end, const Limits& limits, RespWindow* window);
  Step read_header(const char*& at, const char* end, std::string_view too_long, int64_t* value,
                   bool* valid);
  Step read_args_left(const char*& at, const char* end, const Limits& limits);
  Step read_bulk_size(const char*& at, const char* end, const Limits& limits);
  Step fail(std::string_view what);
  void restore_partial(const char* base, RespWindow* window);
  void keep_partial(const char* base, size_t first_arg, RespWindow* window);

  static constexpr int64_t kUnknownSize = -1;

  // Of the partial command. Between commands: args_left_ == 0 and nothing kept.
  int64_t args_left_ = 0;
  int64_t bulk_size_ = kUnknownSize;  // of the argument whose header has been read
  bool supplied_ = false;             // that argument's bytes came by supply_bulk()
  size_t position_ = 0;               // parsed bytes of it, counted from consumed()
  std::vector<std::string_view> partial_args_;
  std::vector<uint32_t> supplied_args_;  // which of these lie outside of the buffer
  const char* partial_base_ = nullptr;   // where the buffer was when the others were made

  size_t consumed_ = 0;
  std::string error_;
};

}  // namespace redstart
