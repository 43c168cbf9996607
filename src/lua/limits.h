// Every limit of the language in one place. Those that scripts can meet have the reference's values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace redstart::lua {

// Strings of at most this many bytes exist once: equality is a comparison of pointers.
inline constexpr uint32_t kInternedMax = 40;
// No string is longer, whatever the memory cap: lengths fit 32 bits with room for sums.
inline constexpr size_t kStringMax = size_t{1} << 30;

// Of one function, as the reference: local variables, variables of enclosing functions, registers.
inline constexpr int kLocalsMax = 200;
inline constexpr int kUpvaluesMax = 60;
inline constexpr int kRegistersMax = 250;
// Operands name constants in 16 bits; what lies beyond is first loaded into a register.
inline constexpr uint32_t kOperandConstantsMax = 0xff00 - kRegistersMax;
inline constexpr uint32_t kConstantsMax = 1u << 24;
inline constexpr uint32_t kInstructionsMax = 1u << 26;

// Nesting in the source: blocks, expressions, functions.
inline constexpr int kSyntaxNestingMax = 200;

// Calls of Lua functions in progress, each a frame of kCallInfo size and at most kRegistersMax
// values ("stack overflow").
inline constexpr uint32_t kFramesMax = 16384;
// A stack that grew longer is cut to so many values when its run is over.
inline constexpr uint32_t kStackKept = 16 * 1024;
// Values a native function may hold besides its arguments: results of unpack(), string.byte().
inline constexpr uint32_t kNativeStackMax = 8000;
// Natives that call back into Lua, metamethods and coroutines nest on the C stack ("C stack
// overflow").
inline constexpr uint32_t kNativeNestingMax = 200;
// Chains of __index and __newindex ("loop in gettable").
inline constexpr int kMetaChainMax = 100;

// Patterns: captures, and how deep matching may recurse.
inline constexpr int kCapturesMax = 32;
inline constexpr int kMatchNestingMax = 200;

// Allocations up to this size always succeed. If they pass the memory cap, the error is raised at
// the next poll (see heap.h); larger ones are refused at once.
inline constexpr size_t kSmallAllocation = 32 * 1024;

// Polls (a call or a jump back is one) between two questions to the host.
inline constexpr int32_t kPollsPerHostCheck = 10'000;
// Bytes that a native may search or compare in the time of one poll.
inline constexpr size_t kBytesPerPoll = 1024;

}  // namespace redstart::lua
