// "FIELDS count field ..." as the commands about fields that expire have it, and the change of an
// expiry that they share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "commands/hash_access.h"

namespace redstart {

// The latest time at which a field can expire, in ms: 46 bits, as in Redis.
inline constexpr int64_t kFieldExpiryMax = (int64_t{1} << 46) - 2;

// Reads the word FIELDS at `at`, the count and so many fields up to the end. False: the error has
// been answered.
inline bool read_fields(Context& c, size_t at, std::string_view count_error, Args* fields) {
  std::string_view error;
  int64_t count = 0;
  if (at >= c.argc() || !equals_fold(c.arg(at), "FIELDS")) {
    error = "ERR Mandatory argument FIELDS is missing or not at the right position";
  } else if (at + 1 >= c.argc() || !parse_int64(c.arg(at + 1), &count) || count < 1) {
    error = count_error;
  } else if (static_cast<uint64_t>(count) != c.argc() - at - 2) {
    error = "ERR The `numfields` parameter must match the number of arguments";
  }
  if (!error.empty()) {
    c.reply.error(error);
    return false;
  }
  *fields = c.args.subspan(at + 2);
  return true;
}

inline constexpr std::string_view kFieldCountError =
    "ERR Number of fields must be a positive integer";

// One expiry for some fields of a hash, and what came of it: to be told at the end.
class FieldExpiry {
 public:
  FieldExpiry(Context& c, Edit<Hash>& hash, int64_t at_ms)
      : c_(c), hash_(hash), at_ms_(at_ms), first_due_ms_(hash->next_expiry_ms()) {}

  // A time that has passed deletes the field. REQUIRES: the field is there. Answers whether it
  // still is.
  bool apply(std::string_view field) {
    bool passed = at_ms_ <= expiry_now_ms(c_) && !c_.engine.keyspace_shared().replica;
    if (!passed) {
      hash_->set_expiry(field, at_ms_);
      changed_.push_back(field);
      return true;
    }
    hash_->erase(field);
    deleted_.push_back(field);
    c_.engine.keyspace_shared().expired_elements++;
    return false;
  }

  bool any() const { return !changed_.empty() || !deleted_.empty(); }
  const std::vector<std::string_view>& changed() const { return changed_; }

  // Tells the key, the replicas and the listeners. `condition` is what they are sent along.
  void finish(std::string_view condition) {
    if (!any()) return;
    // A hash that is new is looked through when it is put there.
    bool earlier = at_ms_ < first_due_ms_ && !changed_.empty();
    if (earlier && hash_.exists()) hash_.guard().elements_expire_at(at_ms_);
    hash_.commit(deleted_.empty() ? event::kHexpire : event::kHdel);
    for (std::string_view field : deleted_) c_.propagate_as({"HDEL", c_.arg(1), field});
    if (!changed_.empty()) propagate_changed(condition);
  }

 private:
  void propagate_changed(std::string_view condition) {
    std::string at = int64_text(at_ms_), count = int64_text(static_cast<int64_t>(changed_.size()));
    std::vector<std::string_view> effect = {"HPEXPIREAT", c_.arg(1), at};
    if (!condition.empty()) effect.push_back(condition);
    effect.insert(effect.end(), {"FIELDS", count});
    effect.insert(effect.end(), changed_.begin(), changed_.end());
    c_.propagate_as(effect);
  }

  Context& c_;
  Edit<Hash>& hash_;
  int64_t at_ms_;
  int64_t first_due_ms_;
  std::vector<std::string_view> changed_, deleted_;
};

}  // namespace redstart
