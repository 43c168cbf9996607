// A value in the form of RDB files and DUMP.
#pragma once

#include <cstdint>

namespace redstart {

class Entry;
class RdbWriter;

// The lowest version of the format that loses nothing of this value.
int rdb_version_for(const Entry& entry);
// How the value is written in that version: one of rdb::Type.
uint8_t rdb_type_of(const Entry& entry, int version);
// REQUIRES: such a type.
void write_value(RdbWriter& out, const Entry& entry, uint8_t type);

}  // namespace redstart
