// The names of members of JSON documents, each kept once however many documents have it.
//
// A document that is stored a thousand times with other values costs its names once: a member
// carries four bytes, the number of its name. Comparing names is comparing numbers, and a name
// that is not here is in no document at all.
//
//   table       text -> Name          found by hash
//   directory   number -> Name*       chunks that never move
//
// A name counts its holders and goes with the last of them; its number is used again.
// Cost: 12 bytes, the text, 8 of the directory and 12 of the table for each different name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "core/seg_table.h"

namespace redstart {

class Slab;

struct JsonName {
  uint32_t holders;
  uint32_t number;
  uint32_t size;
  char bytes[];

  std::string_view text() const { return {bytes, size}; }
};

struct JsonNamePolicy {
  using Object = JsonName;
  const uint64_t* seed = nullptr;
  uint64_t hash(const JsonName* name) const { return hash_bytes(name->text(), *seed); }
  bool equals(const JsonName* name, std::string_view text) const { return name->text() == text; }
};

class JsonNames {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  JsonNames(Slab& slab, const uint64_t& hash_seed);
  ~JsonNames();
  JsonNames(const JsonNames&) = delete;
  JsonNames& operator=(const JsonNames&) = delete;

  // kNone: nobody holds it.
  uint32_t find(std::string_view text) const;
  std::string_view text(uint32_t number) const { return name(number)->text(); }
  // The number of the name, with one more holder.
  uint32_t hold(std::string_view text);
  void hold_again(uint32_t number);
  void let_go(uint32_t number);

  size_t size() const { return table_.size(); }
  // What all names take from the slab.
  size_t bytes() const { return name_bytes_ + table_.bytes(); }

 private:
  static constexpr uint32_t kChunk = 1024;

  JsonName* name(uint32_t number) const { return chunks_[number / kChunk][number % kChunk]; }
  uint64_t hash_of(std::string_view text) const { return hash_bytes(text, *table_.policy().seed); }
  uint32_t free_number();

  Slab& slab_;
  SegTable<JsonNamePolicy> table_;
  std::vector<std::unique_ptr<JsonName*[]>> chunks_;
  std::vector<uint32_t> free_numbers_;
  uint32_t numbers_ = 0;  // given out so far
  size_t name_bytes_ = 0;
};

}  // namespace redstart
