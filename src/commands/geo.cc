// Positions, part 1: sorted sets whose scores are positions (core/geohash.h).
#include <string>
#include <vector>

#include "commands/collection.h"
#include "commands/families.h"
#include "commands/geo_args.h"
#include "commands/zset_args.h"
#include "engine/exec_unit.h"

namespace redstart {

namespace {

// ---- GEOADD

// The same call as a ZADD. False: the error has been answered.
bool as_zadd(Context& c, std::vector<std::string>* words) {
  ArgReader args(c.args, 2);
  bool only_new = false, only_existing = false;
  for (bool option = true; option;) {
    option = false;
    if (args.flag("NX")) option = only_new = true;
    if (args.flag("XX")) option = only_existing = true;
    if (args.flag("CH")) option = true;
  }
  *words = {"ZADD", std::string(c.arg(1))};
  for (size_t i = 2; i < args.position(); i++) words->push_back(std::string(c.arg(i)));
  if (args.left() % 3 != 0 || (only_new && only_existing)) args.fail(err::kSyntax);
  while (args.more()) {
    GeoPoint point = read_point(args);
    if (args.ok()) words->push_back(int64_text(static_cast<int64_t>(geo_encode(point))));
    words->push_back(std::string(args.next()));
  }
  if (!args.ok()) c.reply.error(args.error());
  return args.ok();
}

void geoadd(Context& c) {
  std::vector<std::string> words;
  if (!as_zadd(c, &words)) return;
  std::vector<std::string_view> views(words.begin(), words.end());
  Context zadd = c;
  zadd.args = Args(views);
  uint64_t dirty = c.unit.dirty();
  run_zadd(zadd);
  if (c.unit.dirty() != dirty) c.propagate_as(zadd.args);
}
constexpr CommandSpec kGeoadd = {
    .name = "geoadd",
    .arity = -5,
    .flags = kWrite | kDenyOom,
    .group = Group::kGeo,
    .keys = one_key(kKeyRw | kKeyUpdate),
    .args = "key condition=[NX|XX] [CH] data=(longitude:double latitude:double member)+",
    .summary = "Adds members with their positions, or moves those that are there.",
    .since = "3.2.0",
    .complexity = "O(log(N)) per member, N being the size of the set",
    .run = geoadd};

// ---- GEODIST, GEOHASH, GEOPOS

constexpr CommandSpec reader(std::string_view name, int arity, std::string_view args,
                             std::string_view summary, std::string_view complexity, Handler run) {
  return {.name = name,
          .arity = arity,
          .flags = kReadonly,
          .group = Group::kGeo,
          .keys = one_key(kKeyRead),
          .args = args,
          .summary = summary,
          .since = "3.2.0",
          .complexity = complexity,
          .run = run};
}

void geodist(Context& c) {
  double metres = 1;
  if (c.argc() > 5) return c.reply.error(err::kSyntax);
  if (c.argc() == 5) {
    ArgReader args(c.args, 4);
    metres = read_unit(args);
    if (!args.ok()) return c.reply.error(args.error());
  }
  ZsetView zset;
  if (!find(c, c.key(1), &zset)) return;
  double from, to;
  if (!zset.score(c.arg(2), &from) || !zset.score(c.arg(3), &to)) return c.reply.null();
  answer_distance(c.reply, geo_distance(geo_decode(from), geo_decode(to)) / metres);
}
constexpr CommandSpec kGeodist = reader("geodist", -4, "key member1 member2 unit=[M|KM|FT|MI]",
                                        "The distance between two members.", "O(1)", geodist);

void geohash(Context& c) {
  ZsetView zset;
  if (!find(c, c.key(1), &zset)) return;
  c.reply.array(c.argc() - 2);
  for (size_t i = 2; i < c.argc(); i++) {
    double score;
    if (!zset.score(c.arg(i), &score)) {
      c.reply.null();
      continue;
    }
    char text[kGeohashText];
    geo_write_text(text, geo_decode(score));
    c.reply.bulk({text, sizeof text});
  }
}
constexpr CommandSpec kGeohash =
    reader("geohash", -2, "key [member+]", "The positions of members as standard geohash texts.",
           "O(1) per member", geohash);

void geopos(Context& c) {
  ZsetView zset;
  if (!find(c, c.key(1), &zset)) return;
  c.reply.array(c.argc() - 2);
  for (size_t i = 2; i < c.argc(); i++) {
    double score;
    if (!zset.score(c.arg(i), &score)) {
      c.reply.null_array();
    } else {
      answer_point(c.reply, geo_decode(score));
    }
  }
}
constexpr CommandSpec kGeopos =
    reader("geopos", -2, "key [member+]", "The longitudes and latitudes of members.",
           "O(1) per member", geopos);

}  // namespace

std::span<const CommandSpec* const> geo_commands() {
  static constexpr const CommandSpec* kAll[] = {&kGeoadd, &kGeodist, &kGeohash, &kGeopos};
  return kAll;
}

}  // namespace redstart
