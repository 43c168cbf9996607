// The one log of effects of a tenant: what a replica or an append-only file must see, in order,
// encoded once as RESP commands. A unit with several effects is wrapped in MULTI/EXEC; SELECT is
// written when the keyspace changes and after a reader has attached.
//
// Without a reader nothing is encoded; the offset and the sequence still count, so that sync
// tokens move with every write.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/args.h"

namespace redstart {

// Reads the log as it grows: AOF, backlog, tests.
class LogReader {
 public:
  // Whole records. The bytes are borrowed.
  virtual void on_records(std::string_view bytes) = 0;
  // One that is no change of the data: a sign of life.
  virtual void on_replica_record(std::string_view bytes) {}
  // The end of a turn: no reply of it has left yet, and none does before this returns.
  virtual void before_replies() {}

 protected:
  ~LogReader() = default;
};

class Propagation {
 public:
  void attach(LogReader* reader);   // forces a SELECT before the next effect
  void detach(LogReader* reader);
  bool attached() const { return !readers_.empty(); }

  // Called by ExecUnit for each effect of a unit, then end_unit() once.
  void add_effect(int db, Args effect);
  void end_unit(bool wrap);
  // Moves on each unit that changed something, encoded or not.
  uint64_t sequence() const { return sequence_; }
  void count_unit() { sequence_++; }
  // For replicas alone. Between units.
  void add_for_replicas(std::string_view record);
  // The keyspace of the last record; -1 before the first.
  int selected_db() const { return selected_db_; }
  uint64_t offset() const { return offset_; }
  void force_select() { selected_db_ = -1; }
  void before_replies() {
    for (LogReader* reader : readers_) reader->before_replies();
  }

 private:
  std::vector<LogReader*> readers_;
  std::string pending_;        // MULTI and the effects of the open unit, encoded
  int effects_ = 0;
  int selected_db_ = -1;
  uint64_t sequence_ = 0;
  uint64_t offset_ = 0;
};

}  // namespace redstart
