// Values of modules in RDB: an id, then items, each a kind and what it says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

class RdbReader;

// How a module is named in RDB: nine letters of six bits, then the version in ten.
uint64_t module_id(std::string_view name, int version);
std::string module_name(uint64_t id);
inline int module_version(uint64_t id) { return static_cast<int>(id & 1023); }

// Reads items. An item of another kind than is asked for is a failure of the reader.
class ModuleReader {
 public:
  // `value` begins the words of failures: "A JSON document".
  ModuleReader(RdbReader& in, std::string_view value) : in_(in), value_(value) {}

  bool failed() const;
  // "<value> has <what>"
  void fail_for(std::string_view what);

  uint64_t natural();
  // Redis saves signed numbers as the unsigned ones with the same bits.
  int64_t integer() { return static_cast<int64_t>(natural()); }
  double real();
  // Good until the next call.
  std::string_view text();
  void end();

 private:
  bool expect(uint64_t kind);

  RdbReader& in_;
  std::string_view value_;
};

}  // namespace redstart
