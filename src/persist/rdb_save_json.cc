#include "core/rdb_format.h"
#include "core/rdb_writer.h"
#include "keyspace/entry.h"
#include "persist/rdb_json.h"
#include "persist/rdb_module.h"
#include "types/json.h"

namespace redstart {

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
