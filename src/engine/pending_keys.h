// The keys that an index has still to read, in the order in which it reads them.
//
// A key that is noted goes to the end, wherever it was: an index that has caught up holds its
// documents in the order in which their keys were touched last, however often it was made to catch
// up in between. What a scan of the keyspace finds comes before that, in the order of the keys.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <string_view>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "types/slab_allocator.h"

namespace redstart {

class PendingKeys {
 public:
  explicit PendingKeys(Slab& slab);
  PendingKeys(const PendingKeys&) = delete;
  PendingKeys& operator=(const PendingKeys&) = delete;

  void note(std::string_view key);
  // Unless it has been noted.
  void found(std::string_view key);
  void forget(std::string_view key);
  void clear();

  size_t size() const { return found_.size() + noted_.size(); }
  bool empty() const { return size() == 0; }
  // REQUIRES: not empty.
  std::string take();
  // Calls visit(std::string_view key) for each, in order.
  template <class Visit>
  void each(Visit visit) const {
    for (const Text& key : found_) visit(std::string_view(key));
    for (const Text& key : noted_) visit(std::string_view(key));
  }
  // About what they take.
  size_t bytes() const { return bytes_; }

 private:
  using Text = std::basic_string<char, std::char_traits<char>, SlabAllocator<char>>;
  using Order = std::list<Text, SlabAllocator<Text>>;
  using Place = std::pair<const std::string_view, Order::iterator>;
  using Places = absl::flat_hash_map<std::string_view, Order::iterator,
                                     absl::container_internal::hash_default_hash<std::string_view>,
                                     absl::container_internal::hash_default_eq<std::string_view>,
                                     SlabAllocator<Place>>;

  // Two nodes and the text.
  static size_t weight(std::string_view key) { return 96 + key.size(); }
  Text text(std::string_view key) const { return Text(key, SlabAllocator<char>(slab_)); }

  Slab& slab_;
  size_t bytes_ = 0;
  absl::btree_set<Text, std::less<>, SlabAllocator<Text>> found_;
  Order noted_;
  Places places_;  // in noted_
};

}  // namespace redstart
