#include "engine/queued_call.h"

#include <cstring>

namespace redstart {

QueuedCall::QueuedCall(const Command& command, Args args) : command_(&command) {
  for (std::string_view arg : args) size_ += arg.size();
  bytes_.reset(new char[size_]);
  args_.reserve(args.size());
  char* out = bytes_.get();
  for (std::string_view arg : args) {
    if (!arg.empty()) memcpy(out, arg.data(), arg.size());
    args_.emplace_back(out, arg.size());
    out += arg.size();
  }
}

}  // namespace redstart
