// SHA-1 (names of scripts) and SHA-256 (passwords, tokens). Messages are short here: the plain form
// of the standards, FIPS 180-4, without use of special instructions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

using Sha1 = std::array<uint8_t, 20>;
using Sha256 = std::array<uint8_t, 32>;

Sha1 sha1(std::string_view message);
Sha256 sha256(std::string_view message);

// Lower case hexadecimal.
std::string sha1_hex(std::string_view message);
std::string sha256_hex(std::string_view message);

// Whether two secrets are equal, in a time that depends on the length of `b` only.
bool equals_constant_time(std::string_view a, std::string_view b);

}  // namespace redstart
