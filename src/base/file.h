// Files and directories as those need them who keep data: an interface, so that a test can let the
// disk fail. Numbers that are answered are counts (or 0) when all went well and -errno when not.
//
// A File may be used by one thread at a time; which one is the caller's affair, except that sync()
// may run beside write() of another thread: that is what a syncing thread is for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

class File {
 public:
  virtual ~File() = default;  // closes
  // From where the last read ended; 0 at the end of the file.
  virtual int64_t read(char* at, size_t size) = 0;
  // Behind the last byte. May take fewer than it was given.
  virtual int64_t write(std::string_view bytes) = 0;
  // On the disk when it returns: the bytes and the size, not the times.
  virtual int sync() = 0;
  virtual int truncate(int64_t size) = 0;
  virtual int64_t size() const = 0;
  // For system calls that have no place here; -1 where there is none.
  virtual int descriptor() const { return -1; }
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  enum class Mode : uint8_t {
    kRead,
    kAppend,   // created when missing
    kReplace,  // created, or emptied first
  };
  // Null and -errno on failure.
  virtual std::unique_ptr<File> open(const std::string& path, Mode mode, int* error) = 0;
  virtual int rename(const std::string& from, const std::string& to) = 0;
  virtual int remove(const std::string& path) = 0;
  // One that is there already is as good.
  virtual int make_directory(const std::string& path) = 0;
  // What was created, renamed or removed in it stays so.
  virtual int sync_directory(const std::string& path) = 0;
  // Names, without "." and "..", in no order.
  virtual int list(const std::string& path, std::vector<std::string>* names) = 0;
  // -ENOENT where there is nothing.
  virtual int64_t size(const std::string& path) = 0;
};

class SystemFiles final : public FileSystem {
 public:
  std::unique_ptr<File> open(const std::string& path, Mode mode, int* error) override;
  int rename(const std::string& from, const std::string& to) override;
  int remove(const std::string& path) override;
  int make_directory(const std::string& path) override;
  int sync_directory(const std::string& path) override;
  int list(const std::string& path, std::vector<std::string>* names) override;
  int64_t size(const std::string& path) override;
};

// All of `bytes`, in as many calls as it takes. On failure *written says how many went.
int write_all(File& file, std::string_view bytes, size_t* written = nullptr);
int read_all(File& file, std::string* text);
// The file as a whole becomes `text`, durably: a reader and a crash see the old or the new one.
// `draft` is the name it is written under first, in the same directory. *replaced says after a
// failure which one a reader sees; a crash may still leave the other.
int replace_file(FileSystem& files, const std::string& path, const std::string& draft,
                 std::string_view text, bool* replaced = nullptr);
// "No space left on device"
std::string error_text(int minus_errno);
// "a/b"; an absolute or empty `directory` is minded.
std::string join_path(const std::string& directory, std::string_view name);

}  // namespace redstart
