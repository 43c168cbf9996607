#include "engine/config.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/numbers.h"
#include "core/glob.h"
#include "engine/config_table.h"

namespace redstart {

using config::Kind;
using config::Row;

namespace {

// By EvictionPolicy.
constexpr std::string_view kPolicyNames[] = {
    "noeviction",   "allkeys-lru",  "allkeys-lfu",     "allkeys-random",
    "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
};

EvictionPolicy policy_by_name(std::string_view name) {
  const auto* found = std::find(std::begin(kPolicyNames), std::end(kPolicyNames), name);
  return static_cast<EvictionPolicy>(found - kPolicyNames);
}

bool refuse(std::string* error, std::string reason) {
  *error = std::move(reason);
  return false;
}

std::string octal_text(uint64_t value) {
  std::string text;
  do {
    text.insert(text.begin(), static_cast<char>('0' + value % 8));
    value /= 8;
  } while (value);
  return text;
}

bool parse_octal(std::string_view text, uint64_t* value) {
  *value = 0;
  if (text.size() > 20) return false;
  for (char c : text) {
    if (c < '0' || c > '7') return false;
    *value = *value * 8 + (c - '0');
  }
  return true;
}

bool in_range(const Row& row, bool negative, uint64_t magnitude, std::string* error) {
  bool low = negative ? row.min >= 0 || magnitude > uint64_t{0} - static_cast<uint64_t>(row.min)
                      : row.min > 0 && magnitude < static_cast<uint64_t>(row.min);
  if (!low && (negative || magnitude <= row.max)) return true;
  bool octal = row.kind == Kind::kOctal;
  std::string max = octal ? octal_text(row.max) : std::to_string(row.max);
  return refuse(error,
                "argument must be between " + int64_text(row.min) + " and " + max + " inclusive");
}

bool read_number(const Row& row, std::string_view value, std::string* text, std::string* error) {
  int64_t number;
  if (!parse_int64(value, &number)) {
    return refuse(error, "argument couldn't be parsed into an integer");
  }
  uint64_t magnitude = static_cast<uint64_t>(number);
  *text = value;
  return in_range(row, number < 0, number < 0 ? uint64_t{0} - magnitude : magnitude, error);
}

bool read_octal(const Row& row, std::string_view value, std::string* text, std::string* error) {
  uint64_t number;
  if (!parse_octal(value, &number)) {
    return refuse(error, "argument couldn't be parsed as an octal number");
  }
  *text = octal_text(number);
  return in_range(row, false, number, error);
}

bool read_memory(const Row& row, std::string_view value, std::string* text, std::string* error) {
  uint64_t bytes;
  if (parse_memory_size(value, &bytes)) {
    *text = std::to_string(bytes);
    bool percent_or_bytes = row.kind == Kind::kMemoryPercent;
    if (percent_or_bytes && bytes <= row.max) return true;
    return in_range(row, false, bytes, error);
  }
  if (row.kind == Kind::kMemory) return refuse(error, "argument must be a memory value");
  int64_t percent;
  if (value.size() < 2 || value.back() != '%' ||
      !parse_int64(value.substr(0, value.size() - 1), &percent) || percent < 0) {
    return refuse(error, "argument must be a memory or percent value");
  }
  if (percent > -row.min) {
    return refuse(error, "percentage argument must be less or equal to " + int64_text(-row.min));
  }
  *text = percent == 0 ? "0" : std::string(value);
  return true;
}

// The choices with the spelling that stands for each.
struct Choice {
  std::string_view word;
  std::string_view meaning;
};

std::vector<Choice> choices_of(const Row& row) {
  std::vector<Choice> out;
  for (std::string_view rest = row.choices; !rest.empty();) {
    size_t end = std::min(rest.find(' '), rest.size());
    std::string_view word = rest.substr(0, end);
    size_t equals = word.find('=');
    if (equals == std::string_view::npos) {
      out.push_back({word, word});
    } else {
      out.push_back({word.substr(0, equals), word.substr(equals + 1)});
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

bool refuse_choice(const std::vector<Choice>& choices, std::string* error) {
  *error = "argument(s) must be one of the following: ";
  for (const Choice& choice : choices) {
    if (&choice != &choices[0]) *error += ", ";
    *error += choice.word;
  }
  return false;
}

// One of the choices or, in the order of the row, several. The first one means none of the others.
bool read_choices(const Row& row, Args values, std::string* text, std::string* error) {
  std::vector<Choice> choices = choices_of(row);
  if (values.empty()) return refuse_choice(choices, error);
  std::vector<bool> chosen(choices.size());
  for (std::string_view value : values) {
    auto found = std::find_if(choices.begin(), choices.end(),
                              [&](const Choice& c) { return equals_fold(c.word, value); });
    if (found == choices.end()) return refuse_choice(choices, error);
    chosen[found - choices.begin()] = true;
  }
  text->clear();
  bool several = row.kind == Kind::kChoices;
  for (size_t i = several ? 1 : 0; i < choices.size(); i++) {
    if (!chosen[i]) continue;
    if (!text->empty()) *text += ' ';
    *text += choices[i].meaning;
  }
  if (text->empty()) *text = choices[0].meaning;
  return true;
}

bool read_yes_no(std::string_view value, std::string* text, std::string* error) {
  *text = to_lower(value);
  if (*text == "yes" || *text == "no") return true;
  return refuse(error, "argument must be 'yes' or 'no'");
}

// Turns what a user wrote into the canonical text.
bool read_value(const Row& row, Args values, std::string_view current, std::string* text,
                std::string* error) {
  switch (row.kind) {
    case Kind::kYesNo:
      return read_yes_no(values[0], text, error);
    case Kind::kNumber:
      return read_number(row, values[0], text, error);
    case Kind::kOctal:
      return read_octal(row, values[0], text, error);
    case Kind::kMemory:
    case Kind::kMemoryPercent:
      return read_memory(row, values[0], text, error);
    case Kind::kChoice:
    case Kind::kChoices:
      return read_choices(row, values, text, error);
    case Kind::kSpecial:
      return row.special->read(values, current, text, error);
    case Kind::kText:
      *text = values[0];
      return true;
  }
  return false;
}

uint64_t number_of(const Row& row, std::string_view text) {
  uint64_t bits = 0;
  int64_t number = 0;
  if (row.kind == Kind::kOctal) {
    parse_octal(text, &bits);
  } else if (text.ends_with('%')) {
    parse_int64(text.substr(0, text.size() - 1), &number);
    bits = static_cast<uint64_t>(-number);
  } else if (parse_int64(text, &number)) {
    bits = static_cast<uint64_t>(number);
  } else {
    parse_uint64(text, &bits);
  }
  return bits;
}

std::string number_text(const Row& row, int64_t value) {
  if (row.kind == Kind::kOctal) return octal_text(static_cast<uint64_t>(value));
  if (row.kind == Kind::kMemoryPercent && value < 0) return int64_text(-value) + "%";
  return int64_text(value);
}

// REQUIRES: `text` is canonical.
void store(const Row& row, Settings& settings, std::string text) {
  if (row.special && row.special->store) {
    row.special->store(settings, text);
  } else if (auto yes_no = std::get_if<bool Settings::*>(&row.member)) {
    settings.** yes_no = text == "yes";
  } else if (auto small = std::get_if<int Settings::*>(&row.member)) {
    settings.** small = static_cast<int>(number_of(row, text));
  } else if (auto number = std::get_if<int64_t Settings::*>(&row.member)) {
    settings.** number = static_cast<int64_t>(number_of(row, text));
  } else if (auto bytes = std::get_if<uint64_t Settings::*>(&row.member)) {
    settings.** bytes = number_of(row, text);
  } else if (auto words = std::get_if<std::string Settings::*>(&row.member)) {
    settings.** words = std::move(text);
  } else if (auto policy = std::get_if<EvictionPolicy Settings::*>(&row.member)) {
    settings.** policy = policy_by_name(text);
  } else if (text == row.initial) {
    settings.others.erase(row.name);
  } else {
    settings.others[row.name] = std::move(text);
  }
}

bool allowed(std::string_view setting, bool local) {
  return setting == "yes" || (setting == "local" && local);
}

std::string set_failed(std::string_view name, std::string_view reason) {
  std::string text = "ERR CONFIG SET failed (possibly related to argument '";
  text += name;
  text += "')";
  if (!reason.empty()) (text += " - ") += reason;
  return text;
}

// Several values in one text of CONFIG SET are apart by single blanks.
std::vector<std::string_view> split_values(const Row& row, std::string_view value) {
  if (!(row.flags & config::kSeveral)) return {value};
  std::vector<std::string_view> out;
  while (!value.empty()) {
    size_t end = std::min(value.find(' '), value.size());
    out.push_back(value.substr(0, end));
    if (end + 1 == value.size()) out.push_back({});
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return out;
}

}  // namespace

std::string_view eviction_policy_name(EvictionPolicy policy) {
  return kPolicyNames[static_cast<size_t>(policy)];
}

std::string config::memory_text(uint64_t bytes) {
  static constexpr std::string_view kUnits[] = {"gb", "mb", "kb"};
  for (int i = 0; i < 3; i++) {
    uint64_t unit = uint64_t{1} << (30 - 10 * i);
    if (bytes && bytes % unit == 0) return std::to_string(bytes / unit) + std::string(kUnits[i]);
  }
  return std::to_string(bytes);
}

std::string config::text_of(const Row& row, const Settings& settings) {
  if (row.special && row.special->text) return row.special->text(settings);
  if (auto yes_no = std::get_if<bool Settings::*>(&row.member)) {
    return settings.**yes_no ? "yes" : "no";
  }
  if (auto small = std::get_if<int Settings::*>(&row.member)) {
    return number_text(row, settings.**small);
  }
  if (auto number = std::get_if<int64_t Settings::*>(&row.member)) {
    return number_text(row, settings.**number);
  }
  if (auto bytes = std::get_if<uint64_t Settings::*>(&row.member)) {
    return std::to_string(settings.**bytes);
  }
  if (auto words = std::get_if<std::string Settings::*>(&row.member)) return settings.**words;
  if (auto policy = std::get_if<EvictionPolicy Settings::*>(&row.member)) {
    return std::string(eviction_policy_name(settings.**policy));
  }
  auto found = settings.others.find(row.name);
  return found == settings.others.end() ? std::string(row.initial) : found->second;
}

std::vector<Config::Item> Config::get(Args patterns) const {
  std::vector<Item> items;
  auto add = [&](std::string_view name, const Row& row) {
    for (const Item& item : items) {
      if (equals_fold(item.name, name)) return;
    }
    items.push_back({std::string(name), config::text_of(row, settings_)});
  };
  for (std::string_view pattern : patterns) {
    if (pattern.find_first_of("[*?") == std::string_view::npos) {
      if (const Row* row = config::find_row(pattern)) add(pattern, *row);
      continue;
    }
    for (const Row& row : config::rows()) {
      if (row.flags & config::kHidden) continue;
      if (glob_match_fold(pattern, row.name)) add(row.name, row);
      if (row.other_name.empty()) continue;
      if (glob_match_fold(pattern, row.other_name)) add(row.other_name, row);
    }
  }
  return items;
}

std::string Config::text(std::string_view name) const {
  const Row* row = config::find_row(name);
  return row ? config::text_of(*row, settings_) : std::string();
}

bool Config::is_sensitive(std::string_view name) {
  const Row* row = config::find_row(name);
  return row && (row->flags & config::kSensitive);
}

bool Config::is_without_effect(std::string_view name) {
  const Row* row = config::find_row(name);
  return row && !row->bound();
}

bool Config::assign(const Row& row, Args values, bool append, std::string* error) {
  std::string before = config::text_of(row, settings_);
  std::string text;
  if (!read_value(row, values, before, &text, error)) return false;
  if (row.check && !row.check(&text, error)) return false;
  if (append && !before.empty() && !text.empty()) text = before + " " + text;
  store(row, settings_, std::move(text));
  return true;
}

bool Config::set(Args pairs, const Caller& caller, std::string* error) {
  if (pairs.empty() || pairs.size() % 2) return refuse(error, "ERR syntax error");
  std::vector<const Row*> rows;
  for (size_t i = 0; i < pairs.size(); i += 2) {
    std::string_view name = pairs[i];
    const Row* row = config::find_row(name);
    if (!row) {
      return refuse(error, "ERR Unknown option or number of arguments for CONFIG SET - '" +
                               std::string(name) + "'");
    }
    if (row->flags & config::kImmutable) {
      return refuse(error, set_failed(name, "can't set immutable config"));
    }
    if ((row->flags & config::kProtected) &&
        !allowed(settings_.enable_protected_configs, caller.local)) {
      return refuse(error, set_failed(name, "can't set protected config"));
    }
    if (caller.loading && (row->flags & config::kDenyLoading)) {
      return refuse(error, "LOADING Redis is loading the dataset in memory");
    }
    if (std::find(rows.begin(), rows.end(), row) != rows.end()) {
      return refuse(error, set_failed(name, "duplicate parameter"));
    }
    rows.push_back(row);
  }

  Settings before = settings_;
  std::vector<std::string_view> changed;
  for (size_t i = 0; i < rows.size(); i++) {
    std::vector<std::string_view> values = split_values(*rows[i], pairs[i * 2 + 1]);
    std::string reason;
    if (!assign(*rows[i], values, false, &reason)) {
      settings_ = std::move(before);
      return refuse(error, set_failed(rows[i]->name, reason));
    }
    bool same = config::text_of(*rows[i], settings_) == config::text_of(*rows[i], before);
    if (!same) changed.push_back(rows[i]->name);
  }
  return apply(changed, std::move(before), error);
}

bool Config::apply(const std::vector<std::string_view>& changed, Settings before,
                   std::string* error) {
  if (!on_change) return true;
  for (size_t i = 0; i < changed.size(); i++) {
    std::string reason;
    if (on_change(changed[i], &reason)) continue;
    settings_ = std::move(before);
    std::string ignored;
    for (size_t j = 0; j <= i; j++) on_change(changed[j], &ignored);
    return refuse(error, set_failed(changed[i], reason));
  }
  return true;
}

Config::Loaded Config::load(std::string_view name, std::span<const std::string> values,
                            std::string* error) {
  const Row* row = config::find_row(name);
  if (!row) return Loaded::kUnknown;
  if (!(row->flags & config::kSeveral) && values.size() != 1) {
    *error = "wrong number of arguments";
    return Loaded::kRefused;
  }
  settings_.given.insert(row->name);
  std::vector<std::string_view> words(values.begin(), values.end());
  bool is_save = row->special == &config::kSaveForm;
  bool append = is_save && save_loaded_;
  save_loaded_ |= is_save;
  return assign(*row, words, append, error) ? Loaded::kOk : Loaded::kRefused;
}

}  // namespace redstart
