// What the sorted set commands share: ranges as clients write them, elements as clients read them,
// and the rows' common parts.
#pragma once

#include <string_view>

#include "commands/collection.h"
#include "engine/arg_reader.h"
#include "engine/context.h"
#include "types/zset.h"

namespace redstart {

namespace event {
inline constexpr Event kZadd{EventClass::kZset, "zadd"};
inline constexpr Event kZincr{EventClass::kZset, "zincr"};
inline constexpr Event kZrem{EventClass::kZset, "zrem"};
inline constexpr Event kZremRangeByRank{EventClass::kZset, "zremrangebyrank"};
inline constexpr Event kZremRangeByScore{EventClass::kZset, "zremrangebyscore"};
inline constexpr Event kZremRangeByLex{EventClass::kZset, "zremrangebylex"};
inline constexpr Event kZrangeStore{EventClass::kZset, "zrangestore"};
inline constexpr Event kZunionStore{EventClass::kZset, "zunionstore"};
inline constexpr Event kZinterStore{EventClass::kZset, "zinterstore"};
inline constexpr Event kZdiffStore{EventClass::kZset, "zdiffstore"};
inline constexpr Event kZpopMin{EventClass::kZset, "zpopmin"};
inline constexpr Event kZpopMax{EventClass::kZset, "zpopmax"};
inline constexpr Event kGeoSearchStore{EventClass::kZset, "geosearchstore"};
inline constexpr Event kGeoRadiusStore{EventClass::kZset, "georadiusstore"};
}  // namespace event

// "5", "(5", "-inf": a bound of scores.
bool parse_score_range(std::string_view low, std::string_view high, ScoreRange* range);
// "[a", "(a", "-", "+": a bound of members.
bool parse_lex_range(std::string_view low, std::string_view high, LexRange* range);

// The elements of a range as one reply: members, or members with scores.
void answer_elements(Reply& reply, const ZsetView& zset, RankRange range, bool reverse,
                     bool with_scores);

// ZADD, for those whose calls become one.
void run_zadd(Context& c);

constexpr CommandSpec zset_reader(std::string_view name, int arity, std::string_view args,
                                  std::string_view summary, std::string_view since,
                                  std::string_view complexity, Handler run, uint32_t flags = 0) {
  return {.name = name,
          .arity = arity,
          .flags = kReadonly | flags,
          .group = Group::kSortedSet,
          .keys = one_key(kKeyRead),
          .args = args,
          .summary = summary,
          .since = since,
          .complexity = complexity,
          .run = run};
}

constexpr CommandSpec zset_writer(std::string_view name, int arity, std::string_view args,
                                  std::string_view summary, std::string_view since,
                                  std::string_view complexity, Handler run, uint16_t key_flags,
                                  uint32_t flags = 0) {
  return {.name = name,
          .arity = arity,
          .flags = kWrite | flags,
          .group = Group::kSortedSet,
          .keys = one_key(key_flags),
          .args = args,
          .summary = summary,
          .since = since,
          .complexity = complexity,
          .run = run};
}

// Keys behind their number, which stands at `position`.
constexpr KeySpec counted_keys(uint16_t flags, int position) {
  return {.flags = flags,
          .begin = KeySpec::Begin::kIndex,
          .index = static_cast<int16_t>(position),
          .find = KeySpec::Find::kCount,
          .a = 0,
          .b = 1,
          .c = 1};
}

}  // namespace redstart
