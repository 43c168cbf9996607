// Sorted integers in one block: the layout of Redis's RDB files.
//
//   | width u32 | count u32 | number | number | ...        little endian, width 2, 4 or 8 bytes
//
// The width is that of the widest number ever added.
//
// Cost: find O(log n), a change moves what stands behind it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace redstart {

class Slab;

class IntsetView {
 public:
  explicit IntsetView(const uint8_t* bytes) : bytes_(bytes) {}

  size_t count() const { return load<uint32_t>(bytes_ + 4); }
  // REQUIRES: index < count().
  int64_t at(size_t index) const;
  // Where the number stands, or would have to stand.
  size_t lower_bound(int64_t number) const;
  bool contains(int64_t number) const;
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_), byte_size(width(), count())};
  }
  // For tests and for bytes from outside.
  static const char* validate(std::string_view bytes);

 protected:
  static constexpr size_t kHeader = 8;
  static_assert(std::endian::native == std::endian::little);

  template <typename T>
  static T load(const uint8_t* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  static size_t byte_size(size_t width, size_t count) { return kHeader + width * count; }
  size_t width() const { return load<uint32_t>(bytes_); }

  const uint8_t* bytes_;
};

// Changes a block that somebody else keeps as a bare pointer: bytes() tells where it is now.
class Intset : public IntsetView {
 public:
  Intset(Slab& slab, uint8_t* bytes) : IntsetView(bytes), slab_(slab) {}
  static uint8_t* make(Slab& slab);  // empty
  static uint8_t* copy(Slab& slab, std::string_view bytes);
  static void destroy(Slab& slab, uint8_t* bytes);

  uint8_t* block() const { return const_cast<uint8_t*>(bytes_); }
  bool add(int64_t number);
  bool erase(int64_t number);

 private:
  void put(size_t index, int64_t number);
  void resize(size_t width, size_t count);
  void widen(size_t width);

  Slab& slab_;
};

}  // namespace redstart
