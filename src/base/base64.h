// Base64 of RFC 4648: standard alphabet, padded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace redstart {

constexpr size_t base64_size(size_t byte_count) { return (byte_count + 2) / 3 * 4; }

// Writes base64_size(bytes.size()) characters; returns the count.
size_t base64_encode(char* out, std::string_view bytes);
std::string base64_text(std::string_view bytes);

// Appends the bytes to `out`. Strict: whole groups of four, padding at the end only, no blanks, and
// no bits left over, so that every byte string has one text. On false `out` is unchanged.
bool base64_decode(std::string_view text, std::string* out);

}  // namespace redstart
