// Strings of JSON: escapes, UTF-8 and base64, into an OutBuf.
#pragma once

#include <string_view>

#include "wire/out_buf.h"

namespace redstart {

// Appends `text` escaped for a place between quotes. Bytes that are not UTF-8 become U+FFFD, one
// each, but a character cut off at the end is left out: answers how many bytes were not taken
// (0 to 3).
size_t append_json_escaped(OutBuf& out, std::string_view text);
// The same where nothing follows: what is cut off is not UTF-8 either.
void append_json_text(OutBuf& out, std::string_view text);

// REQUIRES: bytes.size() % 3 == 0, or nothing follows (then it is padded).
void append_base64(OutBuf& out, std::string_view bytes);

}  // namespace redstart
