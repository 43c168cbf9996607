#include "commands/search_access.h"

#include "keyspace/entry.h"

namespace redstart {

bool find_index(Context& c, std::string_view name, IndexValue** index) {
  *index = nullptr;
  const Indexing::Aliases* aliases = c.engine.indexing().aliases(c.keys);
  auto alias = aliases ? aliases->find(name) : Indexing::Aliases::const_iterator();
  const bool aliased = aliases && alias != aliases->end();
  // A name is an index's before it is an alias.
  const Entry* entry = c.keys.find(c.keys.key(name), aliased ? unsigned{kLookupNoMissEvent} : 0u);
  if (!entry && aliased) entry = c.keys.find(c.keys.key(alias->second));
  if (!entry) return true;
  if (entry->type() != Type::kIndex) {
    c.reply.error(err::kWrongType);
    return false;
  }
  *index = &index_of(entry->object());
  return true;
}

bool find_index_up_to_date(Context& c, std::string_view name, IndexValue** index) {
  if (!find_index(c, name, index)) return false;
  if (*index) c.engine.indexing().catch_up(**index);
  return true;
}

}  // namespace redstart
