// Secrets in the arguments of calls: what the slow log and MONITOR show instead.
#pragma once

#include <string_view>
#include <vector>

#include "engine/args.h"

namespace redstart {

struct Command;

// The arguments with "(redacted)" in the place of passwords. Borrows from `args`.
std::vector<std::string_view> redacted(const Command& command, Args args);

}  // namespace redstart
