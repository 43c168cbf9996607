// What a session is told without having asked: a message of pub/sub, an invalidated key, a line of
// MONITOR. One object serves all its receivers: each form is encoded once, whatever their number,
// and the bytes are shared.
#pragma once

#include <cstdint>

#include "base/big_buf.h"

namespace redstart {

class Push {
 public:
  // As a receiver reads it. kEvents: server-sent events over HTTP.
  enum class Form : uint8_t { kResp2, kResp3, kEvents };

  Push(const Push&) = delete;
  Push& operator=(const Push&) = delete;

  // Null where the form has no words for it. Whoever keeps the bytes takes a hold of his own.
  BigBuf* bytes(Form form) {
    BigBuf*& known = encoded_[static_cast<int>(form)];
    if (!known) known = encode(form);
    return known;
  }

 protected:
  Push() = default;
  ~Push() {
    for (BigBuf* known : encoded_) {
      if (known) known->drop();
    }
  }
  virtual BigBuf* encode(Form form) const = 0;

 private:
  BigBuf* encoded_[3] = {};
};

}  // namespace redstart
