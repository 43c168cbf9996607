// JSON documents in RDB: values of RedisJSON's module.
#pragma once

#include <string_view>

#include "types/held.h"
#include "types/type_env.h"

namespace redstart {

class Entry;
class RdbReader;
class RdbWriter;

inline constexpr std::string_view kJsonModule = "ReJSON-RL";
// Read: 0, 2 and 3.
inline constexpr int kJsonVersion = 3;

// What stands behind the module's id. An object of null: the reader has failed.
Held read_json(const TypeEnv& env, RdbReader& in, int version);
// With the id.
void write_json(RdbWriter& out, const Entry& entry);

}  // namespace redstart
