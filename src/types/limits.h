// Up to where collections stay compact: the settings of the same names. A changed limit does not
// convert what is there; it counts at the next change of a collection, as in Redis.
#pragma once

#include <cstdint>

namespace redstart {

struct Limits {
  int64_t hash_max_listpack_entries = 512;
  int64_t hash_max_listpack_value = 64;
  int64_t set_max_intset_entries = 512;
  int64_t set_max_listpack_entries = 128;
  int64_t set_max_listpack_value = 64;
  int64_t zset_max_listpack_entries = 128;
  int64_t zset_max_listpack_value = 64;
  int64_t list_max_listpack_size = -2;  // > 0: items; -1 .. -5: 4, 8, 16, 32, 64 KiB
  int64_t stream_node_max_entries = 100;
  int64_t stream_node_max_bytes = 4096;
  int64_t hll_sparse_max_bytes = 3000;
};

}  // namespace redstart
