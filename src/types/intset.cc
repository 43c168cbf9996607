#include "types/intset.h"

#include <algorithm>

#include "base/slab.h"

namespace redstart {
namespace {

size_t width_of(int64_t number) {
  if (number >= INT16_MIN && number <= INT16_MAX) return 2;
  if (number >= INT32_MIN && number <= INT32_MAX) return 4;
  return 8;
}

void store_header(uint8_t* bytes, size_t width, size_t count) {
  uint32_t header[] = {static_cast<uint32_t>(width), static_cast<uint32_t>(count)};
  std::memcpy(bytes, header, sizeof header);
}

}  // namespace

int64_t IntsetView::at(size_t index) const {
  const uint8_t* from = bytes_ + kHeader + index * width();
  switch (width()) {
    case 2:
      return load<int16_t>(from);
    case 4:
      return load<int32_t>(from);
    default:
      return load<int64_t>(from);
  }
}

size_t IntsetView::lower_bound(int64_t number) const {
  size_t low = 0, high = count();
  while (low < high) {
    size_t middle = (low + high) / 2;
    at(middle) < number ? low = middle + 1 : high = middle;
  }
  return low;
}

bool IntsetView::contains(int64_t number) const {
  if (width_of(number) > width()) return false;
  size_t index = lower_bound(number);
  return index < count() && at(index) == number;
}

const char* IntsetView::validate(std::string_view bytes) {
  if (bytes.size() < kHeader) return "the intset has no header";
  IntsetView view(reinterpret_cast<const uint8_t*>(bytes.data()));
  size_t width = view.width();
  if (width != 2 && width != 4 && width != 8) return "the intset has a width that does not exist";
  if (bytes.size() != byte_size(width, view.count())) return "the intset's count is wrong";
  for (size_t i = 1; i < view.count(); i++) {
    if (view.at(i - 1) >= view.at(i)) return "the intset is not in order";
  }
  return nullptr;
}

uint8_t* Intset::make(Slab& slab) {
  auto* bytes = static_cast<uint8_t*>(slab.allocate(kHeader));
  store_header(bytes, 2, 0);
  return bytes;
}

uint8_t* Intset::copy(Slab& slab, std::string_view bytes) {
  auto* copy = static_cast<uint8_t*>(slab.allocate(bytes.size()));
  std::memcpy(copy, bytes.data(), bytes.size());
  return copy;
}

void Intset::destroy(Slab& slab, uint8_t* bytes) {
  slab.release(bytes, IntsetView(bytes).bytes().size());
}

bool Intset::add(int64_t number) {
  if (width_of(number) > width()) widen(width_of(number));
  size_t index = lower_bound(number), total = count();
  if (index < total && at(index) == number) return false;
  resize(width(), total + 1);
  uint8_t* at = block() + kHeader + index * width();
  std::memmove(at + width(), at, (total - index) * width());
  put(index, number);
  return true;
}

bool Intset::erase(int64_t number) {
  if (!contains(number)) return false;
  size_t index = lower_bound(number), total = count();
  uint8_t* at = block() + kHeader + index * width();
  std::memmove(at, at + width(), (total - index - 1) * width());
  resize(width(), total - 1);
  return true;
}

void Intset::put(size_t index, int64_t number) {
  // The low bytes come first.
  std::memcpy(block() + kHeader + index * width(), &number, width());
}

// Keeps the bytes up to the shorter of both sizes.
void Intset::resize(size_t width, size_t count) {
  size_t before = bytes().size(), after = byte_size(width, count);
  if (Slab::class_size(before) != Slab::class_size(after)) {
    auto* moved = static_cast<uint8_t*>(slab_.allocate(after));
    std::memcpy(moved, bytes_, std::min(before, after));
    slab_.release(block(), before);
    bytes_ = moved;
  }
  store_header(block(), width, count);
}

void Intset::widen(size_t width) {
  Intset narrow(slab_, block());
  size_t total = count();
  auto* wide = static_cast<uint8_t*>(slab_.allocate(byte_size(width, total)));
  store_header(wide, width, total);
  bytes_ = wide;
  for (size_t i = 0; i < total; i++) put(i, narrow.at(i));
  destroy(slab_, narrow.block());
}

}  // namespace redstart
