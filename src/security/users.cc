#include "security/users.h"

#include "base/digest.h"

namespace redstart {

Users::Users() { add("default"); }

User* Users::find(std::string_view name) {
  for (auto& user : users_) {
    if (user->name == name) return user.get();
  }
  return nullptr;
}

User& Users::add(std::string_view name) {
  users_.push_back(std::make_unique<User>());
  users_.back()->name = name;
  return *users_.back();
}

void Users::set_password(User& user, std::string_view password) {
  user.passwords.clear();
  user.no_password = password.empty();
  if (!password.empty()) user.passwords.push_back(sha256_hex(password));
}

const User* Users::check(std::string_view name, std::string_view password) const {
  std::string digest = sha256_hex(password);
  for (auto& user : users_) {
    if (user->name != name) continue;
    if (!user->enabled) return nullptr;
    if (user->no_password) return user.get();
    bool matched = false;
    for (const std::string& known : user->passwords) matched |= equals_constant_time(known, digest);
    return matched ? user.get() : nullptr;
  }
  return nullptr;
}

}  // namespace redstart
