// The streams family, part 4: pending entries that change hands: XCLAIM and XAUTOCLAIM.
#include <limits>

#include "commands/families.h"
#include "commands/stream_access.h"

namespace redstart {

namespace {

struct ClaimArgs {
  int64_t min_idle_ms = 0;
  int64_t delivered_ms = 0;
  int64_t deliveries = -1;  // RETRYCOUNT; -1: one more than it was
  StreamId last_id;         // LASTID
  bool force = false;
  bool just_id = false;
};

bool read_min_idle(Context& c, std::string_view error, int64_t* min_idle_ms) {
  if (!read_integer(c, c.arg(4), min_idle_ms, error)) return false;
  *min_idle_ms = std::max<int64_t>(*min_idle_ms, 0);
  return true;
}

// The options behind the ids. False: the error has been answered.
bool read_claim_options(Context& c, size_t at, ClaimArgs* args) {
  constexpr int64_t kNotGiven = -1;
  int64_t delivered_ms = kNotGiven;
  for (; at < c.argc(); at++) {
    bool more = at + 1 < c.argc();
    std::string_view word = c.arg(at);
    if (equals_fold(word, "FORCE")) {
      args->force = true;
    } else if (equals_fold(word, "JUSTID")) {
      args->just_id = true;
    } else if (more && equals_fold(word, "IDLE")) {
      int64_t idle_ms = 0;
      if (!read_integer(c, c.arg(++at), &idle_ms, "ERR Invalid IDLE option argument for XCLAIM")) {
        return false;
      }
      delivered_ms = idle_ms < 0 ? c.now_ms : c.now_ms - idle_ms;
    } else if (more && equals_fold(word, "TIME")) {
      if (!read_integer(c, c.arg(++at), &delivered_ms,
                        "ERR Invalid TIME option argument for XCLAIM")) {
        return false;
      }
    } else if (more && equals_fold(word, "RETRYCOUNT")) {
      if (!read_integer(c, c.arg(++at), &args->deliveries,
                        "ERR Invalid RETRYCOUNT option argument for XCLAIM")) {
        return false;
      }
    } else if (more && equals_fold(word, "LASTID")) {
      if (!read_stream_id(c, c.arg(++at), &args->last_id)) return false;
    } else {
      word = word.substr(0, word.find('\0'));
      c.reply.error("ERR Unrecognized XCLAIM option '" + std::string(word) + "'");
      return false;
    }
  }
  // A time that cannot be is now: clients reckon with clocks of their own.
  bool sensible = delivered_ms >= 0 && delivered_ms <= c.now_ms;
  args->delivered_ms = sensible ? delivered_ms : c.now_ms;
  return true;
}

// What XCLAIM and XAUTOCLAIM do with one entry after another.
class Claimer {
 public:
  Claimer(Context& c, Edit<EntryStream>& stream, StreamGroup* group, const ClaimArgs& args)
      : c_(c),
        stream_(stream),
        group_(group),
        consumer_(need_consumer(c, stream, group, c.arg(3))),
        args_(args),
        effects_(c, c.arg(1), c.arg(2)) {}

  GroupEffects& effects() { return effects_; }
  size_t claimed() const { return claimed_; }
  // Whether an effect was told, and with it the group's last id.
  bool told() const { return told_; }

  // An entry that is gone cannot be pending. True: it was gone.
  bool forget_if_gone(StreamId id) {
    if (stream_->contains(id)) return false;
    StreamPending* pending = group_->find_pending(id);
    if (pending == nullptr) return true;
    tell(id, *pending);
    group_->acknowledge(id);
    return true;
  }

  bool idle_enough(const StreamPending& pending) const {
    return args_.min_idle_ms == 0 || c_.now_ms - pending.delivered_ms >= args_.min_idle_ms;
  }

  // REQUIRES: the entry is there.
  void claim(StreamId id) {
    bool is_new = group_->find_pending(id) == nullptr;
    StreamPending* pending = group_->give(id, consumer_);
    pending->delivered_ms = args_.delivered_ms;
    if (is_new) pending->deliveries = 1;
    if (args_.deliveries >= 0) {
      pending->deliveries = args_.deliveries;
    } else if (!args_.just_id) {
      pending->deliveries++;
    }
    consumer_->active_ms = c_.now_ms;
    if (args_.just_id) {
      answer_stream_id(c_.reply, id);
    } else {
      stream_->visit_entry(id, [&](const StreamEntry& entry) { answer_entry(c_.reply, entry); });
    }
    claimed_++;
    tell(id, *pending);
  }

 private:
  void tell(StreamId id, const StreamPending& pending) {
    effects_.pending_changed(*group_, id, pending);
    c_.unit.count_change();
    told_ = true;
  }

  Context& c_;
  Edit<EntryStream>& stream_;
  StreamGroup* group_;
  StreamConsumer* consumer_;
  const ClaimArgs& args_;
  GroupEffects effects_;
  size_t claimed_ = 0;
  bool told_ = false;
};

void xclaim(Context& c) {
  Edit<EntryStream> stream(c, c.key(1));
  if (!stream) return;
  StreamGroup* group = stream->group(c.arg(2));
  if (group == nullptr) return c.reply.error(no_key_or_group(c.arg(1), c.arg(2)));
  ClaimArgs args;
  if (!read_min_idle(c, "ERR Invalid min-idle-time argument for XCLAIM", &args.min_idle_ms)) return;
  // What is no id is the first option.
  std::vector<StreamId> ids;
  size_t at = 5;
  for (StreamId id; at < c.argc() && parse_stream_id(c.arg(at), 0, &id); at++) ids.push_back(id);
  if (!read_claim_options(c, at, &args)) return;

  bool moved = args.last_id > group->last_id;
  if (moved) group->last_id = args.last_id;
  Claimer claimer(c, stream, group, args);
  Reply::Mark mark = c.reply.open_array();
  for (StreamId id : ids) {
    if (claimer.forget_if_gone(id)) continue;
    const StreamPending* pending = group->find_pending(id);
    bool claimable = pending != nullptr ? claimer.idle_enough(*pending) : args.force;
    if (claimable) claimer.claim(id);
  }
  if (moved && !claimer.told()) {
    claimer.effects().moved_on(*group);
    c.unit.count_change();
  }
  c.reply.close(mark, claimer.claimed());
}

constexpr CommandSpec kXclaim = {
    .name = "xclaim",
    .arity = -6,
    .flags = kWrite | kFast,
    .group = Group::kStream,
    .keys = one_key(kKeyRw | kKeyUpdate),
    .args = "key group consumer min-idle-time id+ [IDLE ms:integer] [TIME "
            "unix-time-milliseconds:unix-time] [RETRYCOUNT count:integer] [FORCE] [JUSTID] [LASTID "
            "lastid]",
    .summary = "Gives pending entries to another consumer of the group.",
    .since = "5.0.0",
    .complexity = "O(log(N)) for each id with N pending entries.",
    .tips = "nondeterministic_output",
    .run = xclaim};

void xautoclaim(Context& c) {
  ClaimArgs args;
  args.delivered_ms = c.now_ms;
  if (!read_min_idle(c, "ERR Invalid min-idle-time argument for XAUTOCLAIM", &args.min_idle_ms)) {
    return;
  }
  StreamId from;
  if (!read_range_start(c, c.arg(5), &from)) return;
  // So many entries are looked at for one that is claimed.
  constexpr int64_t kAttempts = 10;
  constexpr int64_t kMaxCount = std::numeric_limits<int64_t>::max() / sizeof(StreamId);
  int64_t count = 100;
  ArgReader options(c.args, 6);
  while (options.more()) {
    if (options.option("COUNT")) {
      if (!parse_int64(options.next(), &count) || count < 1 || count > kMaxCount) {
        options.fail("ERR COUNT must be > 0");
      }
    } else if (options.flag("JUSTID")) {
      args.just_id = true;
    } else {
      options.fail(err::kSyntax);
    }
  }
  if (!options.done()) return c.reply.error(options.error());
  Edit<EntryStream> stream(c, c.key(1));
  if (!stream) return;
  StreamGroup* group = stream->group(c.arg(2));
  if (group == nullptr) return c.reply.error(no_key_or_group(c.arg(1), c.arg(2)));

  // The cursor stands first in the answer: the ids are gathered before anything is said.
  std::vector<StreamId> gone, to_claim;
  const StreamPendings& pending = group->pending();
  auto at = pending.lower_bound(from);
  for (int64_t left = count * kAttempts; left > 0 && count > 0 && at != pending.end();
       --left, ++at) {
    if (!stream->contains(at->first)) {
      gone.push_back(at->first);
      --count;
    } else if (args.min_idle_ms == 0 || c.now_ms - at->second.delivered_ms >= args.min_idle_ms) {
      to_claim.push_back(at->first);
      --count;
    }
  }
  c.reply.array(3);
  answer_stream_id(c.reply, at == pending.end() ? StreamId() : at->first);
  Claimer claimer(c, stream, group, args);
  c.reply.array(to_claim.size());
  for (StreamId id : to_claim) claimer.claim(id);
  c.reply.array(gone.size());
  for (StreamId id : gone) {
    claimer.forget_if_gone(id);
    answer_stream_id(c.reply, id);
  }
}

constexpr CommandSpec kXautoclaim = {
    .name = "xautoclaim",
    .arity = -6,
    .flags = kWrite | kFast,
    .group = Group::kStream,
    .keys = one_key(kKeyRw | kKeyDelete),
    .args = "key group consumer min-idle-time start [COUNT count:integer] [JUSTID]",
    .summary = "Gives what was pending too long to another consumer of the group.",
    .since = "6.2.0",
    .complexity = "O(1) if COUNT is small.",
    .tips = "nondeterministic_output",
    .run = xautoclaim};

}  // namespace

std::span<const CommandSpec* const> stream_claim_commands() {
  static constexpr const CommandSpec* kAll[] = {&kXclaim, &kXautoclaim};
  return kAll;
}

}  // namespace redstart
