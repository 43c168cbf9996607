#include "types/value_digest.h"

#include "base/hex.h"

namespace redstart {
namespace {

std::string_view bytes_of(const Sha1& bits) {
  return {reinterpret_cast<const char*>(bits.data()), bits.size()};
}

}  // namespace

void ValueDigest::add(std::string_view part) {
  Sha1 hash = sha1(part);
  for (size_t i = 0; i < bits_.size(); i++) bits_[i] ^= hash[i];
}

void ValueDigest::mix(std::string_view part) {
  add(part);
  bits_ = sha1(bytes_of(bits_));
}

void ValueDigest::add(const ValueDigest& element) { add(bytes_of(element.bits_)); }

std::string ValueDigest::hex() const { return hex_text(bits_); }

}  // namespace redstart
