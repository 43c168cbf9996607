// A fuzz target: something that reads bytes from strangers, and what must hold for any of them.
//
// To add one: write the function in a file of its room here, declare it in the list at the bottom
// and add its row in targets.cc.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

namespace redstart::fuzz {

// Where a target takes decisions of its own from (how to cut the input, ...): the input's bytes.
class Choices {
 public:
  explicit Choices(std::string_view input) : state_(14695981039346656037u) {
    for (const char c : input) state_ = (state_ ^ static_cast<uint8_t>(c)) * 1099511628211u;
  }
  uint64_t below(uint64_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return (state_ >> 33) % bound;
  }

 private:
  uint64_t state_;
};

struct Target {
  std::string_view name;
  void (*run)(std::string_view input);
  // Inputs to begin with, which also serve as a dictionary of pieces.
  std::span<const std::string_view> seeds;
};

inline void check(bool holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "does not hold: %s\n", what);
  abort();
}

std::span<const Target> targets();

void resp_parser(std::string_view input);
void inline_words(std::string_view input);
void json_reply(std::string_view input);
void http_request(std::string_view input);
void json_body(std::string_view input);
void json_text(std::string_view input);
void json_path(std::string_view input);
void regex(std::string_view input);
void search_words(std::string_view input);
void search_aggregation(std::string_view input);
void search_filter(std::string_view input);
void search_schema(std::string_view input);
void path_args(std::string_view input);
void integers(std::string_view input);
void doubles(std::string_view input);
void glob(std::string_view input);
void listpack(std::string_view input);
void config_file(std::string_view input);
void acl_rules(std::string_view input);
void acl_file(std::string_view input);
void rdb_file(std::string_view input);
void rdb_value(std::string_view input);
void lua_bytes(std::string_view input);
void lua_program(std::string_view input);
void lua_libraries(std::string_view input);
// For the language: a few of our own, and the scripts that show what each part of it does.
std::span<const std::string_view> lua_seeds();
void aof_file(std::string_view input);
void aof_manifest(std::string_view input);
// Fails on purpose, to show that a failure is seen.
void canary(std::string_view input);

}  // namespace redstart::fuzz
