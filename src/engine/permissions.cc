#include "engine/permissions.h"

#include "engine/client_info.h"
#include "engine/command_docs.h"
#include "engine/engine.h"

namespace redstart {
namespace {

using Denied = Verdict::Denied;

uint8_t rights_for(uint16_t key_flags) {
  constexpr uint16_t kChanges = kKeyInsert | kKeyDelete | kKeyUpdate;
  return ((key_flags & kKeyAccess) ? uint8_t{kMayRead} : 0) |
         ((key_flags & kChanges) ? uint8_t{kMayWrite} : 0);
}

Verdict judge_by(const Selector& selector, const Call& call) {
  const Command& command = *call.command;
  if (!(command.flags & kNoAuth) && !selector.may_call(command.id, call.args)) {
    return {Denied::kCommand, 0};
  }
  KeyRanges keys;
  if (!selector.opens_all_keys() && command.spec->keys.count > 0 &&
      find_key_ranges(command, call.args, &keys)) {
    for (const KeyRange& range : keys) {
      const uint8_t rights = rights_for(range.flags);
      for (uint32_t i = range.first; i <= range.last; i += range.step) {
        if (!selector.may_touch(call.args[i], rights)) return {Denied::kKey, i};
      }
    }
  }
  const ChannelSpec channels = command.spec->channels;
  if (channels.first != 0 && !selector.opens_all_channels()) {
    const size_t end = channels.up_to_end ? call.args.size() : channels.first + 1;
    for (uint32_t i = channels.first; i < end; i++) {
      if (!selector.may_use_channel(call.args[i], channels.patterns)) return {Denied::kChannel, i};
    }
  }
  return {};
}

std::string_view object_of(const Call& call, const Verdict& verdict) {
  if (verdict.denied == Denied::kCommand) return call.command->full_name;
  return call.args[verdict.position];
}

void add_to_log(Session& session, Denial denial, const Command* command) {
  const Engine& engine = session.engine();
  denial.client_info = client_info(session, {.command = command}, engine.now_ms());
  session.tenant->acl_log.add(std::move(denial), engine.now_ms(),
                              static_cast<size_t>(engine.settings().acllog_max_len));
}

}  // namespace

Verdict judge(const User& user, const Call& call) {
  Verdict told{Denied::kCommand, 0};
  for (const Selector& selector : user.selectors) {
    const Verdict verdict = judge_by(selector, call);
    if (verdict.allows()) return verdict;
    if (verdict.denied > told.denied ||
        (verdict.denied == told.denied && verdict.position > told.position)) {
      told = verdict;
    }
  }
  return told;
}

Verdict judge(const Session& session, const Call& call) {
  if (!(session.attention & kRestrictedUser)) return {};
  return judge(*session.user, call);
}

bool may_read_all_keys(const Session& session, const Call& call) {
  if (!(session.attention & kRestrictedUser)) return true;
  for (const Selector& selector : session.user->selectors) {
    if (selector.may_touch_all(kMayRead) && judge_by(selector, call).allows()) return true;
  }
  return false;
}

std::string denial_text(const Session& session, const Call& call, const Verdict& verdict) {
  switch (verdict.denied) {
    case Denied::kKey: return "No permissions to access a key";
    case Denied::kChannel: return "No permissions to access a channel";
    default: break;
  }
  if (session.dialect == Dialect::kUpstash) {
    return "this user has no permissions to run the '" + call.command->full_name +
           "' command or its subcommand";
  }
  return full_denial_text(*session.user, call, verdict);
}

std::string full_denial_text(const User& user, const Call& call, const Verdict& verdict) {
  const std::string object(object_of(call, verdict));
  const std::string who = "User " + user.name + " has no permissions to ";
  switch (verdict.denied) {
    case Denied::kKey: return who + "access the '" + object + "' key";
    case Denied::kChannel: return who + "access the '" + object + "' channel";
    default: return who + "run the '" + object + "' command";
  }
}

void note_denial(Session& session, const Call& call, const Verdict& verdict, DeniedContext context,
                 const Command* outer) {
  Stats& stats = session.tenant->stats;
  DeniedReason reason = DeniedReason::kCommand;
  if (verdict.denied == Denied::kKey) {
    reason = DeniedReason::kKey;
    stats.acl_denied_key++;
  } else if (verdict.denied == Denied::kChannel) {
    reason = DeniedReason::kChannel;
    stats.acl_denied_channel++;
  } else {
    stats.acl_denied_command++;
  }
  add_to_log(session,
             {reason, context, std::string(object_of(call, verdict)), session.user->name, {}},
             outer);
}

void note_failed_login(Session& session, const Command& command, Args args, std::string_view name,
                       DeniedContext context) {
  session.tenant->stats.acl_denied_auth++;
  add_to_log(session, {DeniedReason::kAuth, context, std::string(args[0]), std::string(name), {}},
             &command);
}

RuleBook rule_book(const Engine& engine) {
  RuleBook book;
  for (const Command* command : engine.commands().by_id()) {
    book.names.commands.push_back({.full_name = command->full_name,
                                   .categories = command->acl,
                                   .container = command->container ? command->container->id : -1,
                                   .has_subcommands = !command->subcommands.empty()});
  }
  book.names.categories = acl_category_names();
  book.opens_channels = engine.settings().acl_pubsub_default == "allchannels";
  return book;
}

}  // namespace redstart
