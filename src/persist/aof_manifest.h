// The table of contents of an append-only directory: a base (the data as it was), then the files
// that grew since, and those that a rewrite has made superfluous.
//
//   file appendonly.aof.2.base.rdb seq 2 type b
//   file appendonly.aof.1.incr.aof seq 1 type h
//   file appendonly.aof.2.incr.aof seq 2 type i
//
// Text only: it knows neither files nor keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

struct AofFile {
  std::string name;
  int64_t sequence = 0;
};

struct AofManifest {
  std::optional<AofFile> base;
  std::vector<AofFile> increments;  // oldest first; the last one is written to
  std::vector<AofFile> history;     // to be deleted
  int64_t base_sequence = 0, increment_sequence = 0;  // the last that were used

  bool empty() const { return !base && increments.empty(); }
  bool names(std::string_view name) const;
  std::string text() const;

  // The names that come next, entered here; `prefix` is appendfilename. The old base becomes
  // history.
  const std::string& add_base(std::string_view prefix, bool rdb);
  const std::string& add_increment(std::string_view prefix);
  // A new base holds all of them, but for the last one where that is being written to.
  void retire_increments(bool keep_last);
};

struct ManifestError {
  int line = 0;
  std::string line_text;  // trimmed; empty also where the line was too long to be shown
  bool shows_line = false;
  std::string reason;
};

// "appendonly.aof.12.incr.aof": a name that a manifest with this prefix gives or has given.
bool is_aof_file_name(std::string_view prefix, std::string_view name);

// False: not a manifest, as Redis sees it.
bool parse_manifest(std::string_view text, AofManifest* manifest, ManifestError* error);

}  // namespace redstart
