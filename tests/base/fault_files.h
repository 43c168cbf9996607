// A disk in memory that can fail in every way a disk does, and lose power.
//
// It knows what is visible and what is durable: bytes become durable by File::sync(), names by
// sync_directory(). crash() leaves what a power failure could have left: of the bytes that were not
// synced a part (a torn tail), of the renames and removals that were not synced any subset.
#pragma once

#include <cerrno>
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
  };
  Faults faults;
  int syncs = 0, directory_syncs = 0;

  // Power goes. `seed` chooses what of the unsynced has reached the disk; 0: nothing has.
  void crash(uint64_t seed) {
    Random random(seed ? seed : 1);
    auto reached = [&] { return seed != 0 && random.below(2) == 0; };
    std::map<std::string, Node> names = durable_;
    for (const auto& [path, node] : unsynced_) {
      if (!reached()) continue;
      if (node) {
        names[path] = node;
      } else {
        names.erase(path);
      }
    }
    for (auto& [path, node] : names) {
      size_t kept = node->durable.size();
      if (seed != 0 && node->bytes.size() > kept && node->bytes.starts_with(node->durable)) {
        kept += random.below(node->bytes.size() - kept + 1);
        node->durable = node->bytes.substr(0, kept);
      }
      node->bytes = node->durable;
    }
    names_ = durable_ = std::move(names);
    unsynced_.clear();
    faults = Faults();
  }

  bool exists(const std::string& path) const { return names_.contains(path); }
  std::string text(const std::string& path) const {
    auto found = names_.find(path);
    return found == names_.end() ? std::string() : found->second->bytes;
  }
  // A file that has been there for long.
  void put(const std::string& path, std::string bytes) {
    names_[path] = durable_[path] = std::make_shared<Inode>(Inode{bytes, bytes});
  }
  std::vector<std::string> paths() const {
    std::vector<std::string> all;
    for (const auto& [path, node] : names_) all.push_back(path);
    return all;
  }

  std::unique_ptr<File> open(const std::string& path, Mode mode, int* error) override {
    if ((*error = faults.open_error) != 0) return nullptr;
    auto found = names_.find(path);
    if (found == names_.end()) {
      if (mode == Mode::kRead) {
        *error = -ENOENT;
        return nullptr;
      }
      link(path, std::make_shared<Inode>());
    } else if (mode == Mode::kReplace) {
      found->second->bytes.clear();
    }
    return std::make_unique<FaultFile>(*this, names_[path]);
  }

  int rename(const std::string& from, const std::string& to) override {
    if (faults.rename_error) return faults.rename_error;
    auto found = names_.find(from);
    if (found == names_.end()) return -ENOENT;
    Node node = found->second;
    link(to, node);
    unlink(from);
    return 0;
  }

  int remove(const std::string& path) override {
    if (faults.remove_error) return faults.remove_error;
    if (!names_.contains(path)) return -ENOENT;
    unlink(path);
    return 0;
  }

  int make_directory(const std::string&) override { return faults.open_error; }

  int sync_directory(const std::string&) override {
    if (faults.directory_sync_error) return faults.directory_sync_error;
    directory_syncs++;
    durable_ = names_;
    unsynced_.clear();
    return 0;
  }

  int list(const std::string& path, std::vector<std::string>* names) override {
    std::string prefix = path.empty() || path.back() == '/' ? path : path + "/";
    for (const auto& [name, node] : names_) {
      if (name.starts_with(prefix) && name.find('/', prefix.size()) == name.npos) {
        names->push_back(name.substr(prefix.size()));
      }
    }
    return 0;
  }

  int64_t size(const std::string& path) override {
    auto found = names_.find(path);
    return found == names_.end() ? -ENOENT : static_cast<int64_t>(found->second->bytes.size());
  }

 private:
  struct Inode {
    std::string bytes;
    std::string durable;
  };
  using Node = std::shared_ptr<Inode>;

  class FaultFile final : public File {
   public:
    FaultFile(FaultFiles& disk, Node node) : disk_(disk), node_(std::move(node)) {}

    int64_t read(char* at, size_t size) override {
      if (disk_.faults.read_error) return disk_.faults.read_error;
      size_t got = node_->bytes.copy(at, size, position_);
      position_ += got;
      return static_cast<int64_t>(got);
    }
    int64_t write(std::string_view bytes) override {
      Faults& faults = disk_.faults;
      if (faults.write_error) return faults.write_error;
      if (faults.space_left == 0 && !bytes.empty()) return -ENOSPC;
      auto taken = std::min({static_cast<int64_t>(bytes.size()), faults.space_left,
                             faults.write_max});
      if (faults.space_left != INT64_MAX) faults.space_left -= taken;
      node_->bytes.append(bytes.substr(0, static_cast<size_t>(taken)));
      return taken;
    }
    int sync() override {
      if (disk_.faults.sync_error) return disk_.faults.sync_error;
      disk_.syncs++;
      node_->durable = node_->bytes;
      return 0;
    }
    int truncate(int64_t size) override {
      if (disk_.faults.truncate_error) return disk_.faults.truncate_error;
      node_->bytes.resize(static_cast<size_t>(size));
      return 0;
    }
    int64_t size() const override { return static_cast<int64_t>(node_->bytes.size()); }

   private:
    FaultFiles& disk_;
    Node node_;
    size_t position_ = 0;
  };

  void link(const std::string& path, const Node& node) {
    names_[path] = node;
    unsynced_.emplace_back(path, node);
  }
  void unlink(const std::string& path) {
    names_.erase(path);
    unsynced_.emplace_back(path, nullptr);
  }

  std::map<std::string, Node> names_, durable_;
  std::vector<std::pair<std::string, Node>> unsynced_;  // a null node: the name went
};

}  // namespace redstart
