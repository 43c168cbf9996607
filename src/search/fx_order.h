// The order in which buckets of $terms come that have the same count.
//
// Upstash's engine, Tantivy, keeps buckets in a hash table of Rust's and sorts them by their counts
// only, so ties come in the order of the table's slots. People have written tests that expect it:
// of an F64 field with the values 0, 1 and 2, it is 2, 0, 1. What is computed here is the slots of
// such a table: hashes of rustc-hash 2.1, a power of two of slots at most 7/8 full, groups of 16
// slots probed at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace redstart::search {

// Hashes of keys, by their type.
uint64_t fx_hash(std::string_view text);
uint64_t fx_hash(double value);
uint64_t fx_hash(int64_t value);
uint64_t fx_hash(uint64_t value);
uint64_t fx_hash(bool value);

// The positions of the hashes in the order of slots, if they were put into the table one after the
// other.
std::vector<size_t> fx_order(std::span<const uint64_t> hashes);

}  // namespace redstart::search
