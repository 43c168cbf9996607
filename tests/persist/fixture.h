// An engine whose files are in memory, on a disk that can fail.
#pragma once

#include <string>

#include "persist/storage.h"
#include "tests/base/fault_files.h"
#include "tests/commands/fixture.h"

namespace redstart {

inline Settings stored_settings() {
  Settings settings = CommandTest::test_settings();
  settings.save = "";
  settings.dir = "data";
  return settings;
}

class PersistTest : public CommandTest {
 public:
  explicit PersistTest(Settings settings = stored_settings()) : CommandTest(settings) {}
  ~PersistTest() = default;

  FaultFiles files;
  Storage storage{engine(), engine().default_tenant(), files};

  std::string digest() { return run("DEBUG DIGEST"); }
};

// "0a1f" to bytes.
inline std::string from_hex(std::string_view hex) {
  auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  }
  return bytes;
}

}  // namespace redstart
