#include "pubsub/hub.h"

#include <algorithm>

#include "core/glob.h"
#include "pubsub/message.h"

namespace redstart {

namespace {

// The text of a pattern that stands for itself, from its start.
std::string_view literal_beginning(std::string_view pattern) {
  return pattern.substr(0, std::min(pattern.find_first_of("*?[\\"), pattern.size()));
}

}  // namespace

Hub::Hub(Delivery& delivery, uint64_t hash_seed)
    : delivery_(delivery), by_beginning_(0, TextHash{hash_seed}) {
  for (Topics& topics : topics_) topics = Topics(0, TextHash{hash_seed});
}

// ---- subscribing --------------------------------------------------------------------------------

Hub::Topic& Hub::need_topic(Kind kind, std::string_view name) {
  Topics& topics = topics_[index(kind)];
  auto found = topics.find(name);
  if (found != topics.end()) return *found->second;
  auto topic = std::make_unique<Topic>();
  topic->name = name;
  Topic& made = *topic;
  topics.emplace(made.name, std::move(topic));
  if (kind == Kind::kPattern) file_pattern(&made);
  return made;
}

bool Hub::subscribe(uint64_t session, Kind kind, std::string_view name) {
  Topic& topic = need_topic(kind, name);
  std::vector<uint64_t>& ids = topic.sessions;
  auto place = std::lower_bound(ids.begin(), ids.end(), session);
  if (place != ids.end() && *place == session) return false;
  ids.insert(place, session);
  sessions_[session].of[index(kind)].insert(&topic);
  return true;
}

// The session's id goes from the topic, and the topic with its last session.
void Hub::leave(Kind kind, Topic* topic, uint64_t session) {
  std::vector<uint64_t>& ids = topic->sessions;
  ids.erase(std::lower_bound(ids.begin(), ids.end(), session));
  if (!ids.empty()) return;
  if (kind == Kind::kPattern) unfile_pattern(topic);
  // Its name is the key: it must outlive the erasing.
  auto node = topics_[index(kind)].extract(topic->name);
}

bool Hub::unsubscribe(uint64_t session, Kind kind, std::string_view name) {
  auto topic = topics_[index(kind)].find(name);
  auto known = sessions_.find(session);
  if (topic == topics_[index(kind)].end() || known == sessions_.end()) return false;
  if (known->second.of[index(kind)].erase(topic->second.get()) == 0) return false;
  if (known->second.empty()) sessions_.erase(known);
  leave(kind, topic->second.get(), session);
  return true;
}

void Hub::forget(uint64_t session) {
  auto known = sessions_.find(session);
  if (known == sessions_.end()) return;
  for (int kind = 0; kind < kKinds; kind++) {
    for (Topic* topic : known->second.of[kind]) leave(static_cast<Kind>(kind), topic, session);
  }
  sessions_.erase(known);
}

void Hub::file_pattern(Topic* pattern) {
  const std::string_view beginning = literal_beginning(pattern->name);
  by_beginning_[std::string(beginning)].push_back(pattern);
  beginning_lengths_[beginning.size()]++;
}

void Hub::unfile_pattern(Topic* pattern) {
  const std::string_view beginning = literal_beginning(pattern->name);
  auto filed = by_beginning_.find(beginning);
  std::erase(filed->second, pattern);
  if (filed->second.empty()) by_beginning_.erase(filed);
  auto length = beginning_lengths_.find(beginning.size());
  if (--length->second == 0) beginning_lengths_.erase(length);
}

// ---- publishing ---------------------------------------------------------------------------------

size_t Hub::publish(std::string_view channel, std::string_view payload) {
  size_t receivers = 0;
  auto found = topics_[index(Kind::kChannel)].find(channel);
  if (found != topics_[index(Kind::kChannel)].end()) {
    Message message("message", channel, payload);
    receivers = found->second->sessions.size();
    delivery_.deliver(found->second->sessions, message);
  }
  if (!beginning_lengths_.empty()) receivers += publish_to_patterns(channel, payload);
  return receivers;
}

size_t Hub::publish_to_patterns(std::string_view channel, std::string_view payload) {
  size_t receivers = 0;
  for (const auto& [length, patterns] : beginning_lengths_) {
    if (length > channel.size()) break;
    auto filed = by_beginning_.find(channel.substr(0, length));
    if (filed == by_beginning_.end()) continue;
    for (Topic* pattern : filed->second) {
      if (!glob_match(pattern->name, channel)) continue;
      Message message("pmessage", pattern->name, channel, payload);
      receivers += pattern->sessions.size();
      delivery_.deliver(pattern->sessions, message);
    }
  }
  return receivers;
}

size_t Hub::publish_to_shard(std::string_view channel, std::string_view payload) {
  auto found = topics_[index(Kind::kShard)].find(channel);
  if (found == topics_[index(Kind::kShard)].end()) return 0;
  Message message("smessage", channel, payload);
  delivery_.deliver(found->second->sessions, message);
  return found->second->sessions.size();
}

// ---- asking -------------------------------------------------------------------------------------

std::vector<std::string> Hub::names_of(uint64_t session, Kind kind) const {
  std::vector<std::string> names;
  auto known = sessions_.find(session);
  if (known == sessions_.end()) return names;
  for (const Topic* topic : known->second.of[index(kind)]) names.push_back(topic->name);
  std::sort(names.begin(), names.end());
  return names;
}

size_t Hub::count_of(uint64_t session, Kind kind) const {
  auto known = sessions_.find(session);
  return known == sessions_.end() ? 0 : known->second.of[index(kind)].size();
}

size_t Hub::bytes_of(uint64_t session) const {
  auto known = sessions_.find(session);
  if (known == sessions_.end()) return 0;
  size_t bytes = sizeof *known;
  for (const auto& topics : known->second.of) bytes += topics.capacity() * (sizeof(Topic*) + 1);
  return bytes;
}

std::vector<std::string_view> Hub::names(Kind kind,
                                         std::optional<std::string_view> matching) const {
  std::vector<std::string_view> names;
  for (const auto& [name, topic] : topics_[index(kind)]) {
    if (!matching || glob_match(*matching, name)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

size_t Hub::subscribers(Kind kind, std::string_view name) const {
  auto found = topics_[index(kind)].find(name);
  return found == topics_[index(kind)].end() ? 0 : found->second->sessions.size();
}

}  // namespace redstart
