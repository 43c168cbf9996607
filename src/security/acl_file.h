// Users as lines of text: of an ACL file, and of the config file's directive `user`.
//
//   user alice on nopass sanitize-payload ~* resetchannels +@all
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "security/users.h"

namespace redstart {

// The file that read_acl_file() makes these users of.
std::string acl_file_text(const Users& users);

// The users of a file; `name` is what its errors call it. Answers all that is wrong with it, "" if
// nothing is. Then `users` are to take the place of those that there are.
std::string read_acl_file(std::string_view text, std::string_view name, const RuleBook& book,
                          std::vector<User>* users);

// A user as the config file has him: a name, then rules.
using UserLine = std::vector<std::string>;

// Looks over a line of the config file, where the commands are not known yet. `known` are the lines
// before. False and a text.
bool check_user_line(std::span<const std::string_view> line, std::span<const UserLine> known,
                     std::string* error);
// False and a text.
bool read_user_line(const UserLine& line, const RuleBook& book, User* user, std::string* error);

}  // namespace redstart
