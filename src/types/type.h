// What a key can hold.
#pragma once

#include <cstdint>

namespace redstart {

enum class Type : uint8_t {
  kString, kList, kSet, kZset, kHash, kStream, kJson, kIndex, kArray, kVector
};
inline constexpr int kTypeCount = 10;

}  // namespace redstart
