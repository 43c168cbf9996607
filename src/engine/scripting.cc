#include "engine/scripting.h"

namespace redstart {

std::string_view RunningScript::busy_text() const {
  return is_function ? "BUSY Redis is busy running a script. You can only call FUNCTION KILL or "
                       "SHUTDOWN NOSAVE."
                     : "BUSY Redis is busy running a script. You can only call SCRIPT KILL or "
                       "SHUTDOWN NOSAVE.";
}

}  // namespace redstart
