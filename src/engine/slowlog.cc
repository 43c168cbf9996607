#include "engine/slowlog.h"

namespace redstart {
namespace {

constexpr size_t kMaxArgs = 32;
constexpr size_t kMaxArgBytes = 128;

std::vector<std::string> cut(Args args) {
  std::vector<std::string> kept;
  size_t count = args.size() > kMaxArgs ? kMaxArgs - 1 : args.size();
  for (size_t i = 0; i < count; i++) {
    std::string_view arg = args[i];
    std::string text(arg.substr(0, kMaxArgBytes));
    if (arg.size() > kMaxArgBytes) {
      text += "... (" + std::to_string(arg.size() - kMaxArgBytes) + " more bytes)";
    }
    kept.push_back(std::move(text));
  }
  if (args.size() > kMaxArgs) {
    kept.push_back("... (" + std::to_string(args.size() - count) + " more arguments)");
  }
  return kept;
}

}  // namespace

void Slowlog::add(Args args, int64_t unix_seconds, int64_t duration_us, std::string address,
                  std::string name, size_t max_entries) {
  if (max_entries == 0) return;  // nobody will miss its number either
  entries_.push_front(
      {next_id_++, unix_seconds, duration_us, cut(args), std::move(address), std::move(name)});
  trim(max_entries);
}

void Slowlog::trim(size_t max_entries) {
  while (entries_.size() > max_entries) entries_.pop_back();
}

}  // namespace redstart
