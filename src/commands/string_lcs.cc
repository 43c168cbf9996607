// LCS: what two strings have in common. The algorithm stands in core/lcs.h.
#include <algorithm>

#include "commands/families.h"
#include "commands/string_access.h"
#include "core/lcs.h"
#include "engine/arg_reader.h"
#include "engine/engine.h"

namespace redstart {

namespace {

struct LcsOptions {
  bool length = false, matches = false, match_lengths = false;
  int64_t match_length_min = 0;
};

std::string_view read_lcs_options(ArgReader& args, LcsOptions* options) {
  while (args.more()) {
    if (args.flag("LEN")) {
      options->length = true;
    } else if (args.flag("IDX")) {
      options->matches = true;
    } else if (args.flag("WITHMATCHLEN")) {
      options->match_lengths = true;
    } else if (args.option("MINMATCHLEN")) {
      options->match_length_min = args.integer();
    } else {
      args.fail(err::kSyntax);
    }
  }
  if (args.ok() && options->length && options->matches) {
    args.fail("ERR If you want both the length and indexes, please just use IDX.");
  }
  return args.error();
}

std::string_view too_long(const Context& c, std::string_view a, std::string_view b) {
  if (std::max(a.size(), b.size()) >= UINT32_MAX - 1) return "ERR String too long for LCS";
  // Less is needed here, but what Redis refuses stays refused.
  if (lcs_table_bytes(a.size(), b.size()) > c.engine.settings().proto_max_bulk_len) {
    return "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len";
  }
  return {};
}

void answer_interval(Reply& reply, uint32_t first, uint32_t last) {
  reply.array(2);
  reply.integer(first);
  reply.integer(last);
}

void answer_matches(Reply& reply, const Lcs& lcs, const LcsOptions& options) {
  reply.map(2);
  reply.bulk("matches");
  Reply::Mark list = reply.open_array();
  size_t count = 0;
  for (const LcsMatch& match : lcs.matches) {
    if (match.size() < options.match_length_min) continue;
    reply.array(options.match_lengths ? 3 : 2);
    answer_interval(reply, match.a_first, match.a_last);
    answer_interval(reply, match.b_first, match.b_last);
    if (options.match_lengths) reply.integer(match.size());
    count++;
  }
  reply.close(list, count);
  reply.bulk("len");
  reply.integer(static_cast<int64_t>(lcs.text.size()));
}

void lcs(Context& c) {
  const Entry* a = c.keys.find(c.key(1));
  const Entry* b = c.keys.find(c.key(2));
  if ((a && a->type() != Type::kString) || (b && b->type() != Type::kString)) {
    return c.reply.error("ERR The specified keys must contain string values");
  }
  ArgReader args(c.args, 3);
  LcsOptions options;
  if (std::string_view error = read_lcs_options(args, &options); !error.empty()) {
    return c.reply.error(error);
  }
  IntText scratch_a, scratch_b;
  std::string_view text_a = a ? a->string(scratch_a) : std::string_view();
  std::string_view text_b = b ? b->string(scratch_b) : std::string_view();
  if (std::string_view error = too_long(c, text_a, text_b); !error.empty()) {
    return c.reply.error(error);
  }
  if (options.length) return c.reply.integer(lcs_length(text_a, text_b));
  Lcs common = longest_common_subsequence(text_a, text_b);
  options.matches ? answer_matches(c.reply, common, options) : c.reply.bulk(common.text);
}
constexpr CommandSpec kLcs = {
    .name = "lcs",
    .arity = -3,
    .flags = kReadonly,
    .group = Group::kString,
    .keys = key_range(kKeyRead, 1, 1, 1),
    .args = "key1:key key2:key [LEN] [IDX] [MINMATCHLEN min-match-len:integer] [WITHMATCHLEN]",
    .summary = "Answers the longest common subsequence of two strings.",
    .since = "7.0.0",
    .complexity = "O(N*M) for strings of N and M bytes, 64 cells at a time",
    .run = lcs};

}  // namespace

std::span<const CommandSpec* const> string_lcs_commands() {
  static constexpr const CommandSpec* kAll[] = {&kLcs};
  return kAll;
}

}  // namespace redstart
