// The expiry options that SET, GETEX and MSETEX share.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/arg_reader.h"
#include "engine/context.h"

namespace redstart {

struct ExpiryOption {
  enum class Kind : uint8_t { kNone, kEx, kPx, kExAt, kPxAt, kKeepTtl, kPersist };
  Kind kind = Kind::kNone;
  std::string_view amount;
  std::string_view word = {};  // as it was given

  bool timed() const { return kind >= Kind::kEx && kind <= Kind::kPxAt; }
  bool absolute() const { return kind == Kind::kExAt || kind == Kind::kPxAt; }
};

// Takes EX, PX, EXAT or PXAT with its amount. The same word may be repeated (the last one counts),
// two different ones are a syntax error.
bool take_expiry(ArgReader& args, ExpiryOption* option);
// The same for a word without an amount: KEEPTTL, PERSIST.
bool take_expiry_word(ArgReader& args, std::string_view word, ExpiryOption::Kind kind,
                      ExpiryOption* option);

// The unix time in ms that a timed option means. Amounts are looked at only after all options have
// been read. False: the error has been answered.
bool resolve_expiry(Context& c, const ExpiryOption& option, int64_t* at_ms);

// A time that has passed deletes at once, but not on a replica: it waits for its master's word.
bool expires_at_once(const Context& c, int64_t at_ms);

// "DEL", or "UNLINK" where keys that expire are to be freed later: what a replica is told.
std::string_view expiry_deletion(const Context& c);

}  // namespace redstart
