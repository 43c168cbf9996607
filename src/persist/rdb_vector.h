// Vector indexes in RDB: a module's value of our own.
//
//   dimension, name of the metric, number of vectors; of each its id and its floats
#pragma once

#include <memory>
#include <string_view>

#include "types/type_env.h"

namespace redstart {

class Entry;
class RdbElements;
class RdbReader;
class RdbWriter;

inline constexpr std::string_view kVectorModule = "RS-vector";
inline constexpr int kVectorVersion = 1;

// What stands behind the module's id. Null: the reader has failed.
std::unique_ptr<RdbElements> read_vectors(const TypeEnv& env, RdbReader& in, int version);
// With the id.
void write_vectors(RdbWriter& out, const Entry& entry);

}  // namespace redstart
