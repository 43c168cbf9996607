// A change of an append-only directory as a disk takes it, step after step: files get the names
// that a manifest is about to give them, the names become durable, the manifest takes the place of
// the one before. The worker may do it: it knows paths and texts, nothing of the engine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"

namespace redstart {

struct AofChange {
  struct Rename {
    std::string what;  // for the log: "base file"
    std::string from, to;
  };

  std::string directory;      // "dir/appendonlydir/"
  std::string manifest_name;  // in it
  std::string manifest_text;
  std::vector<std::string> removals;  // paths: of no use any more, gone before they are forgotten
  std::vector<Rename> renames;
  bool new_names = true;  // that the manifest has and a crash may still take away

  // How it went. With an error and `replaced` a reader sees the new manifest, but a crash may bring
  // back the one before.
  bool replaced = false;
  int error = 0;        // 0 or -errno
  std::string failure;  // a line for the log
  size_t renamed = 0;   // of the renames, from the first on

  std::string draft() const { return directory + "temp-" + manifest_name; }
  void make(FileSystem& files);

 private:
  bool failed(int code, const std::string& doing);
};

}  // namespace redstart
