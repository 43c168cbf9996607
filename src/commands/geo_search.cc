// Positions, part 2: which members are inside a circle or a box; GEOSEARCH and its older relatives.
#include <algorithm>
#include <string>
#include <vector>

#include "commands/collection.h"
#include "commands/families.h"
#include "commands/geo_args.h"
#include "commands/zset_args.h"

namespace redstart {

namespace {

enum class Order : uint8_t { kNone, kAscending, kDescending };

// What differs between the commands of this family.
struct SearchForm {
  enum class Centre : uint8_t { kOption, kPoint, kMember };
  Centre centre = Centre::kOption;  // where the centre is given: GEORADIUS has it as arguments
  bool to_store = false;            // GEOSEARCHSTORE: the destination comes first
  bool may_store = false;           // GEORADIUS: STORE and STOREDIST name a destination

  bool by_options() const { return centre == Centre::kOption; }
  size_t source() const { return to_store ? 2 : 1; }
};

struct SearchCall {
  ZsetView zset;
  GeoShape shape;
  double unit = 1;  // metres
  bool from_member = false, from_point = false, by_radius = false, by_box = false;
  bool with_distance = false, with_hash = false, with_point = false;
  Order order = Order::kNone;
  int64_t count = 0;    // 0: all
  bool any = false;     // the first that are found will do
  size_t store_at = 0;  // the destination's position; 0: none
  bool store_distance = false;
};

struct Found {
  std::string member;
  GeoPoint point;
  double distance;  // metres
  double score;
};

// ---- Reading the call

void read_radius(ArgReader& args, SearchCall* call) {
  call->shape.kind = GeoShape::Kind::kCircle;
  call->shape.radius = args.number("ERR need numeric radius");
  if (args.ok() && call->shape.radius < 0) args.fail("ERR radius cannot be negative");
  call->unit = read_unit(args);
  call->shape.radius *= call->unit;
}

void read_box(ArgReader& args, SearchCall* call) {
  GeoShape& shape = call->shape;
  shape.kind = GeoShape::Kind::kBox;
  shape.width = args.number("ERR need numeric width");
  shape.height = args.number("ERR need numeric height");
  if (args.ok() && (shape.width < 0 || shape.height < 0)) {
    args.fail("ERR height or width cannot be negative");
  }
  call->unit = read_unit(args);
  shape.width *= call->unit;
  shape.height *= call->unit;
}

// The member must be there, unless there is no set at all: then the answer is empty anyway.
void read_member(ArgReader& args, SearchCall* call) {
  std::string_view member = args.next();
  double score;
  if (call->zset.empty()) return;
  if (!call->zset.score(member, &score)) {
    return args.fail("ERR could not decode requested zset member");
  }
  call->shape.centre = geo_decode(score);
}

void read_count(ArgReader& args, SearchCall* call) {
  call->count = args.integer();
  if (args.ok() && call->count <= 0) args.fail("ERR COUNT must be > 0");
}

// An option of GEOSEARCH and GEOSEARCHSTORE alone.
bool take_search_option(ArgReader& args, SearchForm form, SearchCall* call) {
  if (!form.by_options()) return false;
  if (form.to_store && args.flag("STOREDIST")) return call->store_distance = true;
  if (!call->from_point && args.option("FROMMEMBER")) {
    read_member(args, call);
    return call->from_member = true;
  }
  if (!call->from_member && args.option("FROMLONLAT", 2)) {
    call->shape.centre = read_point(args);
    return call->from_point = true;
  }
  if (!call->by_box && args.option("BYRADIUS", 2)) {
    read_radius(args, call);
    return call->by_radius = true;
  }
  if (!call->by_radius && args.option("BYBOX", 3)) {
    read_box(args, call);
    return call->by_box = true;
  }
  return false;
}

void read_options(ArgReader& args, SearchForm form, SearchCall* call) {
  while (args.more()) {
    if (args.flag("WITHDIST")) {
      call->with_distance = true;
    } else if (args.flag("WITHHASH")) {
      call->with_hash = true;
    } else if (args.flag("WITHCOORD")) {
      call->with_point = true;
    } else if (args.flag("ANY")) {
      call->any = true;
    } else if (args.flag("ASC")) {
      call->order = Order::kAscending;
    } else if (args.flag("DESC")) {
      call->order = Order::kDescending;
    } else if (args.option("COUNT")) {
      read_count(args, call);
    } else if (form.may_store && args.option("STORE")) {
      call->store_distance = false;
      call->store_at = args.position();
      args.next();
    } else if (form.may_store && args.option("STOREDIST")) {
      call->store_distance = true;
      call->store_at = args.position();
      args.next();
    } else if (!take_search_option(args, form, call)) {
      args.fail(err::kSyntax);
    }
  }
}

// Options that are right by themselves but not together.
void check_options(const Context& c, SearchForm form, const SearchCall& call, ArgReader* args) {
  std::string name(c.arg(0));
  if (call.store_at != 0 && (call.with_distance || call.with_hash || call.with_point)) {
    args->fail(std::string("ERR ") +
               (form.to_store ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS") +
               " is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
  }
  if (form.by_options() && !call.from_member && !call.from_point) {
    args->fail("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for " + name);
  }
  if (form.by_options() && !call.by_radius && !call.by_box) {
    args->fail("ERR exactly one of BYRADIUS and BYBOX can be specified for " + name);
  }
  if (call.any && call.count == 0) args->fail("ERR the ANY argument requires COUNT argument");
}

bool read_search(Context& c, SearchForm form, SearchCall* call) {
  if (!find(c, c.key(form.source()), &call->zset)) return false;
  if (form.to_store) call->store_at = 1;
  ArgReader args(c.args, form.source() + 1);
  if (form.centre == SearchForm::Centre::kPoint) call->shape.centre = read_point(args);
  if (form.centre == SearchForm::Centre::kMember) read_member(args, call);
  if (!form.by_options()) {
    if (form.centre == SearchForm::Centre::kMember && call->zset.empty()) {
      // Redis does not look at the radius then.
      args.next();
      args.next();
    } else {
      read_radius(args, call);
    }
  }
  read_options(args, form, call);
  if (args.ok()) check_options(c, form, *call, &args);
  if (!args.ok()) c.reply.error(args.error());
  return args.ok();
}

// ---- Searching

std::vector<Found> search(const SearchCall& call) {
  std::vector<Found> found;
  size_t enough = call.any ? static_cast<size_t>(call.count) : SIZE_MAX;
  GeoCover cover = geo_cover(call.shape);
  for (size_t i = 0; i < cover.count && found.size() < enough; i++) {
    ScoreRange scores{static_cast<double>(cover.ranges[i].low),
                      static_cast<double>(cover.ranges[i].high), false, true};
    call.zset.visit_until(call.zset.range(scores), false,
                          [&](std::string_view member, double score) {
                            GeoPoint point = geo_decode(score);
                            double distance;
                            if (call.shape.contains(point, &distance)) {
                              found.push_back({std::string(member), point, distance, score});
                            }
                            return found.size() >= enough;
                          });
  }
  return found;
}

// Puts the nearest or farthest first and cuts what is too much.
void arrange(const SearchCall& call, std::vector<Found>* found) {
  Order order = call.order;
  // The nearest are meant, unless any will do.
  if (call.count > 0 && !call.any && order == Order::kNone) order = Order::kAscending;
  if (order != Order::kNone) {
    bool descending = order == Order::kDescending;
    std::stable_sort(found->begin(), found->end(), [&](const Found& a, const Found& b) {
      return descending ? b.distance < a.distance : a.distance < b.distance;
    });
  }
  if (call.count > 0 && found->size() > static_cast<size_t>(call.count)) {
    found->resize(static_cast<size_t>(call.count));
  }
}

// ---- Answering

void answer_found(Reply& reply, const SearchCall& call, const std::vector<Found>& found) {
  reply.array(found.size());
  size_t extras = call.with_distance + call.with_hash + call.with_point;
  for (const Found& element : found) {
    if (extras > 0) reply.array(1 + extras);
    reply.bulk(element.member);
    if (call.with_distance) answer_distance(reply, element.distance / call.unit);
    if (call.with_hash) reply.integer(static_cast<int64_t>(element.score));
    if (call.with_point) answer_point(reply, element.point);
  }
}

void store_found(Context& c, SearchForm form, const SearchCall& call,
                 const std::vector<Found>& found) {
  ZsetBuilder builder(c.engine.type_env());
  for (const Found& element : found) {
    builder.add(element.member, call.store_distance ? element.distance / call.unit : element.score);
  }
  Zset result = builder.finish();
  store(c, c.key(call.store_at), result,
        form.by_options() ? event::kGeoSearchStore : event::kGeoRadiusStore);
  c.reply.integer(static_cast<int64_t>(found.size()));
}

void run_search(Context& c, SearchForm form) {
  SearchCall call;
  if (!read_search(c, form, &call)) return;
  std::vector<Found> found;
  if (!call.zset.empty()) found = search(call);
  arrange(call, &found);
  if (call.store_at != 0) {
    store_found(c, form, call, found);
  } else {
    answer_found(c.reply, call, found);
  }
}

// ---- The commands

constexpr std::string_view kSearchCost =
    "O(N+log(M)), N being the members around the shape and M those inside";

constexpr SearchForm kOptions{};
constexpr SearchForm kStored{.to_store = true};
constexpr SearchForm kAroundPoint{.centre = SearchForm::Centre::kPoint};
constexpr SearchForm kAroundMember{.centre = SearchForm::Centre::kMember};
constexpr SearchForm kAroundPointMayStore{.centre = SearchForm::Centre::kPoint, .may_store = true};
constexpr SearchForm kAroundMemberMayStore{.centre = SearchForm::Centre::kMember,
                                           .may_store = true};

void geosearch(Context& c) { run_search(c, kOptions); }
constexpr CommandSpec kGeosearch = {
    .name = "geosearch",
    .arity = -7,
    .flags = kReadonly,
    .group = Group::kGeo,
    .keys = one_key(kKeyRead),
    .args =
        "key from=(FROMMEMBER member|FROMLONLAT fromlonlat=(longitude:double latitude:double)) "
        "by=(circle=(BYRADIUS radius:double unit=(M|KM|FT|MI))|"
        "box=(BYBOX width:double height:double unit=(M|KM|FT|MI))) "
        "order=[ASC|DESC] count-block=[(COUNT count:integer [ANY])] [WITHCOORD] [WITHDIST] "
        "[WITHHASH]",
    .summary = "The members inside a circle or a box.",
    .since = "6.2.0",
    .complexity = kSearchCost,
    .run = geosearch};

void geosearchstore(Context& c) { run_search(c, kStored); }
constexpr CommandSpec kGeosearchstore = {
    .name = "geosearchstore",
    .arity = -8,
    .flags = kWrite | kDenyOom,
    .group = Group::kGeo,
    .keys = two_keys(kKeyOw | kKeyUpdate, kKeyRead),
    .args =
        "destination:key source:key "
        "from=(FROMMEMBER member|FROMLONLAT fromlonlat=(longitude:double latitude:double)) "
        "by=(circle=(BYRADIUS radius:double unit=(M|KM|FT|MI))|"
        "box=(BYBOX width:double height:double unit=(M|KM|FT|MI))) "
        "order=[ASC|DESC] count-block=[(COUNT count:integer [ANY])] [STOREDIST]",
    .summary = "Stores the members inside a circle or a box.",
    .since = "6.2.0",
    .complexity = kSearchCost,
    .run = geosearchstore};

// The key, and the destination behind STORE or STOREDIST, which are looked for from `options` on.
constexpr KeySpecs keys_of_georadius(int options) {
  KeySpecs specs = one_key(kKeyRead);
  for (std::string_view word : {"STORE", "STOREDIST"}) {
    specs.items[specs.count++] = {.flags = kKeyOw | kKeyUpdate,
                                  .begin = KeySpec::Begin::kKeyword,
                                  .index = static_cast<int16_t>(options),
                                  .keyword = word};
  }
  return specs;
}

constexpr CommandSpec old_search(std::string_view name, int arity, KeySpecs keys,
                                 std::string_view args, std::string_view summary,
                                 std::string_view since, std::string_view deprecated, Handler run) {
  return {.name = name,
          .arity = arity,
          .flags = keys.count > 1 ? kWrite | kDenyOom : uint32_t{kReadonly},
          .group = Group::kGeo,
          .keys = keys,
          .args = args,
          .summary = summary,
          .since = since,
          .complexity = kSearchCost,
          .deprecated = deprecated,
          .run = run};
}

void georadius(Context& c) { run_search(c, kAroundPointMayStore); }
constexpr CommandSpec kGeoradius = old_search(
    "georadius", -6, keys_of_georadius(6),
    "key longitude:double latitude:double radius:double unit=(M|KM|FT|MI) [WITHCOORD] [WITHDIST] "
    "[WITHHASH] count-block=[(COUNT count:integer [ANY])] order=[ASC|DESC] "
    "store=[STORE storekey:key|STOREDIST storedistkey:key]",
    "The members inside a circle around a point, answered or stored.", "3.2.0",
    "6.2.0:`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument", georadius);

void georadius_ro(Context& c) { run_search(c, kAroundPoint); }
constexpr CommandSpec kGeoradiusRo = old_search(
    "georadius_ro", -6, one_key(kKeyRead),
    "key longitude:double latitude:double radius:double unit=(M|KM|FT|MI) [WITHCOORD] [WITHDIST] "
    "[WITHHASH] count-block=[(COUNT count:integer [ANY])] order=[ASC|DESC]",
    "The members inside a circle around a point.", "3.2.10",
    "6.2.0:`GEOSEARCH` with the `BYRADIUS` argument", georadius_ro);

void georadiusbymember(Context& c) { run_search(c, kAroundMemberMayStore); }
constexpr CommandSpec kGeoradiusbymember = old_search(
    "georadiusbymember", -5, keys_of_georadius(5),
    "key member radius:double unit=(M|KM|FT|MI) [WITHCOORD] [WITHDIST] [WITHHASH] "
    "count-block=[(COUNT count:integer [ANY])] order=[ASC|DESC] "
    "store=[STORE storekey:key|STOREDIST storedistkey:key]",
    "The members inside a circle around a member, answered or stored.", "3.2.0",
    "6.2.0:`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments",
    georadiusbymember);

void georadiusbymember_ro(Context& c) { run_search(c, kAroundMember); }
constexpr CommandSpec kGeoradiusbymemberRo = old_search(
    "georadiusbymember_ro", -5, one_key(kKeyRead),
    "key member radius:double unit=(M|KM|FT|MI) [WITHCOORD] [WITHDIST] [WITHHASH] "
    "count-block=[(COUNT count:integer [ANY])] order=[ASC|DESC]",
    "The members inside a circle around a member.", "3.2.10",
    "6.2.0:`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments", georadiusbymember_ro);

}  // namespace

std::span<const CommandSpec* const> geo_search_commands() {
  static constexpr const CommandSpec* kAll[] = {&kGeosearch,         &kGeosearchstore,
                                                &kGeoradius,         &kGeoradiusRo,
                                                &kGeoradiusbymember, &kGeoradiusbymemberRo};
  return kAll;
}

}  // namespace redstart
