// The commands of scripts and functions. They are handed over like any family of commands; with
// them every tenant gets the place where its scripts live.
#pragma once

#include <span>

#include "engine/command.h"

namespace redstart {

class Engine;

std::span<const CommandSpec* const> eval_commands();
std::span<const CommandSpec* const> function_commands();

void add_script_commands(Engine& engine);

}  // namespace redstart
