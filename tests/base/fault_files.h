// A disk in memory that can fail in every way a disk does, and lose power.
//
// It knows what is visible and what is durable: bytes become durable by File::sync(), names by
// sync_directory(). crash() leaves what a power failure could have left: of the bytes that were not
// synced a part (a torn tail), of the renames and removals that were not synced any subset.
//
// What a forked child does with it is seen by its parent, too: the child writes it down in a file,
// and the parent reads on in that before each call.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/random.h"

namespace redstart {

class FaultFiles final : public FileSystem {
 public:
  // What goes wrong, until it is set back.
  struct Faults {
    int64_t space_left = INT64_MAX;   // bytes; then writes are short, then ENOSPC
    int64_t write_max = INT64_MAX;    // no write takes more at once
    int write_error = 0;              // -EIO, -EROFS: of every write
    int sync_error = 0;               // of every File::sync()
    int directory_sync_error = 0;
    int open_error = 0;
    int rename_error = 0;
    int remove_error = 0;
    int read_error = 0;
    int truncate_error = 0;
    // So many calls go well; the next one fails, and all further ones if `for_good`.
    int64_t good_calls = INT64_MAX;
    bool for_good = false;
    bool in_child = false;  // whose calls these are
  };
  Faults faults;
  int syncs = 0, directory_syncs = 0;
  int64_t calls = 0;  // of this process
  // Of calls by `good_calls`, those of children included.
  int64_t failures() {
    catch_up();
    return failures_;
  }

  FaultFiles() = default;
  FaultFiles& operator=(FaultFiles&&) = default;
  ~FaultFiles() {
    if (getpid() == owner_) std::remove(told_.c_str());
  }

  // Power goes. `seed` chooses what of the unsynced has reached the disk; 0: nothing has.
  void crash(uint64_t seed) {
    catch_up();
    Random random(seed ? seed : 1);
    auto reached = [&] { return seed != 0 && random.below(2) == 0; };
    std::map<std::string, Node> names = durable_;
    for (const Change& change : unsynced_) {
      if (!reached()) continue;
      if (change.node) names[change.path] = change.node;
      names.erase(change.gone);
    }
    for (auto& [path, node] : names) {
      size_t kept = node->durable.size();
      if (seed != 0 && node->bytes.size() > kept && node->bytes.starts_with(node->durable)) {
        kept += random.below(node->bytes.size() - kept + 1);
        node->durable = node->bytes.substr(0, kept);
      }
      // Whoever has the file open still is a process that is gone.
      node = std::make_shared<Inode>(Inode{node->durable, node->durable});
    }
    names_ = durable_ = std::move(names);
    unsynced_.clear();
    faults = Faults();
  }

  bool exists(const std::string& path) {
    catch_up();
    return names_.contains(path);
  }
  std::string text(const std::string& path) {
    catch_up();
    auto found = names_.find(path);
    return found == names_.end() ? std::string() : found->second->bytes;
  }
  // A file that has been there for long.
  void put(const std::string& path, std::string bytes) {
    names_[path] = durable_[path] = std::make_shared<Inode>(Inode{bytes, bytes});
  }
  std::vector<std::string> paths() {
    catch_up();
    std::vector<std::string> all;
    for (const auto& [path, node] : names_) all.push_back(path);
    return all;
  }

  std::unique_ptr<File> open(const std::string& path, Mode mode, int* error) override {
    if ((*error = fault(faults.open_error)) != 0) return nullptr;
    if (mode == Mode::kRead && !names_.contains(path)) {
      *error = -ENOENT;
      return nullptr;
    }
    if (mode != Mode::kRead) does({mode == Mode::kReplace ? Act::kReplace : Act::kCreate, path});
    return std::make_unique<FaultFile>(*this, path, names_[path]);
  }

  int rename(const std::string& from, const std::string& to) override {
    if (int error = fault(faults.rename_error)) return error;
    if (!names_.contains(from)) return -ENOENT;
    does({Act::kRename, from, to});
    return 0;
  }

  int remove(const std::string& path) override {
    if (int error = fault(faults.remove_error)) return error;
    if (!names_.contains(path)) return -ENOENT;
    does({Act::kRemove, path});
    return 0;
  }

  int make_directory(const std::string&) override { return fault(faults.open_error); }

  int sync_directory(const std::string&) override {
    if (int error = fault(faults.directory_sync_error)) return error;
    directory_syncs++;
    does({Act::kSyncDirectory});
    return 0;
  }

  int list(const std::string& path, std::vector<std::string>* names) override {
    if (int error = fault(faults.read_error)) return error;
    std::string prefix = path.empty() || path.back() == '/' ? path : path + "/";
    for (const auto& [name, node] : names_) {
      if (name.starts_with(prefix) && name.find('/', prefix.size()) == name.npos) {
        names->push_back(name.substr(prefix.size()));
      }
    }
    return 0;
  }

  int64_t size(const std::string& path) override {
    if (int error = fault(faults.read_error)) return error;
    auto found = names_.find(path);
    return found == names_.end() ? -ENOENT : static_cast<int64_t>(found->second->bytes.size());
  }

 private:
  struct Inode {
    std::string bytes;
    std::string durable;
  };
  using Node = std::shared_ptr<Inode>;
  // Of names: one came, one went, or both at once.
  struct Change {
    std::string path;
    Node node;
    std::string gone;
  };

  class FaultFile final : public File {
   public:
    FaultFile(FaultFiles& disk, std::string path, Node node)
        : disk_(disk), path_(std::move(path)), node_(std::move(node)) {}

    int64_t read(char* at, size_t size) override {
      if (int error = disk_.fault(disk_.faults.read_error)) return error;
      size_t got = node_->bytes.copy(at, size, position_);
      position_ += got;
      return static_cast<int64_t>(got);
    }
    int64_t write(std::string_view bytes) override {
      Faults& faults = disk_.faults;
      if (int error = disk_.fault(faults.write_error)) return error;
      if (faults.space_left == 0 && !bytes.empty()) return -ENOSPC;
      auto taken = std::min({static_cast<int64_t>(bytes.size()), faults.space_left,
                             faults.write_max});
      if (faults.space_left != INT64_MAX) faults.space_left -= taken;
      disk_.does({Act::kWrite, path_, std::string(bytes.substr(0, static_cast<size_t>(taken)))},
                 node_);
      return taken;
    }
    int sync() override {
      if (int error = disk_.fault(disk_.faults.sync_error)) return error;
      disk_.syncs++;
      disk_.does({Act::kSync, path_}, node_);
      return 0;
    }
    int truncate(int64_t size) override {
      if (int error = disk_.fault(disk_.faults.truncate_error)) return error;
      node_->bytes.resize(static_cast<size_t>(size));
      return 0;
    }
    int64_t size() const override { return static_cast<int64_t>(node_->bytes.size()); }

   private:
    FaultFiles& disk_;
    const std::string path_;
    Node node_;
    size_t position_ = 0;
  };

  // What changes the disk (truncate apart, which no child does), or failed to.
  struct Act {
    enum What : char { kCreate, kReplace, kWrite, kSync, kRename, kRemove, kSyncDirectory, kFail };
    What what;
    std::string path = {}, more = {};
  };

  int fault(int error) {
    catch_up();
    calls++;
    if (error != 0 || faults.in_child == (getpid() == owner_)) return error;
    if (faults.good_calls-- > 0) return 0;
    if (!faults.for_good) faults.good_calls = INT64_MAX;
    does({Act::kFail});
    return -EIO;
  }

  void does(const Act& act, Node node = nullptr) {
    if (getpid() != owner_) tell(act);
    if (auto found = names_.find(act.path); !node && found != names_.end()) node = found->second;
    switch (act.what) {
      case Act::kCreate:
      case Act::kReplace:
        if (!node) {
          names_[act.path] = node = std::make_shared<Inode>();
          unsynced_.push_back({act.path, node, {}});
        }
        if (act.what == Act::kReplace) node->bytes.clear();
        return;
      case Act::kWrite:
        node->bytes.append(act.more);
        return;
      case Act::kSync:
        node->durable = node->bytes;
        return;
      case Act::kRename:
        names_.erase(act.path);
        names_[act.more] = node;
        unsynced_.push_back({act.more, node, act.path});
        return;
      case Act::kRemove:
        names_.erase(act.path);
        unsynced_.push_back({{}, nullptr, act.path});
        return;
      case Act::kSyncDirectory:
        durable_ = names_;
        unsynced_.clear();
        return;
      case Act::kFail:
        failures_++;
        return;
    }
  }

  // In a child.
  void tell(const Act& act) {
    std::ofstream(told_, std::ios::binary | std::ios::app)
        << static_cast<int>(act.what) << ' ' << act.path.size() << ' ' << act.more.size() << '\n'
        << act.path << act.more;
  }

  void catch_up() {
    if (getpid() != owner_) return;
    std::error_code none;
    const auto size = std::filesystem::file_size(told_, none);
    if (none || size == told_read_) return;
    std::ifstream told(told_, std::ios::binary);
    told.seekg(static_cast<std::streamoff>(told_read_));
    std::string_view left;
    const std::string all((std::istreambuf_iterator<char>(told)), {});
    for (left = all; !left.empty();) {
      int what = 0;
      size_t path = 0, more = 0;
      const size_t head = left.find('\n') + 1;
      if (head == 0) break;  // the child is still at it
      sscanf(left.data(), "%d %zu %zu", &what, &path, &more);
      if (left.size() < head + path + more) break;
      does({static_cast<Act::What>(what), std::string(left.substr(head, path)),
            std::string(left.substr(head + path, more))});
      left.remove_prefix(head + path + more);
    }
    told_read_ += all.size() - left.size();
  }

  static std::string fresh_name() {
    static int made = 0;
    return std::filesystem::temp_directory_path() /
           ("fault_files." + std::to_string(getpid()) + "." + std::to_string(made++));
  }

  pid_t owner_ = getpid();
  std::string told_ = fresh_name();  // the file of the children, and how far it was read
  size_t told_read_ = 0;
  std::map<std::string, Node> names_, durable_;
  std::vector<Change> unsynced_;
  int64_t failures_ = 0;
};

}  // namespace redstart
