// Reads an RDB file into a tenant, a slice at a time, so that a server can answer LOADING
// meanwhile:
//
//   RdbLoader loader(engine, tenant, source, options);
//   while (loader.step(1 << 20) == RdbLoader::Step::kMore) ...
//
// Values of many elements are cut as well: no slice reads much more than it was asked to, except
// for what the file holds in one piece (a packed collection, a long string).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/rdb_stream.h"

namespace redstart {

class Engine;
class Tenant;

struct RdbLoadOptions {
  // Stops behind the checksum: what follows is an AOF's, see leftover().
  bool aof_preamble = false;
  // Keys whose time has come are loaded too: a replica's and an AOF's are deleted by what follows.
  bool keep_expired = false;
  // Told of each that is dropped; null for nobody.
  std::function<void(int db, std::string_view key)> on_expired = nullptr;
  // A key that is there already gives way; else it is an error.
  bool replace = false;
  bool verify_checksum = true;
  int key_delay_us = 0;  // key-load-delay
};

struct RdbLoadResult {
  int version = 0;
  uint64_t keys = 0;          // that were loaded
  uint64_t keys_expired = 0;  // that were dropped
  uint64_t keys_empty = 0;    // collections without elements: skipped
  uint64_t functions = 0;
  std::string redis_version;
  int64_t created_s = 0;     // 0: the file does not tell
  uint64_t used_memory = 0;  // of who wrote it
  bool aof_base = false;
  std::string replication_id;  // empty: none
  int64_t replication_offset = -1;
  int stream_db = -1;
};

class RdbLoader {
 public:
  RdbLoader(Engine& engine, Tenant& tenant, RdbSource& source, const RdbLoadOptions& options);
  ~RdbLoader();
  RdbLoader(const RdbLoader&) = delete;
  RdbLoader& operator=(const RdbLoader&) = delete;

  enum class Step : uint8_t { kMore, kDone, kFailed };
  // Reads about so many bytes. REQUIRES: kMore was the last answer.
  Step step(size_t bytes);
  // All that is left, in one go.
  bool run();

  // Of the file, up to where it was understood; after kDone, where an AOF's commands begin.
  uint64_t consumed() const;
  // After kDone: what was taken from the source behind consumed().
  std::string_view leftover() const;
  // After kFailed, in words.
  const std::string& error() const;
  // The one whose value was read last, or is being read; empty for none.
  const std::string& last_key() const;
  const RdbLoadResult& result() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace redstart
