#include "script/function_dump.h"

#include "core/rdb_format.h"
#include "core/rdb_payload.h"
#include "core/rdb_reader.h"
#include "core/rdb_writer.h"
#include "engine/function_sources.h"

namespace redstart {

std::string make_function_dump(const FunctionSources& libraries, bool compress) {
  RdbStringSink sink;
  RdbWriter out(sink, {.compress = compress, .checksum = false}, RdbWriter::kPayloadBuffer);
  libraries.each([&](std::string_view source) {
    out.byte(rdb::kFunction);
    out.string(source);
  });
  out.flush();
  append_rdb_footer(&sink.text(), rdb::kOldestWritten);
  return std::move(sink.text());
}

bool read_function_dump(std::string_view text, std::vector<std::string>* codes,
                        std::string* error) {
  auto fail = [&](std::string_view why) {
    *error = why;
    return false;
  };
  RdbPayload payload;
  if (!open_rdb_payload(text, true, &payload)) {
    return fail("DUMP payload version or checksum are wrong");
  }
  RdbReader in(payload.bytes);
  while (!in.at_end()) {
    uint8_t type = in.byte();
    if (type == rdb::kFunctionDraft) return fail("Pre-GA function format not supported");
    if (type != rdb::kFunction) return fail("given type is not a function");
    std::string_view code = in.string();
    if (in.failed()) return fail("Failed loading library name");
    codes->emplace_back(code);
  }
  return true;
}

}  // namespace redstart
