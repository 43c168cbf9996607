#include "engine/pending_keys.h"

#include <iterator>

namespace redstart {

PendingKeys::PendingKeys(Slab& slab)
    : slab_(slab),
      found_(std::less<>(), SlabAllocator<Text>(slab)),
      noted_(SlabAllocator<Text>(slab)),
      places_(SlabAllocator<Place>(slab)) {}

void PendingKeys::note(std::string_view key) {
  const auto place = places_.find(key);
  if (place != places_.end()) {
    noted_.splice(noted_.end(), noted_, place->second);
    return;
  }
  if (const auto at = found_.find(key); at != found_.end()) {
    found_.erase(at);
  } else {
    bytes_ += weight(key);
  }
  noted_.push_back(text(key));
  places_.emplace(noted_.back(), std::prev(noted_.end()));
}

void PendingKeys::found(std::string_view key) {
  if (!places_.contains(key) && found_.insert(text(key)).second) bytes_ += weight(key);
}

void PendingKeys::forget(std::string_view key) {
  if (const auto place = places_.find(key); place != places_.end()) {
    const Order::iterator at = place->second;
    places_.erase(place);
    noted_.erase(at);
  } else if (const auto found = found_.find(key); found != found_.end()) {
    found_.erase(found);
  } else {
    return;
  }
  bytes_ -= weight(key);
}

void PendingKeys::clear() {
  found_.clear();
  places_.clear();
  noted_.clear();
  bytes_ = 0;
}

std::string PendingKeys::take() {
  std::string key;
  if (!found_.empty()) {
    key = *found_.begin();
    found_.erase(found_.begin());
  } else {
    key = noted_.front();
    places_.erase(key);
    noted_.pop_front();
  }
  bytes_ -= weight(key);
  return key;
}

}  // namespace redstart
