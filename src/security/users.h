// Who may do what: the users of a tenant with their passwords (kept as SHA-256, compared in
// constant time) and their rules.
//
// A user's address stays the same while there is a user by that name, whatever becomes of his
// rules: sessions point at him. `default` is always there.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "security/acl_rules.h"

namespace redstart {

struct User {
  // As a user begins: off, without a password, allowed nothing.
  User(std::string_view name, const RuleBook& book) : name(name), selectors{Selector(book)} {}
  // Everything, without a password: as the first user of a server is.
  static User of_power(std::string_view name);

  RuleError apply(std::string_view rule, const RuleBook& book);
  // All of the rules or none, as in ACL SETUSER. False and a text.
  bool apply_all(std::span<const std::string_view> rules, const RuleBook& book, std::string* error);
  // Replaces the passwords by one; an empty text means that none is needed.
  void set_password(std::string_view password);
  bool accepts(std::string_view password) const;

  // Some set of rules allows everything, so that no call has to be looked at.
  bool unrestricted() const;
  // "on nopass sanitize-payload ~* &* +@all (~a resetchannels -@all +get)"
  std::string rules() const;

  std::string name;
  bool enabled = false;
  bool no_password = false;
  bool sanitize_payload = true;
  std::vector<std::string> passwords;  // 64 hex digits each
  // A call is allowed if any of them allows it as a whole. The first is the user's own, the others
  // were given in parentheses.
  std::vector<Selector> selectors;
};

inline constexpr std::string_view kDefaultUser = "default";
// Behind the read-only token of the HTTP door.
inline constexpr std::string_view kReadOnlyUser = "default_ro";

class Users {
 public:
  using Map = std::map<std::string, std::unique_ptr<User>, std::less<>>;

  Users();  // `default`, of all power
  User& default_user() { return *default_; }
  const User& default_user() const { return *default_; }
  User* find(std::string_view name);
  const User* find(std::string_view name) const;
  const Map& all() const { return users_; }  // in the order of the alphabet

  // The user of this name becomes that, and is made if he is missing.
  User& put(User user);
  // He must be nobody's any more. False: there is none.
  bool remove(std::string_view name);

  // The user that this name and password open, else null.
  const User* check(std::string_view name, std::string_view password) const;

  // For what no user asks for: logs that are replayed, the program that embeds the server.
  const User& nobody_in_particular() const { return powerful_; }

  // What opens the HTTP door as the user whom name and password open; "" if they open nobody. It
  // does so until the password is taken from the user, and does not tell it.
  std::string rest_token(std::string_view name, std::string_view password) const;
  const User* open_rest_token(std::string_view token) const;

 private:
  Map users_;
  User* default_;
  User powerful_;
};

}  // namespace redstart
