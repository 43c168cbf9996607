#include "persist/aof_change.h"

namespace redstart {

bool AofChange::failed(int code, const std::string& doing) {
  error = code;
  if (code != 0) failure = doing + ": " + error_text(code);
  return code != 0;
}

void AofChange::make(FileSystem& files) {
  for (const std::string& path : removals) files.remove(path);
  for (const Rename& rename : renames) {
    if (failed(files.rename(rename.from, rename.to), "Error trying to rename the temporary AOF " +
                                                         rename.what + " " + rename.from +
                                                         " into " + rename.to)) {
      return;
    }
    renamed++;
  }
  if (new_names && failed(files.sync_directory(directory), "Can't fsync the append-only dir " + directory)) {
    return;
  }
  failed(replace_file(files, directory + manifest_name, draft(), manifest_text, &replaced),
         "Error trying to write the AOF manifest file " + manifest_name);
}

}  // namespace redstart
