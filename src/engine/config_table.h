// The rows behind Config: one per directive, with everything that is to be known about it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/args.h"
#include "engine/config.h"

namespace redstart::config {

enum class Kind : uint8_t {
  kYesNo,
  kNumber,
  kOctal,
  kMemory,         // "100mb"
  kMemoryPercent,  // "100mb" or "5%"
  kChoice,
  kChoices,  // several of the choices
  kText,
  kSpecial,  // by `special`
};

enum Flag : uint8_t {
  kImmutable = 1 << 0,  // not by CONFIG SET
  kSensitive = 1 << 1,  // never logged
  kHidden = 1 << 2,     // not found by a glob
  kProtected = 1 << 3,  // see enable-protected-configs
  kDenyLoading = 1 << 4,
  kSeveral = 1 << 5,         // takes several values
  kUnsetWhenEmpty = 1 << 6,  // an empty text means: not set, so CONFIG REWRITE leaves it out
};

// The member of Settings that a row fills; none where the text is only kept.
using Member =
    std::variant<std::monostate, bool Settings::*, int Settings::*, int64_t Settings::*,
                 uint64_t Settings::*, std::string Settings::*, EvictionPolicy Settings::*>;

// A directive with a form of its own. `read` turns the values into the canonical text; `current`
// is the text before, which some forms change only in part.
struct Special {
  bool (*read)(Args values, std::string_view current, std::string* text, std::string* error);
  // Where the member is not a plain text: both directions.
  void (*store)(Settings& settings, std::string_view text) = nullptr;
  std::string (*text)(const Settings& settings) = nullptr;
  // The values of each line of CONFIG REWRITE, where one line does not tell it.
  std::vector<std::string> (*lines)(std::string_view text) = nullptr;
};

// config_special.cc
extern const Special kSaveForm, kOutputLimitForm, kOomValuesForm, kNotifyForm, kListForm,
    kReplicaofForm, kPercentilesForm, kDirForm;

struct Row {
  std::string_view name;
  Kind kind = Kind::kText;
  std::string_view initial;  // the default, as CONFIG GET shows it
  int64_t min = 0;
  uint64_t max = 0;
  // Blank-separated; "relative=yes" is another spelling of "yes".
  std::string_view choices = {};
  std::string_view other_name = {};
  uint8_t flags = 0;
  Member member = {};
  // A last word on a value that its kind allows; it may change it.
  bool (*check)(std::string* value, std::string* error) = nullptr;
  const Special* special = nullptr;

  constexpr Row with(uint8_t more) const {
    Row row = *this;
    row.flags |= more;
    return row;
  }
  constexpr Row alias(std::string_view name_too) const {
    Row row = *this;
    row.other_name = name_too;
    return row;
  }
  constexpr Row into(Member m) const {
    Row row = *this;
    row.member = m;
    return row;
  }
  constexpr Row checked(bool (*f)(std::string*, std::string*)) const {
    Row row = *this;
    row.check = f;
    return row;
  }
  bool bound() const {
    return !std::holds_alternative<std::monostate>(member) || (special && special->store);
  }
};

// Every directive, in the order of Redis's own list.
std::span<const Row> rows();
// By name or alias, in any letter case; null when there is none.
const Row* find_row(std::string_view name);

std::string text_of(const Row& row, const Settings& settings);
// "3gb", "10mb", "1kb" where it divides evenly.
std::string memory_text(uint64_t bytes);
// "99.9": six digits after the point at most.
std::string percentile_text(double percentile);

}  // namespace redstart::config
