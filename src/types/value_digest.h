// The digest of DEBUG DIGEST and DIGEST-VALUE, computed as Redis computes it, so that both can be
// compared: SHA-1 of parts, combined so that order counts (mix) or does not (add).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace redstart {

class ValueDigest {
 public:
  // The order of parts that are added makes no difference; two equal parts cancel each other.
  void add(std::string_view part);
  // The order of parts that are mixed in counts.
  void mix(std::string_view part);
  // An element of several parts, whose order counts inside of it only: the keys of a database.
  void add(const ValueDigest& element);

  std::string hex() const;  // 40 digits

 private:
  Sha1 bits_ = {};
};

}  // namespace redstart
