#include "core/lzf.h"

#include <algorithm>
#include <cstring>

namespace redstart {

namespace {

constexpr size_t kLiteralsMax = 32;
constexpr size_t kMatchMin = 3;
constexpr size_t kMatchMax = kLzfMostPerByte;
constexpr size_t kDistanceMax = 1 << 13;
// In text that does not compress, places are tried ever more sparsely.
constexpr size_t kSkipShift = 6;

uint32_t three_bytes(const char* at) {
  auto byte = [at](int i) { return static_cast<uint32_t>(static_cast<uint8_t>(at[i])); };
  return byte(0) | byte(1) << 8 | byte(2) << 16;
}

// Bounded output: what does not fit is remembered as overflow.
class Output {
 public:
  Output(char* begin, size_t room) : begin_(begin), at_(begin), end_(begin + room) {}

  bool literals(std::string_view text) {
    for (size_t i = 0; i < text.size(); i += kLiteralsMax) {
      std::string_view run = text.substr(i, kLiteralsMax);
      if (static_cast<size_t>(end_ - at_) < run.size() + 1) return false;
      *at_++ = static_cast<char>(run.size() - 1);
      at_ += run.copy(at_, run.size());
    }
    return true;
  }
  bool match(size_t length, size_t distance) {
    if (end_ - at_ < 3) return false;
    size_t code = length - 2, back = distance - 1;
    if (code < 7) {
      *at_++ = static_cast<char>(code << 5 | back >> 8);
    } else {
      *at_++ = static_cast<char>(7 << 5 | back >> 8);
      *at_++ = static_cast<char>(code - 7);
    }
    *at_++ = static_cast<char>(back);
    return true;
  }
  std::string_view text() const { return {begin_, static_cast<size_t>(at_ - begin_)}; }

 private:
  char* begin_;
  char* at_;
  char* end_;
};

}  // namespace

LzfCompressor::LzfCompressor() : table_(new uint32_t[size_t{1} << kTableBits]()) {}

std::string_view LzfCompressor::compress(std::string_view text, size_t gain) {
  if (text.size() <= gain || text.size() > UINT32_MAX / 2) return {};
  if (base_ > UINT32_MAX / 2 - 1) {
    std::memset(table_.get(), 0, sizeof(uint32_t) << kTableBits);
    base_ = 1;
  }
  const char* in = text.data();
  const size_t size = text.size(), room = size - gain;
  if (out_.size() < room) out_.resize(room);
  Output out(out_.data(), room);
  size_t at = 0, literals = 0;
  while (at + kMatchMin <= size) {
    const uint32_t three = three_bytes(in + at);
    uint32_t& place = table_[three * 2654435761u >> (32 - kTableBits)];
    const uint32_t seen = place;
    place = base_ + static_cast<uint32_t>(at);
    size_t before = seen - base_;
    bool found = seen >= base_ && at - before <= kDistanceMax && three_bytes(in + before) == three;
    if (!found) {
      at += 1 + ((at - literals) >> kSkipShift);
      continue;
    }
    size_t most = std::min(kMatchMax, size - at), length = kMatchMin;
    while (length < most && in[before + length] == in[at + length]) length++;
    if (!out.literals(text.substr(literals, at - literals)) || !out.match(length, at - before)) {
      base_ += static_cast<uint32_t>(size);
      return {};
    }
    at += length;
    literals = at;
  }
  base_ += static_cast<uint32_t>(size);
  if (!out.literals(text.substr(literals))) return {};
  return out.text();
}

bool lzf_decompress(std::string_view text, char* to, size_t size) {
  const auto* in = reinterpret_cast<const uint8_t*>(text.data());
  const auto* in_end = in + text.size();
  char* const begin = to;
  char* const end = to + size;
  while (in < in_end) {
    size_t control = *in++;
    if (control < kLiteralsMax) {
      size_t count = control + 1;
      if (count > static_cast<size_t>(in_end - in) || count > static_cast<size_t>(end - to)) {
        return false;
      }
      std::memcpy(to, in, count);
      in += count;
      to += count;
      continue;
    }
    size_t length = control >> 5;
    if (length == 7) {
      if (in == in_end) return false;
      length += *in++;
    }
    if (in == in_end) return false;
    size_t distance = ((control & 31) << 8 | *in++) + 1;
    length += 2;
    if (distance > static_cast<size_t>(to - begin) || length > static_cast<size_t>(end - to)) {
      return false;
    }
    // Both may overlap: a run repeats what it has just written.
    if (distance >= length) {
      std::memcpy(to, to - distance, length);
      to += length;
    } else {
      for (; length > 0; length--, to++) *to = *(to - distance);
    }
  }
  return to == end;
}

}  // namespace redstart
