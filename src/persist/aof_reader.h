// Commands out of the bytes of an append-only file: arrays of bulk strings, and lines that begin
// with '#', which are passed over. Stricter than what clients may send: no inline commands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace redstart {

enum class AofRead : uint8_t { kCommand, kNote, kNeedMore, kBad };

// Looks at the front of `bytes`. kCommand: `args` are views into them; kCommand and kNote: *size
// is how many were used. Nothing is allocated for lengths that the bytes do not bear out.
AofRead read_aof_record(std::string_view bytes, std::vector<std::string_view>* args, size_t* size);

}  // namespace redstart
