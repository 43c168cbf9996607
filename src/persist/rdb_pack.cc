#include "persist/rdb_pack.h"

#include <algorithm>
#include <vector>

#include "base/hash.h"
#include "core/rdb_reader.h"
#include "persist/rdb_old_blobs.h"
#include "types/type_env.h"

namespace redstart::rdb_load {

namespace {

void fail_broken(RdbReader& in, std::string_view name) {
  in.fail(std::string(name) + " integrity check failed.");
}

}  // namespace

std::string_view read_listpack(RdbReader& in, std::string_view name) {
  std::string_view bytes = in.string();
  if (in.failed()) return {};
  if (listpack_valid(bytes)) return bytes;
  fail_broken(in, name);
  return {};
}

namespace {

template <class Each>
std::optional<Listpack> read_old(const TypeEnv& env, RdbReader& in, std::string_view name,
                                 Each each) {
  std::string_view bytes = in.string();
  if (in.failed()) return {};
  Listpack pack(env.slab);
  bool whole = bytes.size() < kListpackMaxBytes / 2 && each(bytes, [&](const ListpackItem& item) {
                 item.is_number ? pack.append(item.number) : pack.append(item.text);
                 return true;
               });
  if (whole) return pack;
  fail_broken(in, name);
  return {};
}

}  // namespace

std::optional<Listpack> read_ziplist(const TypeEnv& env, RdbReader& in, std::string_view name) {
  return read_old(env, in, name, each_in_ziplist);
}

std::optional<Listpack> read_zipmap(const TypeEnv& env, RdbReader& in) {
  return read_old(env, in, "Zipmap", each_in_zipmap);
}

bool all_different(ListpackView pack, size_t stride) {
  constexpr size_t kFewItems = 8;
  char buffer[kIntTextMax], other_buffer[kIntTextMax];
  size_t count = pack.count() / stride;
  if (count <= kFewItems) {
    for (uint32_t pos = pack.first(); pos != pack.end(); pos = pack.skip(pos, stride)) {
      std::string_view text = pack.at(pos).view(buffer);
      for (uint32_t other = pack.first(); other != pos; other = pack.skip(other, stride)) {
        if (pack.at(other).view(other_buffer) == text) return false;
      }
    }
    return true;
  }
  // By 64 bits of hash: an honest collection fails this once in an age.
  std::vector<uint64_t> hashes;
  hashes.reserve(count);
  for (uint32_t pos = pack.first(); pos != pack.end(); pos = pack.skip(pos, stride)) {
    hashes.push_back(hash_bytes(pack.at(pos).view(buffer), 0));
  }
  std::sort(hashes.begin(), hashes.end());
  return std::adjacent_find(hashes.begin(), hashes.end()) == hashes.end();
}

}  // namespace redstart::rdb_load
