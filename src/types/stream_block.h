// A block of a stream: some entries in one listpack, byte for byte what Redis keeps and saves.
//
//   +--------------------------------------------------------+---------+---------+---
//   | live, deleted, field count, field names ..., 0         | entry   | entry   | ...
//   +--------------------------------------------------------+---------+---------+---
//    master entry: the names of the first entry's fields
//
//   entry = flags, ms - id.ms, seq - id.seq, value ...,                            item count
//   or      flags, ms - id.ms, seq - id.seq, field count, field, value ...,        item count
//
// The first form is that of an entry with the master's fields: most of them. A deleted entry stays
// as a tombstone; a block without living entries is thrown away by its owner. The item count leads
// back to the flags.
//
// A block has room at its end while it grows; fit() takes it away once the next block is begun.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/listpack.h"
#include "types/stream_id.h"

namespace redstart {

class Slab;

// Field, value, field, value ...
using StreamFields = std::span<const std::string_view>;

// An entry as a visitor sees it; borrowed for the visit.
class StreamEntry {
 public:
  StreamId id;

  size_t field_count() const { return field_count_; }
  // Calls visit(std::string_view field, std::string_view value).
  template <class Visit>
  void for_each_field(Visit&& visit) const;

 private:
  friend class StreamBlock;
  explicit StreamEntry(ListpackView pack) : pack_(pack) {}

  ListpackView pack_;
  uint32_t pos_ = 0;     // of the flags
  uint32_t fields_ = 0;  // of the first name, the master's or its own
  uint32_t items_ = 0;   // of the first item behind the field count
  uint32_t field_count_ = 0;
  bool same_fields_ = false;
  bool deleted_ = false;
};

class StreamBlock {
 public:
  // Without entries yet; the fields become the master's.
  StreamBlock(Slab& slab, StreamId id, StreamFields fields);
  static StreamBlock copy(Slab& slab, const StreamBlock& from);
  // Of bytes in this form, as a dump holds them. REQUIRES: a valid listpack.
  static StreamBlock adopt(Slab& slab, StreamId id, std::string_view bytes);
  void release(Slab& slab);

  // What the ids of all entries are relative to: that of the first one, ever.
  StreamId id() const { return id_; }
  ListpackView pack() const { return ListpackView(bytes_); }
  size_t live() const;
  size_t deleted() const;
  // What it takes from the slab.
  size_t capacity() const { return capacity_; }

  // REQUIRES: a higher id than all before.
  void append(Slab& slab, StreamId id, StreamFields fields);
  void fit(Slab& slab);
  // Makes a tombstone of the entry, which stays good for a step to the next. REQUIRES: of this
  // block, not deleted.
  void erase(Slab& slab, StreamEntry* entry);

  // The first and the last entry, and their neighbours, tombstones included. False: there is none.
  bool first(StreamEntry* entry) const;
  bool last(StreamEntry* entry) const;
  bool next(StreamEntry* entry) const;
  bool prev(StreamEntry* entry) const;
  StreamEntry no_entry() const { return StreamEntry(pack()); }
  static bool is_deleted(const StreamEntry& entry) { return entry.deleted_; }

 private:
  StreamBlock(StreamId id, uint8_t* bytes, size_t capacity)
      : id_(id), bytes_(bytes), capacity_(static_cast<uint32_t>(capacity)) {}

  void read(uint32_t pos, StreamEntry* entry) const;
  uint32_t entries_begin() const;
  bool has_fields(StreamFields fields) const;
  void reserve(Slab& slab, size_t bytes);
  void move_to(Slab& slab, size_t capacity);
  void set_number(Slab& slab, uint32_t pos, int64_t number);

  StreamId id_;
  uint8_t* bytes_;
  uint32_t capacity_;
};

template <class Visit>
void StreamEntry::for_each_field(Visit&& visit) const {
  char field_buffer[kIntTextMax];
  char value_buffer[kIntTextMax];
  uint32_t field = fields_;
  uint32_t value = same_fields_ ? items_ : pack_.next(fields_);
  for (uint32_t left = field_count_; left > 0; --left) {
    visit(pack_.at(field).view(field_buffer), pack_.at(value).view(value_buffer));
    if (left == 1) return;
    field = same_fields_ ? pack_.next(field) : pack_.next(value);
    value = same_fields_ ? pack_.next(value) : pack_.next(field);
  }
}

}  // namespace redstart
