// UTF-8, for JSON above all: keys and values are any bytes, JSON is not.
//
// A byte that belongs to no valid sequence counts as one error on its own, as in Go's encoding/json
// (the Upstash server's): "\xe2\x82" becomes two replacement characters. Overlong forms, surrogates
// and values above U+10FFFF are invalid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

inline constexpr std::string_view kReplacementCharacter = "\xef\xbf\xbd";  // U+FFFD

// The bytes of the valid sequence at `at`: 1 to 4; 0 if there is none.
size_t utf8_sequence_size(std::string_view text, size_t at);

// Where the first invalid byte from `from` on stands; text.size() if all is valid. An encoder
// copies up to there, writes the replacement, and goes on one byte further.
size_t find_invalid_utf8(std::string_view text, size_t from = 0);

inline bool valid_utf8(std::string_view text) { return find_invalid_utf8(text) == text.size(); }

// Writes the 1 to 4 bytes of a code point and answers where they end.
char* write_utf8(char* out, uint32_t code);

}  // namespace redstart
