// Who may do what: users with their passwords (kept as SHA-256, compared in constant time) and
// rights. Today there are two: `default`, and `default_ro` behind the read-only token.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

struct User {
  std::string name;
  bool enabled = true;
  bool no_password = true;
  bool read_only = false;                 // reads only, and no KEYS or SCAN
  std::vector<std::string> passwords;     // SHA-256, 64 hex digits
  bool unrestricted() const { return !read_only; }
};

// Behind the read-only token of the HTTP door.
inline constexpr std::string_view kReadOnlyUser = "default_ro";

class Users {
 public:
  Users();  // `default`, without a password
  User& default_user() { return *users_[0]; }
  const User& default_user() const { return *users_[0]; }
  User* find(std::string_view name);
  User& add(std::string_view name);
  const std::vector<std::unique_ptr<User>>& all() const { return users_; }

  // Replaces the passwords by one; an empty text means none is needed.
  void set_password(User& user, std::string_view password);
  // The user that this name and password open, else null.
  const User* check(std::string_view name, std::string_view password) const;

 private:
  std::vector<std::unique_ptr<User>> users_;
};

}  // namespace redstart
