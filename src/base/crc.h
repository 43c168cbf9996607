// The two checksums of the Redis world.
#pragma once

#include <cstdint>
#include <string_view>

namespace redstart {

// CRC-16/XMODEM: polynomial 0x1021, no reflection, start 0.
uint16_t crc16(std::string_view bytes);

// CRC-64/Jones, as at the end of RDB files and DUMP payloads: polynomial 0xad93d23594c935a9,
// reflected. Start with 0; pass the last answer to go on with more bytes.
uint64_t crc64(uint64_t crc, std::string_view bytes);

inline constexpr int kClusterSlots = 16384;

// The cluster slot of a key. Of "a{b}c" only "b" counts, if it is not empty: the first '{' and the
// first '}' behind it.
int key_slot(std::string_view key);

}  // namespace redstart
