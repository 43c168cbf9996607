#include "persist/rdb_save_value.h"

#include <algorithm>
#include <limits>

#include "core/rdb_format.h"
#include "core/rdb_writer.h"
#include "keyspace/entry.h"
#include "persist/rdb_json.h"
#include "persist/rdb_search.h"
#include "persist/rdb_vector.h"
#include "types/array.h"
#include "types/hash.h"
#include "types/list.h"
#include "types/set.h"
#include "types/stream.h"
#include "types/zset.h"

namespace redstart {

namespace {

std::string_view pack_bytes(const Entry& entry) {
  return ListpackView(static_cast<const uint8_t*>(entry.object())).bytes();
}

Held held_of(const Entry& entry) { return {entry.object(), entry.encoding()}; }

const StreamData& stream_of(const Entry& entry) {
  return *static_cast<const StreamData*>(entry.object());
}

void write_item(RdbWriter& out, const ListpackItem& item) {
  item.is_number ? out.string(item.number) : out.string(item.text);
}

// ---- hashes

HashEncoding hash_encoding(const Entry& entry) {
  return static_cast<HashEncoding>(entry.encoding());
}

// A large hash keeps no sign of its fields' expiry but its deadlines, which may be stale.
int64_t first_expiry_ms(const Entry& entry) {
  int64_t first_ms = std::numeric_limits<int64_t>::max();
  HashView hash(held_of(entry));
  if (hash.next_expiry_ms() == INT64_MAX) return first_ms;
  hash.for_each([&](const HashItem& item) {
    if (item.expire_at_ms != kFieldStays) first_ms = std::min(first_ms, item.expire_at_ms);
  });
  return first_ms;
}

bool has_field_expiry(const Entry& entry) { return first_expiry_ms(entry) != INT64_MAX; }

uint8_t hash_type(const Entry& entry, int version) {
  bool expiry = version >= rdb::kWithFieldExpiry && has_field_expiry(entry);
  switch (hash_encoding(entry)) {
    case HashEncoding::kListpack:
      return rdb::kHashListpack;
    case HashEncoding::kListpackEx:
      return expiry ? rdb::kHashListpackEx : rdb::kHash;
    default:
      return expiry ? rdb::kHashExpiry : rdb::kHash;
  }
}

void write_hash(RdbWriter& out, const Entry& entry, uint8_t type) {
  HashView hash(held_of(entry));
  if (type == rdb::kHashListpack) return out.blob(pack_bytes(entry));
  int64_t first_ms = type == rdb::kHash ? 0 : first_expiry_ms(entry);
  if (type != rdb::kHash) out.little_int64(first_ms);
  if (type == rdb::kHashListpackEx) return out.blob(pack_bytes(entry));
  out.length(hash.size());
  hash.for_each([&](const HashItem& item) {
    if (type == rdb::kHashExpiry) {
      bool stays = item.expire_at_ms == kFieldStays;
      out.length(stays ? 0 : static_cast<uint64_t>(item.expire_at_ms - first_ms + 1));
    }
    write_item(out, item.field);
    write_item(out, item.value);
  });
}

// ---- lists, sets, sorted sets

void write_list(RdbWriter& out, const Entry& entry) {
  if (static_cast<ListEncoding>(entry.encoding()) == ListEncoding::kListpack) {
    out.length(1);
    out.length(rdb::kNodePacked);
    return out.blob(pack_bytes(entry));
  }
  const auto& nodes = *static_cast<const ListNodes*>(entry.object());
  out.length(nodes.node_count());
  for (uint32_t i = 0; i < nodes.node_count(); i++) {
    ListpackView items = nodes.node(i).view();
    if (nodes.holds_giant(i)) {
      out.length(rdb::kNodePlain);
      write_item(out, items.at(items.first()));
    } else {
      out.length(rdb::kNodePacked);
      out.blob(items.bytes());
    }
  }
}

uint8_t set_type(const Entry& entry, int version) {
  switch (static_cast<SetEncoding>(entry.encoding())) {
    case SetEncoding::kIntset:
      return rdb::kSetIntset;
    case SetEncoding::kListpack:
      return version >= rdb::kWithConsumerActivity ? rdb::kSetListpack : rdb::kSet;
    default:
      return rdb::kSet;
  }
}

void write_set(RdbWriter& out, const Entry& entry, uint8_t type) {
  if (type == rdb::kSetListpack) return out.blob(pack_bytes(entry));
  if (type == rdb::kSetIntset) {
    return out.blob(IntsetView(static_cast<const uint8_t*>(entry.object())).bytes());
  }
  SetView set(held_of(entry));
  out.length(set.size());
  set.for_each([&](const SetItem& item) { write_item(out, item); });
}

// From the highest score down, as Redis does: whoever builds a tree of pointers out of it inserts
// at one end.
void write_zset(RdbWriter& out, const Entry& entry, uint8_t type) {
  if (type == rdb::kZsetListpack) return out.blob(pack_bytes(entry));
  ZsetView zset(held_of(entry));
  out.length(zset.size());
  zset.visit({0, zset.size()}, true, [&](std::string_view member, double score) {
    out.string(member);
    out.little_double(score);
  });
}

// ---- streams

// Before version 11 a consumer has one time; it is read back as both.
bool has_activity(const Entry& entry) {
  const StreamData& stream = stream_of(entry);
  if (!stream.groups) return false;
  for (auto& [name, group] : *stream.groups) {
    for (auto& [consumer_name, consumer] : group->consumers()) {
      if (consumer->active_ms != consumer->seen_ms) return true;
    }
  }
  return false;
}

void write_raw_id(RdbWriter& out, StreamId id) {
  uint64_t big[] = {__builtin_bswap64(id.ms), __builtin_bswap64(id.seq)};
  out.raw({reinterpret_cast<const char*>(big), sizeof big});
}

void write_id(RdbWriter& out, StreamId id) {
  out.length(id.ms);
  out.length(id.seq);
}

void write_consumer(RdbWriter& out, const StreamConsumer& consumer, bool with_activity) {
  out.string(consumer.name);
  out.little_int64(consumer.seen_ms);
  if (with_activity) out.little_int64(consumer.active_ms);
  out.length(consumer.pending.size());
  for (StreamId id : consumer.pending) write_raw_id(out, id);
}

void write_stream(RdbWriter& out, const Entry& entry, uint8_t type) {
  const StreamData& stream = stream_of(entry);
  out.length(stream.blocks.size());
  for (auto at = stream.blocks.begin(); at != stream.blocks.end(); at = stream.blocks.next(at)) {
    const StreamBlock& block = stream.blocks.at(at);
    out.length(sizeof(StreamId));
    write_raw_id(out, block.id());
    out.blob(block.pack().bytes());
  }
  const StreamMarks& marks = stream.marks;
  out.length(stream.length);
  write_id(out, marks.last_id);
  write_id(out, marks.first_id);
  write_id(out, marks.max_deleted_id);
  out.length(marks.entries_added);
  out.length(stream.groups ? stream.groups->size() : 0);
  if (!stream.groups) return;
  for (auto& [name, group] : *stream.groups) {
    out.string(name);
    write_id(out, group->last_id);
    out.length(static_cast<uint64_t>(group->entries_read));
    out.length(group->pending().size());
    for (auto& [id, pending] : group->pending()) {
      write_raw_id(out, id);
      out.little_int64(pending.delivered_ms);
      out.length(static_cast<uint64_t>(pending.deliveries));
    }
    out.length(group->consumers().size());
    for (auto& [consumer_name, consumer] : group->consumers()) {
      write_consumer(out, *consumer, type == rdb::kStream3);
    }
  }
}

// ---- arrays

void write_array(RdbWriter& out, const Entry& entry) {
  const ArrayView array(held_of(entry));
  out.length(array.count());
  const bool has_cursor = array.cursor() != kNoArrayCursor;
  out.length(has_cursor);
  if (has_cursor) out.length(array.cursor());
  ArrayText scratch;
  array.walk(0, kArrayIndexMax, false, [&](uint64_t index, ArrayWord word) {
    out.length(index);
    int64_t number = 0;
    if (array_word_int(word, &number)) {
      out.length(rdb::kArrayInteger);
      out.little_int64(number);
      return true;
    }
    const std::string_view text = array_word_text(word, scratch);
    out.length(text.size() <= kArrayShortTextMax ? rdb::kArrayShortText : rdb::kArrayText);
    out.string(text);
    return true;
  });
}

// ---- strings

void write_string(RdbWriter& out, const Entry& entry) {
  int64_t number;
  if (entry.string_encoding() == StringEncoding::kInt && entry.string_int(&number)) {
    return out.string(number);
  }
  IntText scratch;
  out.string(entry.string(scratch));
}

}  // namespace

int rdb_version_for(const Entry& entry) {
  if (entry.type() == Type::kHash && has_field_expiry(entry)) return rdb::kWithFieldExpiry;
  if (entry.type() == Type::kStream && has_activity(entry)) return rdb::kWithConsumerActivity;
  if (entry.type() == Type::kArray) return rdb::kWithArrays;
  return rdb::kOldestWritten;
}

uint8_t rdb_type_of(const Entry& entry, int version) {
  switch (entry.type()) {
    case Type::kList:
      return rdb::kListNodes;
    case Type::kSet:
      return set_type(entry, version);
    case Type::kZset:
      return static_cast<ZsetEncoding>(entry.encoding()) == ZsetEncoding::kListpack
                 ? rdb::kZsetListpack
                 : rdb::kZset;
    case Type::kHash:
      return hash_type(entry, version);
    case Type::kStream:
      return version >= rdb::kWithConsumerActivity ? rdb::kStream3 : rdb::kStream2;
    case Type::kJson:
    case Type::kIndex:
    case Type::kVector:
      return rdb::kModule;
    case Type::kArray:
      return rdb::kArray;
    default:
      return rdb::kString;
  }
}

void write_value(RdbWriter& out, const Entry& entry, uint8_t type) {
  switch (entry.type()) {
    case Type::kList:
      return write_list(out, entry);
    case Type::kSet:
      return write_set(out, entry, type);
    case Type::kZset:
      return write_zset(out, entry, type);
    case Type::kHash:
      return write_hash(out, entry, type);
    case Type::kStream:
      return write_stream(out, entry, type);
    case Type::kJson:
      return write_json(out, entry);
    case Type::kIndex:
      return write_index(out, entry);
    case Type::kArray:
      return write_array(out, entry);
    case Type::kVector:
      return write_vectors(out, entry);
    default:
      return write_string(out, entry);
  }
}

}  // namespace redstart
