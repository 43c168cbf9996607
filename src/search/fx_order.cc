#include "search/fx_order.h"

#include <bit>
#include <cstring>

namespace redstart::search {

namespace {

// Which kind of key it is goes into the hash first.
enum Variant : uint64_t { kBool = 1, kText = 2, kReal = 3, kInteger = 4, kNatural = 5 };

uint64_t add(uint64_t hash, uint64_t word) { return (hash + word) * 0xf1357aea2e62a9c5; }
uint64_t finish(uint64_t hash) { return std::rotl(hash, 26); }
uint64_t hash_of(Variant variant, uint64_t word) { return finish(add(add(0, variant), word)); }

// The halves of the product, folded together.
uint64_t multiply(uint64_t a, uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

template <class Word>
uint64_t load(std::string_view text, size_t at) {
  Word word;
  std::memcpy(&word, text.data() + at, sizeof word);
  return word;
}

uint64_t hash_bytes_fx(std::string_view text) {
  uint64_t first = 0x243f6a8885a308d3;
  uint64_t second = 0x13198a2e03707344;
  const size_t size = text.size();
  if (size > 16) {
    for (size_t at = 0; at < size - 16; at += 16) {
      const uint64_t mixed = multiply(first ^ load<uint64_t>(text, at),
                                      0xa4093822299f31d0 ^ load<uint64_t>(text, at + 8));
      first = second;
      second = mixed;
    }
    first ^= load<uint64_t>(text, size - 16);
    second ^= load<uint64_t>(text, size - 8);
  } else if (size >= 8) {
    first ^= load<uint64_t>(text, 0);
    second ^= load<uint64_t>(text, size - 8);
  } else if (size >= 4) {
    first ^= load<uint32_t>(text, 0);
    second ^= load<uint32_t>(text, size - 4);
  } else if (size > 0) {
    first ^= load<uint8_t>(text, 0);
    second ^= load<uint8_t>(text, size - 1) << 8 | load<uint8_t>(text, size / 2);
  }
  return multiply(first, second) ^ size;
}

constexpr size_t kGroup = 16;

size_t slots_for(size_t count) {
  if (count < 4) return 4;
  if (count < 8) return 8;
  return std::bit_ceil((count * 8 + 6) / 7);
}

class Table {
 public:
  explicit Table(size_t count) : slots_(slots_for(count), kFree) {}

  void insert(uint64_t hash, size_t what) {
    const size_t mask = slots_.size() - 1;
    size_t at = hash & mask;
    for (size_t stride = kGroup;; stride += kGroup) {
      for (size_t i = 0; i < kGroup; i++) {
        size_t& slot = slots_[(at + i) & mask];
        if (slot != kFree) continue;
        slot = what;
        return;
      }
      at = (at + stride) & mask;
    }
  }

  const std::vector<size_t>& slots() const { return slots_; }

  static constexpr size_t kFree = SIZE_MAX;

 private:
  std::vector<size_t> slots_;
};

}  // namespace

uint64_t fx_hash(std::string_view text) {
  return finish(add(add(add(0, kText), hash_bytes_fx(text)), 0xff));
}
uint64_t fx_hash(double value) { return hash_of(kReal, std::bit_cast<uint64_t>(value)); }
uint64_t fx_hash(int64_t value) { return hash_of(kInteger, static_cast<uint64_t>(value)); }
uint64_t fx_hash(uint64_t value) { return hash_of(kNatural, value); }
uint64_t fx_hash(bool value) { return hash_of(kBool, value ? 1 : 0); }

std::vector<size_t> fx_order(std::span<const uint64_t> hashes) {
  Table table(hashes.size());
  for (size_t i = 0; i < hashes.size(); i++) table.insert(hashes[i], i);
  std::vector<size_t> order;
  order.reserve(hashes.size());
  for (const size_t slot : table.slots()) {
    if (slot != Table::kFree) order.push_back(slot);
  }
  return order;
}

}  // namespace redstart::search
