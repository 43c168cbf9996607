#include "wire/resp2_reply.h"

namespace redstart {

void Resp2Reply::dbl(double value) {
  char text[kDoubleTextMax];
  bulk({text, write_double(text, value)});
}

}  // namespace redstart
