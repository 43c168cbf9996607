// A member of a large sorted set with its score, in one allocation: score, length, bytes. A member
// of 16 bytes takes 28. The hash table and the order both point to it.
#pragma once

#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

#include "base/slab.h"

namespace redstart {

class ZsetItem {
 public:
  static ZsetItem* make(Slab& slab, double score, std::string_view member) {
    auto* item = new (slab.allocate(bytes_for(member.size()))) ZsetItem;
    std::memcpy(item->score_, &score, sizeof score);
    item->length_ = static_cast<uint8_t>(member.size() < kLong ? member.size() : kLong);
    if (member.size() >= kLong) {
      auto length = static_cast<uint32_t>(member.size());
      std::memcpy(item->rest_, &length, sizeof length);
    }
    std::memcpy(item->rest_ + item->text_begin(), member.data(), member.size());
    return item;
  }
  void release(Slab& slab) { slab.release(this, bytes_for(member().size())); }

  double score() const {
    double score;
    std::memcpy(&score, score_, sizeof score);
    return score;
  }
  void set_score(double score) { std::memcpy(score_, &score, sizeof score); }

  std::string_view member() const {
    uint32_t length = length_;
    if (length == kLong) std::memcpy(&length, rest_, sizeof length);
    return {reinterpret_cast<const char*>(rest_) + text_begin(), length};
  }
  // As the slab counts it.
  size_t allocated_bytes() const { return Slab::class_size(bytes_for(member().size())); }

  bool before(const ZsetItem* other) const {
    double mine = score(), its = other->score();
    return mine != its ? mine < its : member() < other->member();
  }

 private:
  static constexpr uint8_t kLong = 255;  // the length follows in four bytes

  static size_t bytes_for(size_t length) {
    return sizeof(ZsetItem) + (length < kLong ? 0 : sizeof(uint32_t)) + length;
  }
  size_t text_begin() const { return length_ == kLong ? sizeof(uint32_t) : 0; }

  uint8_t score_[sizeof(double)];  // first: BpTree looks for it there
  uint8_t length_;
  uint8_t rest_[];
};

}  // namespace redstart
