// All commands of one engine, by name. An instance, filled from one visible list at start.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/args.h"
#include "engine/command.h"

namespace redstart {

// A row of the table with what was derived from it.
struct Command {
  const CommandSpec* spec = nullptr;
  const Command* container = nullptr;   // of a subcommand
  uint16_t id = 0;                      // index of statistics, dense from 0
  uint16_t first_key = 0;               // position of the first key when it is fixed, else 0
  uint32_t flags = 0;                   // the row's, and movablekeys when derived
  uint32_t acl = 0;                     // AclCategory bits, complete
  std::string full_name;                // "client|kill"
  std::vector<const Command*> subcommands;
};

class CommandTable {
 public:
  CommandTable();
  ~CommandTable();

  void add(std::span<const CommandSpec* const> family);

  // From now on it is called by the other name only; "" takes it away. Its row keeps its name.
  // REQUIRES: there is a command `from` and none `to`.
  void rename(std::string_view from, std::string_view to);

  // The command of a name in any letter case, containers without looking at their second word.
  const Command* find(std::string_view name) const;
  // The command that `args` calls: a subcommand where there is one by that name, the container
  // itself when it is called alone; null for an unknown name or an unknown subcommand.
  const Command* resolve(Args args) const;
  // "client|kill" or "get".
  const Command* find_full(std::string_view name) const;

  // In order of registration: commands without their subcommands; everything, by id.
  std::span<const Command* const> commands() const { return top_; }
  std::span<const Command* const> by_id() const { return all_; }
  size_t size() const { return all_.size(); }

 private:
  struct Slot;
  const Command* add_one(const CommandSpec& spec, const Command* container);
  std::vector<std::unique_ptr<Command>> owned_;
  std::vector<const Command*> top_;
  std::vector<const Command*> all_;
  void place(std::string_view name, const Command* command);

  std::unique_ptr<Slot[]> slots_;
  std::vector<std::pair<std::string, const Command*>> long_names_;  // that no slot can hold
};

// Where the keys of a call are, by its command's key specs: at `first`, `first + step`, ... up to
// `last`. False: the call is malformed. Allocates nothing.
struct KeyRange {
  uint32_t first, last, step;
  uint16_t flags;  // KeyFlag
};
struct KeyRanges {
  KeyRange items[4];
  size_t count = 0;
  const KeyRange* begin() const { return items; }
  const KeyRange* end() const { return items + count; }
};
bool find_key_ranges(const Command& command, Args args, KeyRanges* ranges);

// The same, one by one.
struct KeyPosition {
  uint32_t index;
  uint16_t flags;  // KeyFlag
};
bool find_keys(const Command& command, Args args, std::vector<KeyPosition>* keys);

}  // namespace redstart
