// Calls made up from the command table: each command's argument grammar says what a call looks
// like, so a new command takes part in the laws without being named here.
#pragma once

#include <string>
#include <vector>

#include "base/random.h"
#include "engine/command_docs.h"
#include "engine/command_table.h"

namespace redstart {

class RandomCalls {
 public:
  RandomCalls(const CommandTable& table, uint64_t seed);

  // The words of a call. Mostly well-formed, now and then cut short or with a word too many.
  std::vector<std::string> next();
  // Commands that take part.
  size_t commands() const { return shapes_.size(); }

 private:
  struct Shape {
    const Command* command;
    std::vector<ArgDoc> args;
  };
  void consider(const Command& command);
  void add(const ArgDoc& arg, std::vector<std::string>* words);
  void add_once(const ArgDoc& arg, std::vector<std::string>* words);
  std::string pick(std::initializer_list<const char*> choices);
  std::string json_path();
  std::string json_value();
  std::string filter();
  std::string aggregations();

  Random random_;
  std::vector<Shape> shapes_;
};

}  // namespace redstart
