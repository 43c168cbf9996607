#include "persist/rdb_module.h"

#include "core/rdb_format.h"
#include "core/rdb_reader.h"

namespace redstart {

namespace {

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr int kVersionBits = 10;

}  // namespace

uint64_t module_id(std::string_view name, int version) {
  uint64_t id = 0;
  for (char c : name) id = id << 6 | kLetters.find(c);
  return id << kVersionBits | static_cast<uint64_t>(version);
}

std::string module_name(uint64_t id) {
  std::string name(9, ' ');
  id >>= kVersionBits;
  for (size_t i = name.size(); i-- > 0; id >>= 6) name[i] = kLetters[id & 63];
  return name;
}

bool ModuleReader::failed() const { return in_.failed(); }

void ModuleReader::fail_for(std::string_view what) {
  in_.fail(std::string(value_).append(" has ").append(what));
}

bool ModuleReader::expect(uint64_t kind) {
  if (in_.length() == kind && !in_.failed()) return true;
  fail_for("an item of another kind than expected");
  return false;
}

uint64_t ModuleReader::natural() { return expect(rdb::kModuleUnsigned) ? in_.length() : 0; }

double ModuleReader::real() { return expect(rdb::kModuleDouble) ? in_.little_double() : 0; }

std::string_view ModuleReader::text() {
  const std::string_view text = expect(rdb::kModuleString) ? in_.string() : std::string_view();
  return in_.failed() ? std::string_view() : text;
}

void ModuleReader::end() { expect(rdb::kModuleEnd); }

}  // namespace redstart
