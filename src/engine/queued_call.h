// A call that runs later, with its own copy of the bytes of its arguments: in the queue of a
// transaction, or parked until a key is there.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/args.h"

namespace redstart {

struct Command;

class QueuedCall {
 public:
  QueuedCall(const Command& command, Args args);
  const Command* command() const { return command_; }
  Args args() const { return args_; }
  size_t bytes() const { return size_ + args_.size() * sizeof(std::string_view); }

 private:
  const Command* command_;
  size_t size_ = 0;
  std::unique_ptr<char[]> bytes_;
  std::vector<std::string_view> args_;
};

}  // namespace redstart
