#include "commands/string_expiry.h"

#include <limits>

#include "engine/engine.h"

namespace redstart {

namespace {

using Kind = ExpiryOption::Kind;

void choose(ArgReader& args, Kind kind, ExpiryOption* option) {
  if (option->kind != Kind::kNone && option->kind != kind) args.fail(err::kSyntax);
  option->kind = kind;
}

}  // namespace

bool take_expiry(ArgReader& args, ExpiryOption* option) {
  constexpr struct {
    std::string_view word;
    Kind kind;
  } kWords[] = {{"EX", Kind::kEx}, {"PX", Kind::kPx}, {"EXAT", Kind::kExAt}, {"PXAT", Kind::kPxAt}};
  for (const auto& [word, kind] : kWords) {
    const std::string_view given = args.peek();
    if (!args.option(word)) continue;
    choose(args, kind, option);
    option->word = given;
    option->amount = args.next();
    return true;
  }
  return false;
}

bool take_expiry_word(ArgReader& args, std::string_view word, Kind kind, ExpiryOption* option) {
  if (!args.flag(word)) return false;
  choose(args, kind, option);
  return true;
}

bool resolve_expiry(Context& c, const ExpiryOption& option, int64_t* at_ms) {
  int64_t value = 0;
  if (!parse_int64(option.amount, &value)) {
    c.reply.error(err::kNotInteger);
    return false;
  }
  bool seconds = option.kind == Kind::kEx || option.kind == Kind::kExAt;
  bool fits = value > 0 && (!seconds || value <= std::numeric_limits<int64_t>::max() / 1000);
  if (fits && seconds) value *= 1000;
  if (fits && !option.absolute()) fits = !__builtin_add_overflow(value, c.now_ms, &value);
  if (!fits) {
    c.reply.error(err::invalid_expire(c.command.full_name));
    return false;
  }
  *at_ms = value;
  return true;
}

bool expires_at_once(const Context& c, int64_t at_ms) {
  const KeyspaceShared& shared = c.engine.keyspace_shared();
  return at_ms <= shared.expiry_now_ms() && !shared.replica;
}

std::string_view expiry_deletion(const Context& c) {
  return c.engine.settings().lazyfree_lazy_expire ? "UNLINK" : "DEL";
}

}  // namespace redstart
