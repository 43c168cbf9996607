#include <cstring>
#include <string>

#include "base/hex.h"
#include "http/json_body.h"
#include "http/path_args.h"
#include "http/request_reader.h"
#include "tests/fuzz/target.h"

namespace redstart::fuzz {

namespace {

std::string as_json(const JsonBody& body, const JsonBody::Command& command) {
  std::string out = "[";
  for (const std::string_view arg : body.args_of(command)) {
    out += out.size() > 1 ? ",\"" : "\"";
    for (const char c : arg) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x20 && c != '"' && c != '\\') {
        out += c;
      } else {
        out.append("\\u00").append(1, kHexDigits[byte >> 4]).append(1, kHexDigits[byte & 15]);
      }
    }
    out += '"';
  }
  return out + "]";
}

// The requests of a stream that arrives in pieces of at most `piece_max` bytes, one per line.
std::string requests_in_pieces(std::string_view input, size_t piece_max, Choices& choices) {
  std::string seen, waiting;
  RequestReader reader;
  while (!input.empty()) {
    const size_t piece = std::min<size_t>(1 + choices.below(piece_max), input.size());
    waiting.append(input.substr(0, piece));
    input.remove_prefix(piece);
    for (auto result = RequestReader::Result::kRequest;
         result != RequestReader::Result::kNeedMore;) {
      // A fresh copy, so that a view into the old one is seen by the sanitizer.
      const std::string bytes(waiting);
      result = reader.read(bytes);
      if (result == RequestReader::Result::kError) return seen + "error";
      check(reader.used() <= bytes.size(), "no more is used than is there");
      if (result == RequestReader::Result::kRequest) {
        const HttpRequest& request = reader.request();
        seen.append(request.target).append(" ").append(request.body);
        for (const std::string_view header : request.headers) seen.append(" ").append(header);
        seen.append(request.keep_alive ? " keep\n" : " close\n");
      }
      waiting.erase(0, reader.used());
    }
  }
  return seen;
}

}  // namespace

void http_request(std::string_view input) {
  Choices choices(input);
  const std::string whole = requests_in_pieces(input, SIZE_MAX, choices);
  const std::string pieces = requests_in_pieces(input, 30, choices);
  // A head that comes in pieces is looked at again when its end has come: garbage shows later.
  check(pieces == whole || pieces + "error" == whole, "pieces give the same requests");
}

void json_body(std::string_view input) {
  // A block of its own, so that the sanitizer sees who reads behind it.
  const std::string copy(input);
  JsonBody body, again, list;
  const bool good = body.read_command(copy);
  if (good) {
    check(!body.commands().empty() && body.commands()[0].argc > 0, "a command has a name");
    const std::string text = as_json(body, body.commands()[0]);
    check(again.read_command(text), "what was read can be written and read");
    check(as_json(again, again.commands()[0]) == text, "and is the same command");
  } else {
    check(!body.error().empty(), "an error has a text");
  }
  if (list.read_commands(copy)) {
    for (const auto& command : list.commands()) {
      check(command.argc > 0 || !command.error.empty(), "each item is a command or an error");
    }
  }
  const std::string wrapped = "[" + copy + "]";
  if (good) {
    check(list.read_commands(wrapped) && list.commands().size() == 1 &&
              list.commands()[0].error.empty(),
          "a command is an item of a pipeline");
  }
}

void path_args(std::string_view input) {
  const std::string copy(input);
  const auto target = split_target(copy);
  std::string scratch;
  check(token_of(target.query, &scratch).size() <= copy.size(), "decoding makes nothing longer");
  PathArgs args;
  if (!args.read(target, "body")) return;
  size_t total = 0;
  for (const std::string_view arg : args.args()) total += arg.size();
  check(total <= copy.size() + 4, "nor here");
}

}  // namespace redstart::fuzz
