#include "types/stream.h"

#include <algorithm>
#include <new>
#include <vector>

#include "base/numbers.h"
#include "types/value_digest.h"

namespace redstart {

// ---- EntryStreamView

StreamId EntryStreamView::top_id() const {
  StreamId top;
  visit_until({}, StreamId::max(), true, [&](const StreamEntry& entry) {
    top = entry.id;
    return true;
  });
  return top;
}

StreamGroup* EntryStreamView::find_group(std::string_view name) const {
  if (data_ == nullptr || !data_->groups) return nullptr;
  auto found = data_->groups->find(name);
  return found == data_->groups->end() ? nullptr : found->second;
}

// Whether an entry at or above this id may have been deleted out of the stream.
bool EntryStreamView::deleted_behind(StreamId id) const {
  const StreamMarks& m = data_->marks;
  return data_->length > 0 && !m.max_deleted_id.is_zero() && id <= m.max_deleted_id;
}

// How many entries were ever added up to this id, as far as that can be told without a walk:
// for ids at or before the first entry and for the last one.
int64_t EntryStreamView::entries_up_to(StreamId id) const {
  const StreamMarks& m = data_->marks;
  auto added = static_cast<int64_t>(m.entries_added);
  auto length = static_cast<int64_t>(data_->length);
  if (added == 0) return 0;
  if (length == 0 && id <= m.last_id) return added;
  if (!id.is_zero() && id < m.max_deleted_id) return StreamGroup::kUnknownReads;
  if (id == m.last_id) return added;
  if (id > m.last_id) return StreamGroup::kUnknownReads;
  bool unbroken = m.max_deleted_id.is_zero() || m.max_deleted_id < m.first_id;
  if (unbroken && id < m.first_id) return added - length;
  if (unbroken && id == m.first_id) return added - length + 1;
  return StreamGroup::kUnknownReads;
}

std::optional<int64_t> EntryStreamView::lag(const StreamGroup& group) const {
  const StreamMarks& m = data_->marks;
  auto added = static_cast<int64_t>(m.entries_added);
  if (added == 0 || data_->length == 0) return 0;
  if (group.last_id < m.first_id && m.max_deleted_id < m.first_id) {
    return static_cast<int64_t>(data_->length);
  }
  bool counted = group.entries_read != StreamGroup::kUnknownReads && !deleted_behind(group.last_id);
  int64_t read = counted ? group.entries_read : entries_up_to(group.last_id);
  if (read == StreamGroup::kUnknownReads) return std::nullopt;
  return added - read;
}

// ---- EntryStream: entries

namespace {

constexpr size_t kBlockMaxBytes = size_t{1} << 30;

StreamData* make_data(Slab& slab) {
  return new (slab.allocate(sizeof(StreamData))) StreamData(slab);
}

void release_data(Slab& slab, StreamData* data) {
  data->~StreamData();
  slab.release(data, sizeof(StreamData));
}

StreamGroup* make_group(Slab& slab, StreamId last_id, int64_t entries_read) {
  return new (slab.allocate(sizeof(StreamGroup))) StreamGroup(slab, last_id, entries_read);
}

void release_group(Slab& slab, StreamGroup* group) {
  group->~StreamGroup();
  slab.release(group, sizeof(StreamGroup));
}

}  // namespace

void EntryStream::create() {
  if (data_ == nullptr) data_ = make_data(env_->slab);
}

void EntryStream::drop() {
  if (data_ == nullptr) return;
  size_t budget = SIZE_MAX;
  kStreamOps.destroy_some(env_->slab, data_, 0, &budget);
  data_ = nullptr;
}

// A change of a block that may move it and change its size.
template <class Change>
void EntryStream::change_block(StreamBlocks::Position at, Change&& change) {
  StreamBlock& block = data_->blocks.at(at);
  data_->block_bytes -= block.capacity();
  change(block);
  data_->block_bytes += block.capacity();
}

bool EntryStream::fits_last_block(StreamFields fields) const {
  if (data_->blocks.empty()) return false;
  const StreamBlock& block = data_->blocks.at(data_->blocks.last());
  const Limits& limits = env_->limits;
  auto max_bytes = static_cast<size_t>(limits.stream_node_max_bytes);
  if (max_bytes == 0 || max_bytes > kBlockMaxBytes) max_bytes = kBlockMaxBytes;
  size_t bytes = block.pack().byte_size();
  for (std::string_view text : fields) bytes += text.size();
  if (bytes >= max_bytes) return false;
  auto max_entries = static_cast<size_t>(limits.stream_node_max_entries);
  return max_entries == 0 || block.live() + block.deleted() < max_entries;
}

void EntryStream::add(StreamId id, StreamFields fields) {
  create();
  Slab& slab = env_->slab;
  StreamBlocks& blocks = data_->blocks;
  if (!fits_last_block(fields)) {
    if (!blocks.empty()) {
      change_block(blocks.last(), [&](StreamBlock& block) { block.fit(slab); });
    }
    StreamBlock block(slab, id, fields);
    data_->block_bytes += block.capacity();
    blocks.push_back(block);
  }
  change_block(blocks.last(), [&](StreamBlock& block) { block.append(slab, id, fields); });
  data_->marks.last_id = id;
  data_->marks.entries_added++;
  if (++data_->length == 1) data_->marks.first_id = id;
}

void EntryStream::drop_block(StreamBlocks::Position at) {
  StreamBlock block = data_->blocks.at(at);
  data_->length -= block.live();
  data_->block_bytes -= block.capacity();
  data_->blocks.erase(at);
  block.release(env_->slab);
}

// Without care for the marks.
bool EntryStream::remove(StreamId id) {
  if (size() == 0) return false;
  StreamBlocks::Position at = data_->blocks.find(id);
  const StreamBlock& block = data_->blocks.at(at);
  StreamEntry entry = block.no_entry();
  bool more = block.first(&entry);
  while (more && entry.id < id) more = block.next(&entry);
  if (!more || entry.id != id || StreamBlock::is_deleted(entry)) return false;
  if (block.live() == 1) {
    drop_block(at);
    return true;
  }
  change_block(at, [&](StreamBlock& block) { block.erase(env_->slab, &entry); });
  data_->length--;
  return true;
}

bool EntryStream::erase(StreamId id) {
  if (!remove(id)) return false;
  StreamMarks& m = data_->marks;
  m.max_deleted_id = std::max(m.max_deleted_id, id);
  if (id == m.first_id) find_first_id();
  return true;
}

void EntryStream::find_first_id() {
  data_->marks.first_id = {};
  visit_until({}, StreamId::max(), false, [&](const StreamEntry& entry) {
    data_->marks.first_id = entry.id;
    return true;
  });
}

// ---- EntryStream: trimming

uint64_t EntryStream::trim(const StreamTrim& rule) {
  if (size() == 0 || rule.by == StreamTrim::By::kNone) return 0;
  bool plain = rule.refs == StreamRefs::kKeep || group_count() == 0;
  uint64_t removed = plain ? trim_blocks(rule) : trim_by_entry(rule);
  if (removed > 0) find_first_id();
  return removed;
}

uint64_t EntryStream::trim_blocks(const StreamTrim& rule) {
  bool by_length = rule.by == StreamTrim::By::kLength;
  StreamBlocks& blocks = data_->blocks;
  uint64_t removed = 0;
  while (!blocks.empty() && !(by_length && data_->length <= rule.length)) {
    const StreamBlock& block = blocks.at(blocks.begin());
    uint64_t live = block.live();
    bool in_limit = rule.limit == 0 || removed + live <= rule.limit;
    StreamEntry last = block.no_entry();
    bool whole = by_length ? data_->length - live >= rule.length
                           : block.last(&last) && last.id < rule.id;
    if (!whole || !in_limit) return rule.whole_blocks ? removed : trim_in_first_block(rule, removed);
    drop_block(blocks.begin());
    removed += live;
  }
  return removed;
}

// The rest, which takes some entries of the first block. Answers the sum of all removed.
uint64_t EntryStream::trim_in_first_block(const StreamTrim& rule, uint64_t removed) {
  StreamBlocks::Position at = data_->blocks.begin();
  StreamBlock& block = data_->blocks.at(at);
  StreamEntry entry = block.no_entry();
  bool more = block.first(&entry);
  for (; more; more = data_->blocks.at(at).next(&entry)) {
    if (rule.by == StreamTrim::By::kLength ? data_->length <= rule.length : entry.id >= rule.id) {
      break;
    }
    if (rule.limit != 0 && removed == rule.limit) break;
    if (StreamBlock::is_deleted(entry)) continue;
    removed++;
    if (block.live() == 1) {
      drop_block(at);
      return removed;
    }
    change_block(at, [&](StreamBlock& block) { block.erase(env_->slab, &entry); });
    data_->length--;
  }
  return removed;
}

// With regard to groups: each entry is looked at by itself.
uint64_t EntryStream::trim_by_entry(const StreamTrim& rule) {
  std::vector<StreamId> doomed;
  visit_until({}, StreamId::max(), false, [&](const StreamEntry& entry) {
    bool enough = rule.by == StreamTrim::By::kLength
                      ? data_->length - doomed.size() <= rule.length
                      : entry.id >= rule.id;
    if (enough || (rule.limit != 0 && doomed.size() == rule.limit)) return true;
    if (rule.refs == StreamRefs::kDelete || !is_referenced(entry.id)) doomed.push_back(entry.id);
    return false;
  });
  for (StreamId id : doomed) {
    remove(id);
    if (rule.refs == StreamRefs::kDelete) drop_references(id);
  }
  return doomed.size();
}

// ---- EntryStream: groups

StreamGroup* EntryStream::add_group(std::string_view name, StreamId last_id, int64_t entries_read) {
  if (!data_->groups) data_->groups = std::make_unique<StreamGroups>();
  StreamGroup* group = make_group(env_->slab, last_id, entries_read);
  data_->groups->emplace(name, group);
  return group;
}

bool EntryStream::remove_group(std::string_view name) {
  StreamGroup* group = find_group(name);
  if (group == nullptr) return false;
  data_->groups->erase(data_->groups->find(name));
  release_group(env_->slab, group);
  return true;
}

bool EntryStream::note_delivery(StreamGroup* group, StreamId id) {
  if (id <= group->last_id) return false;
  if (group->entries_read != StreamGroup::kUnknownReads && !deleted_behind(group->last_id)) {
    group->entries_read++;
  } else if (data_->marks.entries_added > 0) {
    group->entries_read = entries_up_to(id);
  }
  group->last_id = id;
  return true;
}

bool EntryStream::is_referenced(StreamId id) const {
  if (!data_->groups) return false;
  return std::any_of(data_->groups->begin(), data_->groups->end(), [&](auto& named) {
    return id > named.second->last_id || named.second->find_pending(id) != nullptr;
  });
}

void EntryStream::drop_references(StreamId id) {
  if (!data_->groups) return;
  for (auto& [name, group] : *data_->groups) group->acknowledge(id);
}

// ---- what others must know

namespace {

bool destroy_some(Slab& slab, void* object, uint8_t, size_t* budget) {
  auto* data = static_cast<StreamData*>(object);
  StreamBlocks& blocks = data->blocks;
  while (!blocks.empty()) {
    if (*budget == 0) return false;
    --*budget;
    // Backward, so that nothing behind moves.
    StreamBlock block = blocks.at(blocks.last());
    blocks.erase(blocks.last());
    block.release(slab);
  }
  while (data->groups && !data->groups->empty()) {
    auto group = data->groups->begin();
    if (!group->second->clear_some(budget)) return false;
    release_group(slab, group->second);
    data->groups->erase(group);
  }
  release_data(slab, data);
  return true;
}

void* copy(Slab& slab, const void* object, uint8_t) {
  auto* from = static_cast<const StreamData*>(object);
  StreamData* to = make_data(slab);
  to->length = from->length;
  to->marks = from->marks;
  for (auto at = from->blocks.begin(); at != from->blocks.end(); at = from->blocks.next(at)) {
    StreamBlock block = StreamBlock::copy(slab, from->blocks.at(at));
    to->block_bytes += block.capacity();
    to->blocks.push_back(block);
  }
  if (!from->groups) return to;
  to->groups = std::make_unique<StreamGroups>();
  for (auto& [name, group] : *from->groups) {
    StreamGroup* twin = make_group(slab, group->last_id, group->entries_read);
    group->copy_to(twin);
    to->groups->emplace(name, twin);
  }
  return to;
}

size_t bytes(const void* object, uint8_t) {
  auto* data = static_cast<const StreamData*>(object);
  size_t bytes = Slab::class_size(sizeof(StreamData)) + data->blocks.bytes() + data->block_bytes;
  if (!data->groups) return bytes;
  for (auto& [name, group] : *data->groups) bytes += group->bytes();
  return bytes;
}

// Without entries it is still there.
bool empty(const void*, uint8_t) { return false; }

std::string_view encoding_name(const void*, uint8_t) { return "stream"; }

void digest(const void* object, uint8_t, ValueDigest* digest) {
  auto* data = static_cast<const StreamData*>(object);
  const StreamBlocks& blocks = data->blocks;
  for (auto at = blocks.begin(); at != blocks.end(); at = blocks.next(at)) {
    StreamEntry entry = blocks.at(at).no_entry();
    bool more = blocks.at(at).first(&entry);
    for (; more; more = blocks.at(at).next(&entry)) {
      if (StreamBlock::is_deleted(entry)) continue;
      char text[kStreamIdTextMax];
      size_t size = write_uint64(text, entry.id.ms);
      text[size++] = '.';
      size += write_uint64(text + size, entry.id.seq);
      digest->mix({text, size});
      entry.for_each_field([&](std::string_view field, std::string_view value) {
        digest->mix(field);
        digest->mix(value);
      });
    }
  }
}

}  // namespace

const ObjectOps kStreamOps = {.destroy_some = destroy_some,
                              .copy = copy,
                              .bytes = bytes,
                              .empty = empty,
                              .encoding_name = encoding_name,
                              .digest = digest};

}  // namespace redstart
