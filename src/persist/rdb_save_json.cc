#include <string>

#include "core/rdb_format.h"
#include "core/rdb_writer.h"
#include "keyspace/entry.h"
#include "persist/rdb_json.h"
#include "types/json.h"

namespace redstart {

namespace {

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr int kVersionBits = 10;

}  // namespace

uint64_t module_id(std::string_view name, int version) {
  uint64_t id = 0;
  for (char c : name) id = id << 6 | kLetters.find(c);
  return id << kVersionBits | static_cast<uint64_t>(version);
}

std::string module_name(uint64_t id) {
  std::string name(9, ' ');
  id >>= kVersionBits;
  for (size_t i = name.size(); i-- > 0; id >>= 6) name[i] = kLetters[id & 63];
  return name;
}

void write_json(RdbWriter& out, const Entry& entry) {
  const auto& document = *static_cast<const JsonDocument*>(entry.object());
  JsonText text;
  JsonPrinter(*document.names, &text).node(document.root);
  out.length(module_id(kJsonModule, kJsonVersion));
  out.length(rdb::kModuleString);
  out.string(text.view());
  out.length(rdb::kModuleEnd);
}

}  // namespace redstart
