// The commands of this room.
#pragma once

#include <span>

#include "engine/command.h"

namespace redstart {

class Engine;

std::span<const CommandSpec* const> follow_commands();
std::span<const CommandSpec* const> replicaof_commands();
std::span<const CommandSpec* const> failover_commands();

// Gives an engine all of them.
void add_replication_commands(Engine& engine);

}  // namespace redstart
