// A session that follows the stream of its tenant, or has begun to say what it needs for that.
//
//   REPLCONF -> kAsks -> SYNC, PSYNC -> kWaits -> kChildWrites -> [kGetsFile] -> kOnline
//                              `------ the stream goes on where it was -------------^
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/file.h"
#include "engine/replication_state.h"

namespace redstart {

class Replicas;
class Session;

class Replica final : public Follower {
 public:
  enum class State : uint8_t {
    kAsks,
    kWaits,        // for a child that will write the data
    kChildWrites,  // to its socket, or to a file
    kGetsFile,     // from us
    kOnline,
    kServed,       // it wanted the data alone and has it
    kGone,
  };

  Replica(Replicas& replicas, Session& session) : session(session), replicas_(replicas) {}
  ~Replica() override;

  size_t waiting_bytes() const override;
  bool has_more() const override;

  // For the log: where it listens, or who it is.
  std::string name() const;
  std::string host() const;
  std::string_view state_name() const;  // as INFO has it

  Session& session;
  State state = State::kAsks;

  // What it said about itself.
  std::string announced_host;
  int port = 0;
  bool takes_marked_data = false;     // capa eof: data of unknown length, up to a mark
  bool takes_new_ids = false;         // capa psync2
  bool wants_keys = true, wants_functions = true;
  bool wants_data_only = false;       // and nothing of the stream
  bool knows_offsets = true;          // PSYNC; who says SYNC confirms nothing

  // Of the stream.
  int64_t sent = 0;                   // up to here its connection was given
  bool silent = false;                // nothing before it has confirmed that it has the data
  int64_t confirmed = 0, confirmed_on_disk = 0;
  int64_t confirmed_mono_us = 0;
  int64_t over_soft_limit_mono_us = 0;  // since then; 0: it is not

  // Of the data.
  int64_t asked_mono_us = 0;
  int socket = -1;                    // ours beside its connection's, while a child writes to it
  std::unique_ptr<File> file;
  int64_t file_left = 0;

 private:
  Replicas& replicas_;
};

}  // namespace redstart
