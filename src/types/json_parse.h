// JSON text to nodes. Ordinary documents take simdjson's road; what it refuses (numbers beyond 64
// bits, and whatever is not JSON) and what would make its buffers large is read by json_reader.h,
// which also words the errors.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "types/json_build.h"
#include "types/json_floats.h"

namespace redstart {

class JsonParser {
 public:
  explicit JsonParser(JsonHeap heap);
  ~JsonParser();

  // False: `error` says why. The node is the caller's. `floats`: as in json_reader.h.
  bool parse(std::string_view text, JsonNode* node, std::string* error,
             JsonFloats floats = JsonFloats::kNone);

 private:
  struct Fast;

  bool parse_fast(std::string_view text);

  JsonBuilder builder_;
  std::unique_ptr<Fast> fast_;
};

}  // namespace redstart
