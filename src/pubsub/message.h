// A published message on its way to the subscribers of one channel or one pattern.
#pragma once

#include <string_view>

#include "wire/push.h"

namespace redstart {

// Borrows its texts.
class Message final : public Push {
 public:
  // `kind` is the word that receivers see: "message", "smessage".
  Message(std::string_view kind, std::string_view channel, std::string_view payload)
      : kind_(kind), channel_(channel), payload_(payload) {}
  // "pmessage"
  Message(std::string_view kind, std::string_view pattern, std::string_view channel,
          std::string_view payload)
      : kind_(kind), pattern_(pattern), channel_(channel), payload_(payload), matched_(true) {}

 private:
  BigBuf* encode(Form form) const override;
  BigBuf* encode_resp(char sign) const;

  const std::string_view kind_, pattern_, channel_, payload_;
  const bool matched_ = false;  // by a pattern
};

}  // namespace redstart
