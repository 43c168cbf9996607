// SCAN: a walk over all keys in small steps.
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "commands/families.h"
#include "commands/type_names.h"
#include "core/glob.h"
#include "engine/arg_reader.h"
#include "engine/context.h"
#include "keyspace/entry.h"

namespace redstart {

namespace {

struct ScanOptions {
  std::string_view pattern = "*";
  int64_t count = 10;
  std::optional<Type> type;
  bool with_types = false;
};

// The first bad option is the error, as it stands: nothing is read beyond it.
bool read_scan_options(ArgReader& args, Dialect dialect, ScanOptions* options) {
  while (args.more()) {
    if (args.option("COUNT")) {
      options->count = args.integer();
      if (options->count < 1) args.fail(err::kSyntax);
    } else if (args.option("MATCH")) {
      options->pattern = args.next();
    } else if (args.option("TYPE")) {
      std::string_view name = args.next();
      options->type = type_of_name(name, dialect);
      if (!options->type) args.fail("ERR unknown type name '" + std::string(name) + "'");
    } else if (args.flag("WITHTYPE")) {
      options->with_types = true;
    } else if (args.flag("NOVALUES")) {
      args.fail("ERR NOVALUES option can only be used in HSCAN");
    } else {
      args.fail(err::kSyntax);
    }
  }
  return args.ok();
}

// One step of the walk. For Redis COUNT is the work: how many keys are looked at. For Upstash it
// is the answer: how many keys are returned, so that a filter that rejects most of them still
// finds what it looks for; the work then has a limit of its own.
uint64_t scan_step(Context& c, uint64_t cursor, const ScanOptions& options,
                   std::vector<const Entry*>* found) {
  constexpr int64_t kLooksMax = 4096;
  bool count_found = c.session.dialect == Dialect::kUpstash;
  bool match_all = options.pattern == "*";
  int64_t looked_at = 0;
  auto visit = [&](const Entry& entry) {
    looked_at++;
    if ((!options.type || entry.type() == *options.type) &&
        (match_all || glob_match(options.pattern, entry.key()))) {
      found->push_back(&entry);
    }
    if (!count_found) return looked_at >= options.count;
    return static_cast<int64_t>(found->size()) >= options.count || looked_at >= kLooksMax;
  };
  return c.keys.scan(cursor, visit, options.type);
}

void scan(Context& c) {
  uint64_t cursor = 0;
  if (!parse_uint64(c.arg(1), &cursor)) return c.reply.error(err::kInvalidCursor);
  ArgReader args(c.args, 2);
  ScanOptions options;
  if (!read_scan_options(args, c.session.dialect, &options)) return c.reply.error(args.error());
  // Entries stay where they are until the next change of the keyspace, which is after the reply.
  std::vector<const Entry*> found;
  cursor = scan_step(c, cursor, options, &found);
  char text[kIntTextMax];
  c.reply.array(2);
  c.reply.bulk({text, write_uint64(text, cursor)});
  c.reply.array(found.size() * (options.with_types ? 2 : 1));
  for (const Entry* entry : found) {
    c.reply.bulk(entry->key());
    if (options.with_types) c.reply.bulk(type_name(entry->type(), c.session.dialect));
  }
}
constexpr CommandSpec kScan = {
    .name = "scan",
    .arity = -2,
    .flags = kReadonly | kTouchesArbitraryKeys,
    .args = "cursor:integer [MATCH pattern:pattern] [COUNT count:integer] [TYPE type] [WITHTYPE]",
    .summary = "Walks over all keys, some of them per call.",
    .since = "2.8.0",
    .complexity = "O(1) per call, O(N) for a whole walk over N keys",
    .tips = "nondeterministic_output,request_policy:special,response_policy:special",
    .run = scan};

}  // namespace

std::span<const CommandSpec* const> scan_commands() {
  static constexpr const CommandSpec* kAll[] = {&kScan};
  return kAll;
}

}  // namespace redstart
