// What the families of stream commands share: ids in arguments and answers, entries in answers,
// errors, events.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/collection.h"
#include "engine/arg_reader.h"
#include "types/stream.h"

namespace redstart {

namespace event {
inline constexpr Event kXadd{EventClass::kStream, "xadd"};
inline constexpr Event kXdel{EventClass::kStream, "xdel"};
inline constexpr Event kXtrim{EventClass::kStream, "xtrim"};
inline constexpr Event kXsetid{EventClass::kStream, "xsetid"};
inline constexpr Event kXgroupCreate{EventClass::kStream, "xgroup-create"};
inline constexpr Event kXgroupSetid{EventClass::kStream, "xgroup-setid"};
inline constexpr Event kXgroupDestroy{EventClass::kStream, "xgroup-destroy"};
inline constexpr Event kXgroupCreateConsumer{EventClass::kStream, "xgroup-createconsumer"};
inline constexpr Event kXgroupDelConsumer{EventClass::kStream, "xgroup-delconsumer"};
}  // namespace event

// ---- ids

inline constexpr std::string_view kBadStreamId =
    "ERR Invalid stream ID specified as stream command argument";

// An id in the form "5-3" or "5". False: the error has been answered.
bool read_stream_id(Context& c, std::string_view text, StreamId* id);
// All arguments from `from` up to `end`.
bool read_stream_ids(Context& c, size_t from, size_t end, std::vector<StreamId>* ids);
// An end of a range: "-", "+", an id, or "(" and an id for the one next to it.
bool read_range_start(Context& c, std::string_view text, StreamId* id);
bool read_range_end(Context& c, std::string_view text, StreamId* id);
// False: the error has been answered.
bool read_integer(Context& c, std::string_view text, int64_t* value,
                  std::string_view error = err::kNotInteger);

// KEEPREF, DELREF or ACKED, if it stands there.
bool take_refs(std::string_view word, StreamRefs* refs);

// ---- answers

void answer_stream_id(Reply& reply, StreamId id);
// [id, [field, value ...]]
void answer_entry(Reply& reply, const StreamEntry& entry);
// The entries of a range as an array, at most `count` of them (0: all).
void answer_entries(Reply& reply, const EntryStreamView& stream, StreamId from, StreamId to,
                    bool reverse, uint64_t count);

// "NOGROUP No such key 'k' or consumer group 'g'" and what follows.
std::string no_key_or_group(std::string_view key, std::string_view group,
                            std::string_view rest = "");
std::string no_group(std::string_view key, std::string_view group);

// ---- consumers and effects

// The consumer of this name; a new one is announced.
StreamConsumer* need_consumer(Context& c, Edit<EntryStream>& stream, StreamGroup* group,
                              std::string_view name);

// What a replica is told of groups: the outcome, never the question.
class GroupEffects {
 public:
  // From here on the call itself is not propagated.
  GroupEffects(Context& c, std::string_view key, std::string_view group)
      : c_(c), key_(key), group_(group) {
    c.propagate_nothing();
  }
  void pending_changed(const StreamGroup& group, StreamId id, const StreamPending& pending);
  void moved_on(const StreamGroup& group);
  void consumer_created(std::string_view consumer);

 private:
  Context& c_;
  std::string_view key_;
  std::string_view group_;
};

}  // namespace redstart
