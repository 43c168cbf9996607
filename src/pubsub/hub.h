// Who listens to what: the channels, patterns and shard channels of a tenant.
//
//   channel "news"   -> sessions 3, 8, 120          publish("news", ...) -> a Message for each of
//   pattern "n*s"    -> sessions 8                     the two, encoded once, to their sessions
//
// Sessions are known by id alone, in ascending order, and are told in that order. Patterns are
// filed under the literal text before their first wildcard, so that a message is held against
// those only whose beginning it shares.
//
// Cost: publishing looks the channel up once, and once more per length of a literal beginning in
// use; what a session leaves behind is found through the session's own list.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/hash.h"
#include "pubsub/delivery.h"

namespace redstart {

class Hub {
 public:
  enum class Kind : uint8_t { kChannel, kPattern, kShard };
  static constexpr int kKinds = 3;

  Hub(Delivery& delivery, uint64_t hash_seed);
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // False: it was subscribed already.
  bool subscribe(uint64_t session, Kind kind, std::string_view name);
  // False: it was not subscribed.
  bool unsubscribe(uint64_t session, Kind kind, std::string_view name);
  // All subscriptions of the session end.
  void forget(uint64_t session);

  // How many times the message was delivered: once per channel, once per pattern that matches.
  size_t publish(std::string_view channel, std::string_view payload);
  size_t publish_to_shard(std::string_view channel, std::string_view payload);

  // What the session is subscribed to, in the order of the alphabet.
  std::vector<std::string> names_of(uint64_t session, Kind kind) const;
  size_t count_of(uint64_t session, Kind kind) const;
  // The session has any subscription.
  bool listens(uint64_t session) const { return sessions_.contains(session); }
  // What those lists take for the session.
  size_t bytes_of(uint64_t session) const;

  // Channels, patterns or shard channels with subscribers.
  size_t topics(Kind kind) const { return topics_[index(kind)].size(); }
  // Their names in the order of the alphabet; with a pattern, those that it matches.
  std::vector<std::string_view> names(Kind kind, std::optional<std::string_view> matching) const;
  size_t subscribers(Kind kind, std::string_view name) const;
  // Sessions with any subscription.
  size_t sessions() const { return sessions_.size(); }

 private:
  struct Topic {
    std::string name;
    std::vector<uint64_t> sessions;
  };
  struct Subscriptions {
    absl::flat_hash_set<Topic*> of[kKinds];
    bool empty() const { return of[0].empty() && of[1].empty() && of[2].empty(); }
  };
  // Debian's abseil has a string_view of its own; this takes the standard one.
  struct TextHash {
    using is_transparent = void;
    uint64_t seed = 0;
    size_t operator()(std::string_view text) const { return hash_bytes(text, seed); }
  };
  // By names that the topics own.
  using Topics = absl::flat_hash_map<std::string_view, std::unique_ptr<Topic>, TextHash>;

  static int index(Kind kind) { return static_cast<int>(kind); }
  Topic& need_topic(Kind kind, std::string_view name);
  void leave(Kind kind, Topic* topic, uint64_t session);
  void file_pattern(Topic* pattern);
  void unfile_pattern(Topic* pattern);
  size_t publish_to_patterns(std::string_view channel, std::string_view payload);

  Delivery& delivery_;
  Topics topics_[kKinds];
  absl::flat_hash_map<uint64_t, Subscriptions> sessions_;
  absl::flat_hash_map<std::string, std::vector<Topic*>, TextHash, std::equal_to<>> by_beginning_;
  std::map<size_t, size_t> beginning_lengths_;  // length -> patterns
};

}  // namespace redstart
