#include "commands/families.h"
#include "engine/engine.h"

namespace redstart {

void add_all_commands(Engine& engine) {
  engine.add_commands(string_commands());
  engine.add_commands(transaction_commands());
}

}  // namespace redstart
