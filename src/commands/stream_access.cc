#include "commands/stream_access.h"

#include "base/numbers.h"

namespace redstart {

// ---- ids

bool read_stream_id(Context& c, std::string_view text, StreamId* id) {
  if (parse_stream_id(text, 0, id)) return true;
  c.reply.error(kBadStreamId);
  return false;
}

bool read_stream_ids(Context& c, size_t from, size_t end, std::vector<StreamId>* ids) {
  ids->reserve(end - from);
  for (size_t i = from; i < end; i++) {
    if (!read_stream_id(c, c.arg(i), &ids->emplace_back())) return false;
  }
  return true;
}

namespace {

bool is_open(std::string_view text) { return text.size() > 1 && text[0] == '('; }

bool read_bound(Context& c, std::string_view text, uint64_t missing_seq, StreamId* id) {
  bool ok = is_open(text) ? parse_stream_id(text.substr(1), missing_seq, id)
                          : parse_stream_bound(text, missing_seq, id);
  if (!ok) c.reply.error(kBadStreamId);
  return ok;
}

}  // namespace

bool read_range_start(Context& c, std::string_view text, StreamId* id) {
  if (!read_bound(c, text, 0, id)) return false;
  if (!is_open(text) || id->step_up()) return true;
  c.reply.error("ERR invalid start ID for the interval");
  return false;
}

bool read_range_end(Context& c, std::string_view text, StreamId* id) {
  if (!read_bound(c, text, UINT64_MAX, id)) return false;
  if (!is_open(text) || id->step_down()) return true;
  c.reply.error("ERR invalid end ID for the interval");
  return false;
}

bool read_integer(Context& c, std::string_view text, int64_t* value, std::string_view error) {
  if (parse_int64(text, value)) return true;
  c.reply.error(error);
  return false;
}

bool take_refs(std::string_view word, StreamRefs* refs) {
  if (equals_fold(word, "KEEPREF")) {
    *refs = StreamRefs::kKeep;
  } else if (equals_fold(word, "DELREF")) {
    *refs = StreamRefs::kDelete;
  } else if (equals_fold(word, "ACKED")) {
    *refs = StreamRefs::kAcked;
  } else {
    return false;
  }
  return true;
}

// ---- answers

void answer_stream_id(Reply& reply, StreamId id) {
  char text[kStreamIdTextMax];
  reply.bulk({text, write_stream_id(text, id)});
}

void answer_entry(Reply& reply, const StreamEntry& entry) {
  reply.array(2);
  answer_stream_id(reply, entry.id);
  reply.array(entry.field_count() * 2);
  entry.for_each_field([&](std::string_view field, std::string_view value) {
    reply.bulk(field);
    reply.bulk(value);
  });
}

void answer_entries(Reply& reply, const EntryStreamView& stream, StreamId from, StreamId to,
                    bool reverse, uint64_t count) {
  Reply::Mark mark = reply.open_array();
  uint64_t answered = 0;
  stream.visit_until(from, to, reverse, [&](const StreamEntry& entry) {
    answer_entry(reply, entry);
    return ++answered == count;
  });
  reply.close(mark, answered);
}

std::string no_key_or_group(std::string_view key, std::string_view group, std::string_view rest) {
  std::string text = "NOGROUP No such key '";
  text.append(key).append("' or consumer group '").append(group).append("'").append(rest);
  return text;
}

std::string no_group(std::string_view key, std::string_view group) {
  std::string text = "NOGROUP No such consumer group '";
  text.append(group).append("' for key name '").append(key).append("'");
  return text;
}

// ---- consumers and effects

StreamConsumer* need_consumer(Context& c, Edit<EntryStream>& stream, StreamGroup* group,
                              std::string_view name) {
  StreamConsumer* consumer = group->consumer(name);
  if (consumer == nullptr) {
    consumer = group->add_consumer(name, c.now_ms);
    stream.commit(event::kXgroupCreateConsumer);
  }
  consumer->seen_ms = c.now_ms;
  return consumer;
}

void GroupEffects::pending_changed(const StreamGroup& group, StreamId id,
                                   const StreamPending& pending) {
  char id_text[kStreamIdTextMax];
  char last_id_text[kStreamIdTextMax];
  char time_text[kIntTextMax];
  char count_text[kIntTextMax];
  c_.propagate_as({"XCLAIM", key_, group_, pending.consumer->name, "0",
                   {id_text, write_stream_id(id_text, id)}, "TIME",
                   {time_text, write_int64(time_text, pending.delivered_ms)}, "RETRYCOUNT",
                   {count_text, write_int64(count_text, pending.deliveries)}, "FORCE", "JUSTID",
                   "LASTID", {last_id_text, write_stream_id(last_id_text, group.last_id)}});
}

void GroupEffects::moved_on(const StreamGroup& group) {
  char id_text[kStreamIdTextMax];
  char count_text[kIntTextMax];
  c_.propagate_as({"XGROUP", "SETID", key_, group_,
                   {id_text, write_stream_id(id_text, group.last_id)}, "ENTRIESREAD",
                   {count_text, write_int64(count_text, group.entries_read)}});
}

void GroupEffects::consumer_created(std::string_view consumer) {
  c_.propagate_as({"XGROUP", "CREATECONSUMER", key_, group_, consumer});
}

}  // namespace redstart
