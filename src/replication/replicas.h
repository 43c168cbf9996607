// All that follow a tenant's stream: what each is given in a turn, what they have confirmed, and who
// has been silent or slow for too long.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "replication/replica.h"

namespace redstart {

class Backlog;
class Engine;

class Replicas {
 public:
  // Told of each that was there and is not any more.
  using OnLeave = std::function<void(Replica& replica)>;
  Replicas(Engine& engine, OnLeave on_leave) : engine_(engine), on_leave_(std::move(on_leave)) {}

  // The one of a session, made if need be.
  Replica& of(Session& session);
  // From now on it follows.
  void add(Replica& replica);
  // Ends its connection.
  void drop(Replica& replica);
  // The session goes.
  void forget(Replica& replica);

  const std::vector<Replica*>& all() const { return all_; }
  bool empty() const { return all_.empty(); }
  int64_t none_since_mono_us() const { return none_since_mono_us_; }
  void nobody_since_now();

  // It has its data.
  void put_online(Replica& replica);
  // Of the stream, as it was when they were fed last.
  size_t waiting(const Replica& replica) const;
  // Gives each what its connection can take; ends those whose output is too long.
  void feed(const Backlog& stream);
  // The least that any still has to read; `end` if there is none.
  int64_t oldest_needed(int64_t end) const;
  // Ends those that have been silent for too long, and gives others a sign of life.
  void look_after(bool child_feeds_sockets);

  int good(int64_t max_lag_s) const;
  int64_t confirmed(int64_t offset) const;
  int64_t confirmed_on_disk(int64_t offset) const;
  size_t memory() const;
  // Some have not confirmed all of the stream.
  bool lag_behind(int64_t offset) const;
  // For the log of a server that ends.
  void tell_lag(int64_t offset) const;

 private:
  void feed(Replica& replica, const Backlog& stream);
  void feed_file(Replica& replica);
  bool passes_limit(Replica& replica, size_t waiting);

  Engine& engine_;
  OnLeave on_leave_;
  std::vector<Replica*> all_;
  int64_t none_since_mono_us_ = 0;
  int64_t stream_end_ = 0;
};

}  // namespace redstart
