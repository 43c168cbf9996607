#pragma once

#include "engine/command_help.h"
