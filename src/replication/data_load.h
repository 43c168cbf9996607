// Loads the data of a full synchronization, a slice per turn, in place of those that are there. They
// go first, and clients are answered LOADING; or, aside, they stay and answer until the new ones
// are whole.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/timers.h"
#include "persist/rdb_file.h"
#include "persist/rdb_load.h"
#include "replication/incoming_data.h"

namespace redstart {

class Engine;
class Storage;
class Tenant;

class DataLoad {
 public:
  struct Host {
    Engine& engine;
    Tenant& tenant;
    Storage& storage;
  };
  // The load may be destroyed in it.
  using Done = std::function<void(bool ok)>;

  DataLoad(Host host, bool aside, Done done);
  // Given up half-way: what was loaded so far goes.
  ~DataLoad();
  DataLoad(const DataLoad&) = delete;
  DataLoad& operator=(const DataLoad&) = delete;

  // One of the two begins it; `done` is told in a later turn.
  void from_memory(std::deque<std::string> pieces);
  void from_file(std::unique_ptr<File> file);

  const RdbLoadResult& result() const { return loader_->result(); }
  // After a load aside: what was there before, to be given back little by little.
  std::unique_ptr<Tenant> take_former() { return std::move(other_); }

 private:
  void begin(RdbSource& source);
  void slice();
  void empty_all();
  void take_in();
  void end(bool ok);

  Host host_;
  const bool aside_;
  Done done_;
  std::unique_ptr<Tenant> other_;  // aside: first the new data, then the former
  std::unique_ptr<PiecesSource> pieces_;
  std::unique_ptr<File> file_;
  std::unique_ptr<RdbFileSource> in_file_;
  std::unique_ptr<RdbLoader> loader_;
  TimerId timer_ = 0;
  bool ended_ = false;
};

}  // namespace redstart
