// Changes of users, with all that follows for their sessions: these are judged anew, lose the
// channels that they may not hear any more, or end. `by`: the session that asked for it, which is
// answered before it ends, or null.
#pragma once

#include <string>
#include <string_view>

#include "engine/args.h"

namespace redstart {

class Engine;
class Session;
class Tenant;

// ACL SETUSER: all of the rules or none. False and a text.
bool set_user(Engine& engine, Tenant& tenant, std::string_view name, Args rules, Session* by,
              std::string* error);
// Answers how many there were. REQUIRES: `default` is not among them.
size_t delete_users(Engine& engine, Tenant& tenant, Args names, Session* by);

// At the start, once all commands are known: those of the config file or of the ACL file, and the
// one of the read-only token. False and a text.
bool load_users(Engine& engine, std::string* error);
// ACL LOAD. Answers what is wrong with the file; "": its users have taken the place of the others.
// REQUIRES: there is a file.
std::string load_acl_file(Engine& engine, Session* by);
// ACL SAVE. False: the log says why.
bool save_acl_file(Engine& engine);

// The user behind http-readonly-token, where there is one: made when he is missing.
void keep_read_only_user(Engine& engine);
// The token has changed, and with it the user's password.
void change_read_only_token(Engine& engine);

}  // namespace redstart
