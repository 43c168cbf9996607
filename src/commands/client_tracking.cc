// CLIENT TRACKING and its company: client-side caching. The rules stand in engine/tracking.h.
#include "commands/client_tracking.h"

#include "base/ascii.h"
#include "engine/arg_reader.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "engine/tracking.h"

namespace redstart {
namespace {

constexpr uint32_t kOwn = kNoScript | kLoading | kStale | kNoHttp;

bool overlap(std::string_view a, std::string_view b) {
  return a.starts_with(b) || b.starts_with(a);
}

std::string overlap_error(std::string_view prefix, std::string_view which, std::string_view other) {
  std::string text = "ERR Prefix '";
  text.append(prefix).append("' overlaps with ").append(which).append(" prefix '").append(other);
  return text.append("'. Prefixes for a single client must not overlap.");
}

// Empty when no key would be told twice.
std::string find_overlap(const std::vector<std::string>& wanted, const Tracker* current) {
  for (size_t i = 0; i < wanted.size(); i++) {
    if (current) {
      for (const std::string& known : current->prefixes) {
        if (overlap(wanted[i], known)) return overlap_error(wanted[i], "an existing", known);
      }
    }
    for (size_t j = i + 1; j < wanted.size(); j++) {
      if (overlap(wanted[i], wanted[j])) {
        return overlap_error(wanted[i], "another provided", wanted[j]);
      }
    }
  }
  return {};
}

void read_options(Context& c, ArgReader& a, Tracker* wanted) {
  while (a.more()) {
    if (a.option("REDIRECT")) {
      if (wanted->redirect) {
        a.fail("ERR A client can only redirect to a single other client");
        continue;
      }
      wanted->redirect = static_cast<uint64_t>(a.integer());
      const Session* target = c.engine.find_session(wanted->redirect);
      if (!target || target->tenant != &c.tenant) {
        a.fail("ERR The client ID you want redirect to does not exist");
      }
    } else if (a.flag("BCAST")) {
      wanted->broadcast = true;
    } else if (a.flag("OPTIN")) {
      wanted->opt_in = true;
    } else if (a.flag("OPTOUT")) {
      wanted->opt_out = true;
    } else if (a.flag("NOLOOP")) {
      wanted->no_loop = true;
    } else if (a.option("PREFIX")) {
      wanted->prefixes.emplace_back(a.next());
    } else {
      a.fail(err::kSyntax);
    }
  }
}

// Whether the options fit each other and what the session does already. Empty: they do.
std::string find_conflict(const Tracker& wanted, const Tracker* current) {
  if (!wanted.broadcast && !wanted.prefixes.empty()) {
    return "ERR PREFIX option requires BCAST mode to be enabled";
  }
  if (current && current->broadcast != wanted.broadcast) {
    return "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and "
           "then re-enabling it with a different mode.";
  }
  if (wanted.broadcast && (wanted.opt_in || wanted.opt_out)) {
    return "ERR OPTIN and OPTOUT are not compatible with BCAST";
  }
  if (wanted.opt_in && wanted.opt_out) {
    return "ERR You can't specify both OPTIN mode and OPTOUT mode";
  }
  if (current && ((wanted.opt_in && current->opt_out) || (wanted.opt_out && current->opt_in))) {
    return "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and "
           "then re-enabling it with a different mode.";
  }
  return find_overlap(wanted.prefixes, current);
}

void client_tracking(Context& c) {
  Tracker wanted;
  ArgReader a(c.args, 3);
  read_options(c, a, &wanted);
  if (!a.done()) return c.reply.error(a.error());
  if (equals_fold(c.arg(2), "off")) {
    c.engine.tracking().disable(c.session);
    return c.reply.ok();
  }
  if (!equals_fold(c.arg(2), "on")) return c.reply.error(err::kSyntax);
  std::string conflict = find_conflict(wanted, c.session.tracker.get());
  if (!conflict.empty()) return c.reply.error(conflict);
  if (wanted.broadcast && wanted.prefixes.empty()) wanted.prefixes.emplace_back();
  c.engine.tracking().enable(c.session, std::move(wanted));
  c.reply.ok();
}

void client_caching(Context& c) {
  Tracker* tracker = c.session.tracker.get();
  if (!tracker) {
    return c.reply.error(
        "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or "
        "OPTOUT mode enabled");
  }
  bool yes = equals_fold(c.arg(2), "yes");
  if (!yes && !equals_fold(c.arg(2), "no")) return c.reply.error(err::kSyntax);
  if (yes && !tracker->opt_in) {
    return c.reply.error(
        "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
  }
  if (!yes && !tracker->opt_out) {
    return c.reply.error(
        "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
  }
  tracker->caching = true;
  c.reply.ok();
}

void client_getredir(Context& c) {
  const Tracker* tracker = c.session.tracker.get();
  c.reply.integer(tracker ? static_cast<int64_t>(tracker->redirect) : -1);
}

void client_trackinginfo(Context& c) {
  const Tracker* tracker = c.session.tracker.get();
  std::vector<std::string_view> flags;
  if (!tracker) {
    flags.push_back("off");
  } else {
    flags.push_back("on");
    if (tracker->broadcast) flags.push_back("bcast");
    if (tracker->opt_in) flags.push_back("optin");
    if (tracker->opt_in && tracker->caching) flags.push_back("caching-yes");
    if (tracker->opt_out) flags.push_back("optout");
    if (tracker->opt_out && tracker->caching) flags.push_back("caching-no");
    if (tracker->no_loop) flags.push_back("noloop");
    if (tracker->redirect_broken) flags.push_back("broken_redirect");
  }
  c.reply.map(3);
  c.reply.bulk("flags");
  c.reply.set(flags.size());
  for (std::string_view flag : flags) c.reply.bulk(flag);
  c.reply.bulk("redirect");
  c.reply.integer(tracker ? static_cast<int64_t>(tracker->redirect) : -1);
  c.reply.bulk("prefixes");
  // A broadcast of all keys has the empty prefix.
  c.reply.array(tracker ? tracker->prefixes.size() : 0);
  if (!tracker) return;
  for (const std::string& prefix : tracker->prefixes) c.reply.bulk(prefix);
}

}  // namespace

constexpr CommandSpec kClientTracking = {
    .name = "tracking",
    .arity = -3,
    .flags = kOwn,
    .group = Group::kConnection,
    .args =
        "(ON|OFF) [REDIRECT client-id:integer] [PREFIX prefix]+ [BCAST] [OPTIN] [OPTOUT] "
        "[NOLOOP]",
    .summary = "Asks to be told when keys that were read change.",
    .since = "6.0.0",
    .run = client_tracking};

constexpr CommandSpec kClientCaching = {.name = "caching",
                                        .arity = 3,
                                        .flags = kOwn,
                                        .group = Group::kConnection,
                                        .args = "YES|NO",
                                        .summary = "Says whether the next reads are tracked.",
                                        .since = "6.0.0",
                                        .run = client_caching};

constexpr CommandSpec kClientGetredir = {
    .name = "getredir",
    .arity = 2,
    .flags = kOwn,
    .group = Group::kConnection,
    .summary = "Answers who is told instead of this connection.",
    .since = "6.0.0",
    .run = client_getredir};

constexpr CommandSpec kClientTrackinginfo = {.name = "trackinginfo",
                                             .arity = 2,
                                             .flags = kOwn,
                                             .group = Group::kConnection,
                                             .summary = "Answers what the connection tracks.",
                                             .since = "6.2.0",
                                             .run = client_trackinginfo};

}  // namespace redstart
