// The commands of this room.
#pragma once

#include <span>

#include "engine/command.h"

namespace redstart {

class Engine;

std::span<const CommandSpec* const> dump_commands();
std::span<const CommandSpec* const> migrate_commands();
std::span<const CommandSpec* const> save_commands();

// Gives an engine all of them.
void add_persist_commands(Engine& engine);

}  // namespace redstart
