// What HSCAN, SSCAN and ZSCAN share: their arguments and the frame of their answer.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/numbers.h"
#include "core/glob.h"
#include "engine/arg_reader.h"
#include "engine/context.h"

namespace redstart {

struct CollectionScan {
  uint64_t cursor = 0;
  std::string_view pattern = {};
  bool match_all = true;
  int64_t count = 10;
  bool no_values = false;

  bool matches(std::string_view element) const { return match_all || glob_match(pattern, element); }
};

// The cursor alone: it is looked at before the key. False: the error has been answered.
inline bool read_scan_cursor(Context& c, CollectionScan* scan) {
  if (parse_uint64(c.arg(2), &scan->cursor)) return true;
  c.reply.error(err::kInvalidCursor);
  return false;
}

// The options: they are looked at after the key. False: the error has been answered.
inline bool read_scan_options(Context& c, bool of_hash, CollectionScan* scan) {
  ArgReader args(c.args, 3);
  while (args.more()) {
    if (args.option("COUNT")) {
      scan->count = args.integer();
      if (scan->count < 1) args.fail(err::kSyntax);
    } else if (args.option("MATCH")) {
      scan->pattern = args.next();
      scan->match_all = scan->pattern == "*";
    } else if (args.flag("NOVALUES")) {
      scan->no_values = true;
      if (!of_hash) args.fail("ERR NOVALUES option can only be used in HSCAN");
    } else {
      args.fail(err::kSyntax);
    }
  }
  if (args.done()) return true;
  c.reply.error(args.error());
  return false;
}

// What stands before the elements; these follow as one array.
inline void answer_scan_cursor(Reply& reply, uint64_t cursor) {
  char text[kIntTextMax];
  reply.array(2);
  reply.bulk({text, write_uint64(text, cursor)});
}

}  // namespace redstart
