// Bytes per key, held from the system, beside what the peers were measured to need for the same
// keys (resident, Redis 4f8cdc2 and Valkey 55bbbe0 built from source). Fails when a key takes more
// than was promised.
//
//   memory [keys = 1000000]
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "base/random.h"
#include "base/slab.h"
#include "keyspace/keyspace.h"
#include "keyspace/write_guard.h"

namespace redstart {
namespace {

struct Case {
  const char* title;
  const char* peers;
  double promised;   // 0: nothing
  std::function<void(Keyspace&, uint64_t number)> add;
};

void put(Keyspace& keys, const std::string& key, const std::string& value, int64_t expire_at_ms) {
  WriteGuard guard = keys.write(keys.key(key));
  expire_at_ms ? guard.put_string_until(value, expire_at_ms) : guard.put_string(value);
  guard.commit(event::kSet);
}

std::string key_of(uint64_t number) { return "key:" + std::to_string(number); }

const Case kCases[] = {
    {"key:N, 16-byte value", "Valkey 86, Redis 94", 50,
     [](Keyspace& keys, uint64_t n) { put(keys, key_of(n), "value-of-16-byte", 0); }},
    {"key:N, integer value", "", 0,
     [](Keyspace& keys, uint64_t n) { put(keys, key_of(n), std::to_string(n), 0); }},
    {"16-byte key, 16-byte value", "about 99", 0,
     [](Keyspace& keys, uint64_t n) {
       std::string key = std::to_string(n);
       put(keys, std::string(16 - key.size(), 'k') + key, "value-of-16-byte", 0);
     }},
    {"key:N, 16-byte value, expiry", "", 0,
     [](Keyspace& keys, uint64_t n) {
       put(keys, key_of(n), "value-of-16-byte", 1000000 + static_cast<int64_t>(n % 100000));
     }},
    {"key:N, 64-byte value, expiry", "182", 0,
     [](Keyspace& keys, uint64_t n) {
       put(keys, key_of(n), std::string(64, 'v'), 1000000 + static_cast<int64_t>(n % 100000));
     }},
};

// False when a key takes more than was promised.
bool measure(const Case& c, uint64_t count) {
  Slab slab;
  Random random(1);
  KeyspaceShared shared;
  shared.slab = &slab;
  shared.random = &random;
  shared.hash_seed = 1;
  shared.now_ms = 1;
  Keyspace keys(shared, 0);
  for (uint64_t n = 0; n < count; n++) c.add(keys, n);
  double bytes = static_cast<double>(slab.page_bytes() + keys.wheel_bytes());
  double per_key = bytes / static_cast<double>(count);
  bool kept = c.promised == 0 || per_key <= c.promised;
  printf("%-32s %8.1f   %-22s %s\n", c.title, per_key, c.peers, kept ? "" : "TOO MUCH");
  return kept;
}

}  // namespace
}  // namespace redstart

int main(int argc, char** argv) {
  uint64_t count = argc > 1 ? strtoull(argv[1], nullptr, 10) : 1000000;
  printf("%" PRIu64 " keys: %25s   %s\n", count, "bytes per key", "peers");
  bool kept = true;
  for (const redstart::Case& c : redstart::kCases) kept &= redstart::measure(c, count);
  return kept ? 0 : 1;
}
