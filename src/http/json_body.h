// Commands out of JSON: ["SET", "k", 1] behind POST /, an array of such arrays behind /pipeline and
// /multi-exec.
//
// Arguments are views: into the body where a string has no escapes, else into a scratch buffer.
// Numbers keep their source text, because clients send what doubles cannot hold; true and false are
// their words; bytes that are not UTF-8 pass as they are.
//
// A parser of our own, not simdjson, for what it refuses and what it keeps: the grammar is an array
// of scalars, read strictly to the last byte in one pass with errors that name the character; no
// padding behind the body, and after a body of 10 MB no 50 MB of index stay with the server.
//
// An error of syntax is an error of the request. What JSON allows and commands do not (null, an
// object, an empty command) is an error of that command alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

class JsonBody {
 public:
  struct Command {
    uint32_t first_arg = 0;
    uint32_t argc = 0;
    std::string_view error;  // not to be run: this is its answer
  };

  // One command. False: see error(); errors of the command count as the request's.
  bool read_command(std::string_view body);
  // Any number of commands, each with errors of its own.
  bool read_commands(std::string_view body);

  // Valid until the next call, and while the body stays.
  std::span<const Command> commands() const { return commands_; }
  std::span<const std::string_view> args_of(const Command& command) const {
    return {args_.data() + command.first_arg, command.argc};
  }
  const std::string& error() const { return error_; }

 private:
  // Deeper values are refused: only what is skipped anyway can be deep.
  static constexpr int kDepthMax = 128;
  static constexpr size_t kKeptMax = 64 * 1024;

  void start(std::string_view body);
  bool open_array();
  bool read_one_command(Command* command);
  bool read_arg(Command* command);
  bool read_string(std::string_view* text);
  bool read_escaped(const char* begin, std::string_view* text);
  bool read_escape(char** out);
  bool read_hex4(uint32_t* code);
  bool read_number(std::string_view* text);
  bool read_word(std::string_view word);
  bool skip_value(int depth);
  bool next_item(const char* place, char close, bool* more);
  bool finish();

  void skip_blanks();
  bool at(char c) const { return at_ < end_ && *at_ == c; }
  bool fail(std::string_view text);
  // "invalid character 'x' looking for beginning of value", or that the body ends too soon.
  bool fail_here(std::string_view place);

  const char* at_ = nullptr;
  const char* end_ = nullptr;
  size_t body_size_ = 0;
  std::vector<Command> commands_;
  std::vector<std::string_view> args_;
  std::string scratch_;  // as long as the body once it is needed: it must not move
  size_t scratch_used_ = 0;
  std::string error_;
};

}  // namespace redstart
