// What the files of the hashes family share: fields in replies, and fields whose time has come.
//
// Such a field is absent for everybody, and deleted by whoever asks for it by name. It still counts
// for HLEN until then, and HDEL finds it; both as in Redis.
#pragma once

#include <string>
#include <string_view>

#include "commands/collection.h"
#include "types/hash.h"

namespace redstart {

namespace event {
inline constexpr Event kHset{EventClass::kHash, "hset"};
inline constexpr Event kHdel{EventClass::kHash, "hdel"};
inline constexpr Event kHincrby{EventClass::kHash, "hincrby"};
inline constexpr Event kHincrbyfloat{EventClass::kHash, "hincrbyfloat"};
inline constexpr Event kHexpire{EventClass::kHash, "hexpire"};
inline constexpr Event kHpersist{EventClass::kHash, "hpersist"};
}  // namespace event

inline int64_t expiry_now_ms(const Context& c) {
  return c.engine.keyspace_shared().expiry_now_ms();
}

// Whether what has expired may be deleted here and now.
inline bool may_expire(Context& c) {
  const KeyspaceShared& shared = c.engine.keyspace_shared();
  return !shared.replica && !shared.expire_paused;
}

// Finds a field that is alive. One whose time has come is deleted, which may end the hash.
inline bool find_live(Context& c, Edit<Hash>& hash, std::string_view field, HashItem* item) {
  if (!hash->find(field, item)) return false;
  if (!item->expired(expiry_now_ms(c))) return true;
  if (!may_expire(c)) return false;
  hash->erase(field);
  std::string name(field);
  hash.commit_expired({&name, 1});
  return false;
}

inline bool find_live(Context& c, const Key& key, HashView* hash, std::string_view field,
                      HashItem* item) {
  if (!hash->find(field, item)) return false;
  if (!item->expired(expiry_now_ms(c))) return true;
  if (!may_expire(c)) return false;
  Edit<Hash> edit(c, key);
  find_live(c, edit, field, item);
  *hash = *edit;
  return false;
}

}  // namespace redstart
