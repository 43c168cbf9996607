// The way out of the hub: whoever knows how a session is reached implements this.
#pragma once

#include <cstdint>
#include <span>

namespace redstart {

class Push;

class Delivery {
 public:
  virtual void deliver(std::span<const uint64_t> sessions, Push& push) = 0;

 protected:
  ~Delivery() = default;
};

}  // namespace redstart
