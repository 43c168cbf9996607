// Whether a user may make a call: the rules of security/ held against the command, the keys and the
// channels of the call, and what is said and noted when he may not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/args.h"
#include "security/acl_log.h"
#include "security/acl_rules.h"

namespace redstart {

class Engine;
class Session;
struct Call;
struct Command;
struct User;

struct Verdict {
  enum class Denied : uint8_t { kNothing, kCommand, kKey, kChannel };
  Denied denied = Denied::kNothing;
  uint32_t position = 0;  // of the key or channel among the arguments
  bool allows() const { return denied == Denied::kNothing; }
};

// Where several sets of rules deny the call it is told what the most lenient of them did not like.
// Allocates nothing. REQUIRES: the call has a command.
Verdict judge(const User& user, const Call& call);
// By the session's user. The usual user may do everything, which a bit of the session tells.
Verdict judge(const Session& session, const Call& call);
// The call, and reading any key whatever with the same set of rules: SORT ... BY and GET.
bool may_read_all_keys(const Session& session, const Call& call);

// "User alice has no permissions to run the 'get' command", without a code.
std::string denial_text(const Session& session, const Call& call, const Verdict& verdict);
// For ACL DRYRUN, which tells the key, too.
std::string full_denial_text(const User& user, const Call& call, const Verdict& verdict);

// Counts a denial and adds it to ACL LOG. `outer`: what the client itself has called.
void note_denial(Session& session, const Call& call, const Verdict& verdict, DeniedContext context,
                 const Command* outer);
// The same of a wrong name or password. `call` is AUTH or HELLO.
void note_failed_login(Session& session, const Command& command, Args args, std::string_view name,
                       DeniedContext context);

// The commands of an engine as rules know them, whatever rename-command says, and its settings.
RuleBook rule_book(const Engine& engine);

}  // namespace redstart
