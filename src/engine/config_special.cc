// The directives with a form of their own.
#include <algorithm>
#include <charconv>
#include <string>

#include "base/ascii.h"
#include "base/numbers.h"
#include "engine/config_table.h"

namespace redstart::config {
namespace {

std::string join(Args values) {
  std::string text;
  for (std::string_view value : values) {
    if (!text.empty()) text += ' ';
    text += value;
  }
  return text;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    size_t end = std::min(text.find(' '), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// A single empty value stands for none.
Args without_empty(Args values) {
  return values.size() == 1 && values[0].empty() ? Args() : values;
}

bool refuse(std::string* error, std::string_view reason) {
  *error = reason;
  return false;
}

// --- save 3600 1 300 100

bool read_save(Args values, std::string_view, std::string* text, std::string* error) {
  values = without_empty(values);
  if (values.size() % 2) return refuse(error, "Invalid save parameters");
  for (size_t i = 0; i < values.size(); i++) {
    int64_t value;
    int64_t least = i % 2 ? 0 : 1;
    if (!parse_int64(values[i], &value) || value < least) {
      return refuse(error, "Invalid save parameters");
    }
  }
  *text = join(values);
  return true;
}

std::vector<std::string> save_lines(std::string_view text) {
  std::vector<std::string> lines;
  std::vector<std::string_view> parts = words(text);
  for (size_t i = 0; i + 1 < parts.size(); i += 2) {
    lines.push_back(std::string(parts[i]) + " " + std::string(parts[i + 1]));
  }
  if (lines.empty()) lines.push_back("\"\"");
  return lines;
}

// --- client-output-buffer-limit replica 256mb 64mb 60

struct LimitClass {
  std::string_view name;
  OutputLimit Settings::*member;
};
constexpr LimitClass kLimitClasses[] = {{"normal", &Settings::output_limit_normal},
                                        {"slave", &Settings::output_limit_replica},
                                        {"pubsub", &Settings::output_limit_pubsub}};

std::string limit_text(const OutputLimit& limit) {
  return std::to_string(limit.hard_bytes) + " " + std::to_string(limit.soft_bytes) + " " +
         std::to_string(limit.soft_seconds);
}

std::string limits_text(const Settings& settings) {
  std::string text;
  for (const LimitClass& c : kLimitClasses) {
    if (!text.empty()) text += ' ';
    text += std::string(c.name) + " " + limit_text(settings.*c.member);
  }
  return text;
}

void store_limits(Settings& settings, std::string_view text) {
  std::vector<std::string_view> parts = words(text);
  for (size_t i = 0; i + 3 < parts.size(); i += 4) {
    OutputLimit& limit = settings.*kLimitClasses[i / 4].member;
    parse_uint64(parts[i + 1], &limit.hard_bytes);
    parse_uint64(parts[i + 2], &limit.soft_bytes);
    parse_int64(parts[i + 3], &limit.soft_seconds);
  }
}

int limit_class(std::string_view name) {
  if (equals_fold(name, "replica")) return 1;
  for (int i = 0; i < 3; i++) {
    if (equals_fold(name, kLimitClasses[i].name)) return i;
  }
  return -1;
}

bool read_limits(Args values, std::string_view current, std::string* text, std::string* error) {
  if (values.size() % 4) {
    return refuse(error, "Wrong number of arguments in buffer limit configuration.");
  }
  Settings limits;
  store_limits(limits, current);
  for (size_t i = 0; i < values.size(); i += 4) {
    int which = limit_class(values[i]);
    if (which < 0) {
      return refuse(error, "Invalid client class specified in buffer limit configuration.");
    }
    OutputLimit& limit = limits.*kLimitClasses[which].member;
    if (!parse_memory_size(values[i + 1], &limit.hard_bytes) ||
        !parse_memory_size(values[i + 2], &limit.soft_bytes) ||
        !parse_int64(values[i + 3], &limit.soft_seconds) || limit.soft_seconds < 0) {
      return refuse(error,
                    "Error in hard, soft or soft_seconds setting in buffer limit configuration.");
    }
  }
  *text = limits_text(limits);
  return true;
}

std::vector<std::string> limit_lines(std::string_view text) {
  Settings limits;
  store_limits(limits, text);
  std::vector<std::string> lines;
  for (const LimitClass& c : kLimitClasses) {
    const OutputLimit& limit = limits.*c.member;
    std::string name(c.name == "slave" ? "replica" : c.name);
    lines.push_back(name + " " + memory_text(limit.hard_bytes) + " " +
                    memory_text(limit.soft_bytes) + " " + std::to_string(limit.soft_seconds));
  }
  return lines;
}

// --- oom-score-adj-values 0 200 800

bool read_oom_values(Args values, std::string_view, std::string* text, std::string* error) {
  if (values.size() != 3) return refuse(error, "wrong number of arguments");
  for (std::string_view value : values) {
    int64_t number;
    if (!parse_int64(value, &number) || number < -2000 || number > 2000) {
      return refuse(error,
                    "Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
    }
  }
  *text = join(values);
  return true;
}

// --- notify-keyspace-events KEA

// In the order in which they are shown. 'A' stands for all of these.
constexpr std::string_view kAllEvents = "g$lshzxetda";

bool read_notify(Args values, std::string_view, std::string* text, std::string* error) {
  if (values.size() != 1) return refuse(error, "wrong number of arguments");
  std::string_view given = values[0];
  if (given.find_first_not_of("Ag$lshzxeKEtmdna") != std::string_view::npos) {
    return refuse(error, "Invalid event class character. Use 'Ag$lshzxeKEtmdna'.");
  }
  auto has = [&](char c) { return given.find(c) != std::string_view::npos; };
  std::string classes;
  for (char c : kAllEvents) {
    if (has('A') || has(c)) classes += c;
  }
  *text = classes == kAllEvents ? "A" : classes;
  // Redis does not show it beside 'A', and loses it when it writes its config file.
  if (has('n')) *text += 'n';
  for (char c : std::string_view("KEm")) {
    if (has(c)) *text += c;
  }
  return true;
}

// --- bind 127.0.0.1 ::1

// What can stand in a config file without quotes.
bool is_plain_word(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '\'' && c != '\\';
  });
}

bool read_list(Args values, std::string_view, std::string* text, std::string* error) {
  text->clear();
  size_t count = 0;
  for (std::string_view value : values) {
    for (std::string_view word : words(value)) {
      if (word.empty()) continue;
      if (!is_plain_word(word)) return refuse(error, "Invalid bind address");
      if (count++ > 0) *text += ' ';
      *text += word;
    }
  }
  return count <= 16 || refuse(error, "Too many bind addresses specified.");
}

// --- replicaof host port | no one

bool read_replicaof(Args values, std::string_view, std::string* text, std::string* error) {
  if (values.size() != 2) return refuse(error, "wrong number of arguments");
  text->clear();
  if (equals_fold(values[0], "no") && equals_fold(values[1], "one")) return true;
  int64_t port;
  if (!parse_int64(values[1], &port) || port < 0 || port > 65535) {
    return refuse(error, "Invalid master port");
  }
  if (!is_plain_word(values[0])) return refuse(error, "Invalid master host");
  *text = join(values);
  return true;
}

// --- latency-tracking-info-percentiles 50 99 99.9

std::string percentiles_text(const Settings& settings) {
  std::string text;
  for (double percentile : settings.latency_tracking_percentiles) {
    if (!text.empty()) text += ' ';
    text += percentile_text(percentile);
  }
  return text;
}

void store_percentiles(Settings& settings, std::string_view text) {
  settings.latency_tracking_percentiles.clear();
  for (std::string_view word : words(text)) {
    double percentile = 0;
    parse_double(word, &percentile);
    settings.latency_tracking_percentiles.push_back(percentile);
  }
}

bool read_percentiles(Args values, std::string_view, std::string* text, std::string* error) {
  Settings parsed;
  parsed.latency_tracking_percentiles.clear();
  for (std::string_view value : without_empty(values)) {
    double percentile;
    if (!parse_double(value, &percentile)) {
      return refuse(error, "Invalid latency-tracking-info-percentiles parameters");
    }
    if (percentile > 100 || percentile < 0) {
      return refuse(error,
                    "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
    }
    parsed.latency_tracking_percentiles.push_back(percentile);
  }
  *text = percentiles_text(parsed);
  return true;
}

std::vector<std::string> one_line(std::string_view text) {
  return {text.empty() ? "\"\"" : std::string(text)};
}

// --- dir ./data

bool read_dir(Args values, std::string_view, std::string* text, std::string* error) {
  if (values.size() != 1) return refuse(error, "wrong number of arguments");
  *text = values[0];
  return true;
}

}  // namespace

std::string percentile_text(double percentile) {
  char text[400];
  char* end = std::to_chars(text, text + sizeof(text), percentile, std::chars_format::fixed, 6).ptr;
  while (end[-1] == '0') end--;
  if (end[-1] == '.') end--;
  return {text, end};
}

const Special kSaveForm = {.read = read_save, .lines = save_lines};
const Special kOutputLimitForm = {
    .read = read_limits, .store = store_limits, .text = limits_text, .lines = limit_lines};
const Special kOomValuesForm = {.read = read_oom_values, .lines = one_line};
const Special kNotifyForm = {.read = read_notify};
const Special kListForm = {.read = read_list, .lines = one_line};
const Special kReplicaofForm = {.read = read_replicaof, .lines = one_line};
const Special kPercentilesForm = {.read = read_percentiles,
                                  .store = store_percentiles,
                                  .text = percentiles_text,
                                  .lines = one_line};
const Special kDirForm = {.read = read_dir};

}  // namespace redstart::config
