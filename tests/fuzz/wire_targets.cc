#include <string>
#include <vector>

#include "tests/fuzz/target.h"
#include "wire/json_reply.h"
#include "wire/resp_inline.h"
#include "wire/resp_parser.h"

namespace redstart::fuzz {

namespace {

struct Parsed {
  std::vector<std::vector<std::string>> commands;
  std::string error;
  bool operator==(const Parsed&) const = default;
};

// Feeds the input in pieces of at most `piece_max` bytes.
Parsed parse_in_pieces(std::string_view input, size_t piece_max, Choices& choices) {
  Parsed parsed;
  RespParser parser;
  RespWindow window;
  const RespParser::Limits limits = {.bulk_max = 1 << 20, .authenticated = input.size() % 3 != 0};
  std::string waiting;
  while (!input.empty()) {
    const size_t piece = std::min<size_t>(1 + choices.below(piece_max), input.size());
    // A fresh copy, so that a view into the old one is seen by the sanitizer.
    waiting = std::string(waiting).append(input.substr(0, piece));
    input.remove_prefix(piece);
    auto result = RespParser::Result::kFull;
    while (result == RespParser::Result::kFull) {
      result = parser.parse(waiting, 1 + choices.below(4), limits, &window);
      check(parser.consumed() <= waiting.size(), "no more is consumed than is there");
      for (const auto& command : window.commands) {
        auto& args = parsed.commands.emplace_back();
        for (const std::string_view arg : window.args_of(command)) args.emplace_back(arg);
        check(!args.empty(), "a command has a name");
      }
      waiting.erase(0, parser.consumed());
      if (result == RespParser::Result::kError) {
        parsed.error = parser.error();
        return parsed;
      }
    }
  }
  return parsed;
}

std::string contents(const OutBuf& out) {
  std::string text;
  out.each([&](const char* data, size_t size) {
    text.append(data, size);
    return true;
  });
  return text;
}

}  // namespace

void resp_parser(std::string_view input) {
  Choices choices(input);
  const Parsed whole = parse_in_pieces(input, SIZE_MAX, choices);
  check(parse_in_pieces(input, 1, choices) == whole, "single bytes give the same commands");
  check(parse_in_pieces(input, 20, choices) == whole, "pieces give the same commands");
  const std::string_view glanced = RespParser::second_word(input);
  if (glanced.empty() || whole.commands.empty()) return;
  check(whole.commands[0].at(1) == glanced, "a glance sees what the parser finds");
}

void inline_words(std::string_view input) {
  std::vector<std::string> words;
  if (!split_inline(input, &words)) return;
  size_t total = 0;
  for (const std::string& word : words) total += word.size();
  check(total <= input.size(), "words are no longer than their line");
}

void json_reply(std::string_view input) {
  for (const auto strings : {JsonReply::Strings::kPlain, JsonReply::Strings::kBase64}) {
    ChunkPool pool;
    OutBuf out(pool);
    JsonReply reply(out, strings);
    reply.bulk(input);
    const std::string text = contents(out);
    for (const char c : text) check(static_cast<uint8_t>(c) >= 0x20, "no control characters");
  }
}

}  // namespace redstart::fuzz
