// A small sorted set: a listpack of member, score, member, score ..., ordered by (score, member);
// byte for byte what Redis keeps, dumps and saves. A score that is an integer is stored as one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/listpack.h"

namespace redstart::zset_pack {

inline size_t size(ListpackView pack) { return pack.count() / 2; }

// The score that stands behind the member at `pos`.
double score_behind(ListpackView pack, uint32_t pos);
// Where the member is, end() if it is not there.
inline uint32_t find(ListpackView pack, std::string_view member) {
  return pack.find(pack.first(), member, 1);
}
// Negative, 0 or positive, as bytes compare.
int compare_member(ListpackView pack, uint32_t pos, std::string_view member);

// How many elements stand before `pos`.
size_t rank_of(ListpackView pack, uint32_t pos);
inline uint32_t seek_rank(ListpackView pack, size_t rank) {
  return pack.seek(static_cast<int64_t>(rank * 2));
}

// REQUIRES: the member is not there.
void insert(Listpack* pack, double score, std::string_view member);
void append(Listpack* pack, double score, std::string_view member);
// Gives the element at `pos`, which is `member`, another score and its new place.
void set_score(Listpack* pack, uint32_t pos, double score, std::string_view member);

}  // namespace redstart::zset_pack
