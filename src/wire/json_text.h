// Strings of JSON: escapes, UTF-8 and base64, into an OutBuf.
#pragma once

#include <string_view>

#include "wire/out_buf.h"

namespace redstart {

// Appends `text` escaped for a place between quotes. Each byte that is not UTF-8 becomes U+FFFD,
// but the end of the text may be the beginning of a character: answers how many bytes (at most 3)
// were not taken because they make sense only with what follows.
size_t append_json_escaped(OutBuf& out, std::string_view text);
// The same where nothing follows: half a character is not UTF-8.
void append_json_text(OutBuf& out, std::string_view text);

// REQUIRES: bytes.size() % 3 == 0, or nothing follows (then it is padded).
void append_base64(OutBuf& out, std::string_view bytes);

}  // namespace redstart
