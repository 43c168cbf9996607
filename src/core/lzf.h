// The compression of strings in RDB files: LZF, fast and simple.
//
//   000lllll                   l + 1 bytes follow as they are
//   LLLddddd dddddddd          L + 2 bytes (L < 7) from d + 1 bytes ago
//   111ddddd LLLLLLLL dddddddd L + 9 bytes from there
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace redstart {

// No byte of the compressed form stands for more than this many.
inline constexpr size_t kLzfMostPerByte = 264;

class LzfCompressor {
 public:
  LzfCompressor();
  // The compressed form, good until the next call; empty if it would not be smaller by `gain`.
  std::string_view compress(std::string_view text, size_t gain);

 private:
  static constexpr int kTableBits = 14;
  // Where three bytes were seen last, counted on from text to text: what lies before the present
  // text is stale, so the table is never cleared.
  std::unique_ptr<uint32_t[]> table_;
  uint32_t base_ = 1;
  std::string out_;
};

// Fills exactly `size` bytes at `to`. False: that is not what the text holds.
bool lzf_decompress(std::string_view text, char* to, size_t size);

}  // namespace redstart
