// Sorted sets, part 4: unions, intersections and differences, answered, counted or stored.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "commands/families.h"
#include "commands/zset_args.h"
#include "commands/zset_source.h"

namespace redstart {

namespace {

enum class Operation : uint8_t { kUnion, kInter, kDiff };
enum class Aggregate : uint8_t { kSum, kMin, kMax };

struct AlgebraForm {
  Operation operation;
  bool store = false;       // a destination stands before the number of keys
  bool count_only = false;  // ZINTERCARD
};

struct AlgebraCall {
  std::vector<ZsetSource> sources;
  Aggregate aggregate = Aggregate::kSum;
  bool with_scores = false;
  int64_t limit = 0;  // of ZINTERCARD; 0: none
};

// ---- Reading the call

Aggregate read_aggregate(ArgReader& args) {
  if (args.flag("SUM")) return Aggregate::kSum;
  if (args.flag("MIN")) return Aggregate::kMin;
  if (args.flag("MAX")) return Aggregate::kMax;
  args.fail(err::kSyntax);
  return Aggregate::kSum;
}

void read_options(ArgReader& args, AlgebraForm form, AlgebraCall* call) {
  constexpr std::string_view kBadLimit = "ERR LIMIT can't be negative";
  bool weighted = form.operation != Operation::kDiff && !form.count_only;
  while (args.more()) {
    if (weighted && args.option("WEIGHTS", call->sources.size())) {
      for (ZsetSource& source : call->sources) {
        source.weight = args.number("ERR weight value is not a float");
      }
    } else if (weighted && args.option("AGGREGATE")) {
      call->aggregate = read_aggregate(args);
    } else if (!form.store && !form.count_only && args.flag("WITHSCORES")) {
      call->with_scores = true;
    } else if (form.count_only && args.option("LIMIT")) {
      call->limit = args.integer(kBadLimit);
      if (call->limit < 0) args.fail(kBadLimit);
    } else {
      args.fail(err::kSyntax);
    }
  }
}

// Keys are looked up before the options are read: a key of another type is the first complaint.
bool read_algebra(Context& c, AlgebraForm form, AlgebraCall* call) {
  size_t at = form.store ? 2 : 1;
  ArgReader args(c.args, at);
  int64_t keys = args.integer();
  if (args.ok() && keys < 1) {
    args.fail("ERR at least 1 input key is needed for '" + c.command.full_name + "' command");
  }
  if (args.ok() && keys > static_cast<int64_t>(args.left())) args.fail(err::kSyntax);
  if (args.ok()) {
    call->sources.resize(static_cast<size_t>(keys));
    for (ZsetSource& source : call->sources) {
      Key key = c.key(args.position());
      args.next();
      if (!find_source(c, key, &source)) return false;
    }
    read_options(args, form, call);
  }
  if (!args.done()) c.reply.error(args.error());
  return args.ok();
}

// ---- Scores

// Infinity by 0, and the sum of both infinities, count as 0.
double number_or_zero(double value) { return std::isnan(value) ? 0 : value; }

double combine(double one, double other, Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::kSum:
      return number_or_zero(one + other);
    case Aggregate::kMin:
      return other < one ? other : one;
    case Aggregate::kMax:
      return other > one ? other : one;
  }
  return one;
}

// ---- The three operations

// From the smallest to the largest, which is also the order in which scores are added up.
void sort_by_size(std::vector<ZsetSource>* sources) {
  std::stable_sort(sources->begin(), sources->end(),
                   [](const ZsetSource& a, const ZsetSource& b) { return a.size() < b.size(); });
}

void unite(const AlgebraCall& call, ZsetBuilder* result) {
  for (const ZsetSource& source : call.sources) {
    source.visit_until([&](std::string_view member, double score) {
      bool added;
      double weighted = number_or_zero(source.weight * score);
      ZsetItem* item = result->find_or_add(member, weighted, &added);
      if (!added) item->set_score(combine(item->score(), weighted, call.aggregate));
      return false;
    });
  }
}

// Calls visit(member, score) for each common member until it answers true.
template <class Visit>
void visit_common(const AlgebraCall& call, Visit&& visit) {
  const ZsetSource& smallest = call.sources.front();
  smallest.visit_until([&](std::string_view member, double own) {
    double score = number_or_zero(smallest.weight * own);
    for (size_t i = 1; i < call.sources.size(); i++) {
      const ZsetSource& source = call.sources[i];
      double other = own;
      if (!source.same(smallest) && !source.score(member, &other)) return false;
      score = combine(score, source.weight * other, call.aggregate);
    }
    return visit(member, score);
  });
}

void subtract(const AlgebraCall& call, ZsetBuilder* result) {
  const ZsetSource& first = call.sources.front();
  // The largest of the others is the most likely to have a member.
  std::vector<ZsetSource> others(call.sources.begin() + 1, call.sources.end());
  sort_by_size(&others);
  std::reverse(others.begin(), others.end());
  for (const ZsetSource& other : others) {
    if (other.same(first)) return;
  }
  first.visit_until([&](std::string_view member, double score) {
    double ignored;
    for (const ZsetSource& other : others) {
      if (other.score(member, &ignored)) return false;
    }
    result->add(member, score);
    return false;
  });
}

void compute(AlgebraCall* call, Operation operation, ZsetBuilder* result) {
  if (operation == Operation::kDiff) return subtract(*call, result);
  sort_by_size(&call->sources);
  if (operation == Operation::kUnion) return unite(*call, result);
  visit_common(*call, [&](std::string_view member, double score) {
    result->add(member, score);
    return false;
  });
}

// ---- The commands

void answer_algebra(Context& c, Operation operation) {
  AlgebraCall call;
  if (!read_algebra(c, {.operation = operation}, &call)) return;
  ZsetBuilder result(c.engine.type_env());
  compute(&call, operation, &result);
  if (call.with_scores) {
    c.reply.flat_pairs(result.size());
  } else {
    c.reply.array(result.size());
  }
  for (const ZsetItem* item : result.sorted()) {
    if (call.with_scores) c.reply.flat_pair();
    c.reply.bulk(item->member());
    if (call.with_scores) c.reply.dbl(item->score());
  }
}

void store_algebra(Context& c, Operation operation, const Event& event) {
  AlgebraCall call;
  if (!read_algebra(c, {.operation = operation, .store = true}, &call)) return;
  ZsetBuilder builder(c.engine.type_env());
  compute(&call, operation, &builder);
  auto count = static_cast<int64_t>(builder.size());
  Zset result = builder.finish();
  store(c, c.key(1), result, event);
  c.reply.integer(count);
}

constexpr KeySpecs keys_of_algebra(bool store) {
  KeySpecs specs;
  if (store) specs.items[specs.count++] = one_key(kKeyOw | kKeyUpdate).items[0];
  specs.items[specs.count++] = counted_keys(kKeyRead, store ? 2 : 1);
  return specs;
}

constexpr CommandSpec algebra(std::string_view name, bool store, std::string_view args,
                              std::string_view summary, std::string_view since,
                              std::string_view complexity, Handler run) {
  return {.name = name,
          .arity = store ? -4 : -3,
          .flags = store ? kWrite | kDenyOom : uint32_t{kReadonly},
          .group = Group::kSortedSet,
          .keys = keys_of_algebra(store),
          .args = args,
          .summary = summary,
          .since = since,
          .complexity = complexity,
          .run = run};
}

constexpr std::string_view kUnionCost =
    "O(N)+O(M*log(M)), N being the size of all sets and M that of the result";
constexpr std::string_view kInterCost =
    "O(N*K)+O(M*log(M)), N being the size of the smallest of K sets and M that of the result";
constexpr std::string_view kDiffCost =
    "O(N*K)+O(M*log(M)), N being the size of the first of K sets and M that of the result";

void zunion(Context& c) { answer_algebra(c, Operation::kUnion); }
constexpr CommandSpec kZunion = algebra(
    "zunion", false,
    "numkeys:integer key+ [WEIGHTS weight:integer+] [AGGREGATE aggregate=(SUM|MIN|MAX)] "
    "[WITHSCORES]",
    "The members of any of the sorted sets, with combined scores.", "6.2.0", kUnionCost, zunion);

void zinter(Context& c) { answer_algebra(c, Operation::kInter); }
constexpr CommandSpec kZinter = algebra(
    "zinter", false,
    "numkeys:integer key+ [WEIGHTS weight:integer+] [AGGREGATE aggregate=(SUM|MIN|MAX)] "
    "[WITHSCORES]",
    "The members of all of the sorted sets, with combined scores.", "6.2.0", kInterCost, zinter);

void zdiff(Context& c) { answer_algebra(c, Operation::kDiff); }
constexpr CommandSpec kZdiff =
    algebra("zdiff", false, "numkeys:integer key+ [WITHSCORES]",
            "The members of the first sorted set that are in none of the others.", "6.2.0",
            kDiffCost, zdiff);

void zunionstore(Context& c) { store_algebra(c, Operation::kUnion, event::kZunionStore); }
constexpr CommandSpec kZunionstore =
    algebra("zunionstore", true,
            "destination:key numkeys:integer key+ [WEIGHTS weight:integer+] "
            "[AGGREGATE aggregate=(SUM|MIN|MAX)]",
            "Stores the members of any of the sorted sets, with combined scores.", "2.0.0",
            kUnionCost, zunionstore);

void zinterstore(Context& c) { store_algebra(c, Operation::kInter, event::kZinterStore); }
constexpr CommandSpec kZinterstore =
    algebra("zinterstore", true,
            "destination:key numkeys:integer key+ [WEIGHTS weight:integer+] "
            "[AGGREGATE aggregate=(SUM|MIN|MAX)]",
            "Stores the members of all of the sorted sets, with combined scores.", "2.0.0",
            kInterCost, zinterstore);

void zdiffstore(Context& c) { store_algebra(c, Operation::kDiff, event::kZdiffStore); }
constexpr CommandSpec kZdiffstore =
    algebra("zdiffstore", true, "destination:key numkeys:integer key+",
            "Stores the members of the first sorted set that are in none of the others.", "6.2.0",
            kDiffCost, zdiffstore);

void zintercard(Context& c) {
  AlgebraCall call;
  if (!read_algebra(c, {.operation = Operation::kInter, .count_only = true}, &call)) return;
  sort_by_size(&call.sources);
  int64_t count = 0;
  visit_common(call, [&](std::string_view, double) { return ++count == call.limit; });
  c.reply.integer(count);
}
constexpr CommandSpec kZintercard =
    algebra("zintercard", false, "numkeys:integer key+ [LIMIT limit:integer]",
            "Counts the members that all of the sorted sets have.", "7.0.0",
            "O(N*K), N being the size of the smallest of K sets", zintercard);

}  // namespace

std::span<const CommandSpec* const> zset_algebra_commands() {
  static constexpr const CommandSpec* kAll[] = {
      &kZunion, &kZinter, &kZdiff, &kZunionstore, &kZinterstore, &kZdiffstore, &kZintercard};
  return kAll;
}

}  // namespace redstart
