// What the files of the SEARCH family share: finding an index, and rows.
#pragma once

#include <string_view>

#include "engine/context.h"
#include "engine/engine.h"
#include "engine/index_value.h"
#include "engine/indexing.h"

namespace redstart {

// The index of this name, else the one that an alias of this name stands for; null if there is
// none. False: what is there is no index, which has been answered.
bool find_index(Context& c, std::string_view name, IndexValue** index);
// The same, with all that is pending read.
bool find_index_up_to_date(Context& c, std::string_view name, IndexValue** index);

// In EXEC and in scripts a reply of documents is refused, as Upstash does.
inline bool in_transaction(const Context& c) { return c.unit.depth() > 1; }

constexpr CommandSpec search_row(std::string_view name, int arity, uint32_t flags, KeySpecs keys,
                                 std::string_view args, std::string_view summary,
                                 std::string_view complexity, Handler run) {
  return {.name = name,
          .arity = arity,
          .flags = flags,
          .group = Group::kSearch,
          .keys = keys,
          .args = args,
          .summary = summary,
          .complexity = complexity,
          .run = run};
}

}  // namespace redstart
