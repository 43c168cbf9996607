// Search indexes in RDB: a module's value of our own. It has the definition, and the keys of the
// documents in the order in which they were indexed; what is in them is read again from the keys,
// so that a loaded index answers as the one that was saved.
//
//   source, language, prefixes, words of the schema
//   whether keys that are there already have still to be looked for
//   keys; of an index of a stream, which reads that again, the id behind which it began
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "types/type_env.h"

namespace redstart {

class Entry;
class RdbElements;
class RdbReader;
class RdbWriter;

inline constexpr std::string_view kSearchModule = "RS-search";
inline constexpr int kSearchVersion = 1;

// What stands behind the module's id. Null: the reader has failed.
std::unique_ptr<RdbElements> read_index(const TypeEnv& env, RdbReader& in, int version);
// With the id.
void write_index(RdbWriter& out, const Entry& entry);

// Aliases stand beside the keys, as fields that others pass over.
inline constexpr std::string_view kAliasAux = "redstart-search-alias";

struct RdbAlias {
  int db = 0;
  std::string_view alias, index;
};
// "<db> <bytes of the alias> <alias><index>"
std::string alias_text(const RdbAlias& alias);
// False: it is none. What it says lies in the text.
bool parse_alias(std::string_view text, RdbAlias* alias);

}  // namespace redstart
