// A packed collection out of a file, before anybody trusts it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/listpack.h"

namespace redstart {

class RdbReader;
struct TypeEnv;

namespace rdb_load {

// A string that is a listpack; good until the reader reads on. An empty view: the reader has
// failed, with `name` as what is broken.
std::string_view read_listpack(RdbReader& in, std::string_view name);
// The same of an old form, as a listpack of ours. Nothing: the reader has failed.
std::optional<Listpack> read_ziplist(const TypeEnv& env, RdbReader& in, std::string_view name);
std::optional<Listpack> read_zipmap(const TypeEnv& env, RdbReader& in);

// Whether every `stride`th item, from the first one on, is another one.
bool all_different(ListpackView pack, size_t stride);

}  // namespace rdb_load
}  // namespace redstart
