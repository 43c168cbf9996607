// What the files of the sets family share.
#pragma once

#include "commands/collection.h"
#include "types/set.h"

namespace redstart {

namespace event {
inline constexpr Event kSadd{EventClass::kSet, "sadd"};
inline constexpr Event kSrem{EventClass::kSet, "srem"};
inline constexpr Event kSpop{EventClass::kSet, "spop"};
inline constexpr Event kSinterstore{EventClass::kSet, "sinterstore"};
inline constexpr Event kSunionstore{EventClass::kSet, "sunionstore"};
inline constexpr Event kSdiffstore{EventClass::kSet, "sdiffstore"};
}  // namespace event

}  // namespace redstart
