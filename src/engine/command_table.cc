#include "engine/command_table.h"

#include <cassert>
#include <cstring>

#include "base/ascii.h"

namespace redstart {
namespace {

constexpr size_t kSlots = 2048;
constexpr size_t kFoldedMax = 16;

// A name of up to 16 bytes as two words: the first and the last eight bytes, which overlap when
// the name is shorter than 16. Equal length and equal words mean equal names.
struct Words {
  uint64_t head = 0;
  uint64_t tail = 0;
};

uint64_t load(const char* bytes, size_t count) {
  uint64_t word = 0;
  memcpy(&word, bytes, count);
  return word;
}

Words words_of(std::string_view name) {
  const char* p = name.data();
  size_t n = name.size();
  if (n >= 8) return {load(p, 8), load(p + n - 8, 8)};
  if (n >= 4) return {load(p, 4), load(p + n - 4, 4)};
  if (n == 3) return {load(p, 2), load(p + 1, 2)};
  return {load(p, n), 0};
}

constexpr uint64_t kCaseBits = 0x2020202020202020;

size_t slot_of(const Words& words, size_t length) {
  uint64_t mixed = ((words.head | kCaseBits) * 0x9e3779b97f4a7c15) ^
                   ((words.tail | kCaseBits) * 0xc2b2ae3d27d4eb4f) ^ length;
  mixed ^= mixed >> 29;
  return (mixed * 0x9e3779b97f4a7c15) >> 53;
}

// The bits in which a name of the table may differ from how a client writes it: the case bit of
// each letter.
Words case_mask(std::string_view name) {
  char mask[kFoldedMax] = {};
  for (size_t i = 0; i < name.size(); i++) {
    mask[i] = (name[i] >= 'a' && name[i] <= 'z') ? 0x20 : 0;
  }
  return words_of({mask, name.size()});
}

uint32_t group_category(Group group) {
  switch (group) {
    case Group::kGeneric: return kAclKeyspace;
    case Group::kString: return kAclString;
    case Group::kList: return kAclList;
    case Group::kSet: return kAclSet;
    case Group::kSortedSet: return kAclSortedSet;
    case Group::kHash: return kAclHash;
    case Group::kPubsub: return kAclPubsub;
    case Group::kTransactions: return kAclTransaction;
    case Group::kConnection: return kAclConnection;
    case Group::kScripting: return kAclScripting;
    case Group::kHyperloglog: return kAclHyperloglog;
    case Group::kGeo: return kAclGeo;
    case Group::kStream: return kAclStream;
    case Group::kBitmap: return kAclBitmap;
    case Group::kJson: return kAclJson;
    case Group::kSearch: return kAclSearch;
    case Group::kArray: return kAclArray;
    case Group::kVector: return kAclVector;
    case Group::kServer:
    case Group::kCluster: return 0;
  }
  return 0;
}

// A row's own categories replace those of its group; those of its flags always hold.
uint32_t categories(const CommandSpec& spec) {
  uint32_t acl = spec.acl;
  // A container that only holds others belongs nowhere.
  if (!acl && spec.run) acl = group_category(spec.group);
  if (spec.flags & kWrite) acl |= kAclWrite;
  if ((spec.flags & kReadonly) && !(acl & kAclScripting)) acl |= kAclRead;
  if (spec.flags & kAdmin) acl |= kAclAdmin | kAclDangerous;
  if (spec.flags & kPubsub) acl |= kAclPubsub;
  if (spec.flags & kBlocking) acl |= kAclBlocking;
  acl |= (spec.flags & kFast) ? uint32_t{kAclFast} : uint32_t{kAclSlow};
  return acl;
}

bool fixed_first_key(const CommandSpec& spec) {
  if (spec.keys.count == 0) return false;
  const KeySpec& first = spec.keys.items[0];
  return first.begin == KeySpec::Begin::kIndex && first.find == KeySpec::Find::kRange &&
         !(first.flags & kKeyNotKey);
}

// True when first, last and step alone do not tell where all keys are.
bool movable_keys(const CommandSpec& spec) {
  int last = 0;
  for (int i = 0; i < spec.keys.count; i++) {
    const KeySpec& keys = spec.keys.items[i];
    if (keys.begin != KeySpec::Begin::kIndex || keys.find != KeySpec::Find::kRange) return true;
    if (keys.flags & kKeyIncomplete) return true;
    if (i > 0 && (keys.b != 1 || keys.index != last + 1 || last < 0)) return true;
    last = keys.a < 0 ? keys.a : keys.index + keys.a;
  }
  return false;
}

}  // namespace

struct CommandTable::Slot {
  Words words;
  Words mask;
  size_t length = 0;
  const Command* command = nullptr;
};

CommandTable::CommandTable() : slots_(new Slot[kSlots]) {}
CommandTable::~CommandTable() = default;

void CommandTable::add(std::span<const CommandSpec* const> family) {
  for (const CommandSpec* spec : family) {
    const Command* command = add_one(*spec, nullptr);
    top_.push_back(command);
    place(spec->name, command);
  }
}

// REQUIRES: the name is in lower case.
void CommandTable::place(std::string_view name, const Command* command) {
  if (name.size() > kFoldedMax) {
    long_names_.emplace_back(name, command);
    return;
  }
  Words words = words_of(name);
  size_t at = slot_of(words, name.size());
  while (slots_[at].command) at = (at + 1) % kSlots;
  slots_[at] = {words, case_mask(name), name.size(), command};
}

void CommandTable::rename(std::string_view from, std::string_view to) {
  const Command* command = find(from);
  for (size_t i = 0; i < kSlots; i++) {
    // The slot stays taken, so that others behind it are still found, but fits no name.
    if (slots_[i].command == command) slots_[i].length = SIZE_MAX;
  }
  std::erase_if(long_names_, [&](const auto& entry) { return entry.second == command; });
  if (to.empty()) {
    std::erase(top_, command);
  } else {
    place(to_lower(to), command);
  }
}

const Command* CommandTable::add_one(const CommandSpec& spec, const Command* container) {
  owned_.push_back(std::make_unique<Command>());
  Command* command = owned_.back().get();
  command->spec = &spec;
  command->container = container;
  command->id = static_cast<uint16_t>(all_.size());
  command->flags = spec.flags | (movable_keys(spec) ? uint32_t{kMovableKeys} : 0);
  command->acl = categories(spec);
  command->first_key = fixed_first_key(spec) ? spec.keys.items[0].index : 0;
  command->full_name = container ? container->full_name + "|" : std::string();
  command->full_name += spec.name;
  all_.push_back(command);
  for (const CommandSpec* sub : spec.subcommands) {
    command->subcommands.push_back(add_one(*sub, command));
  }
  return command;
}

const Command* CommandTable::find(std::string_view name) const {
  if (name.size() > kFoldedMax) {
    for (const auto& [long_name, command] : long_names_) {
      if (equals_fold(long_name, name)) return command;
    }
    return nullptr;
  }
  Words words = words_of(name);
  for (size_t at = slot_of(words, name.size());; at = (at + 1) % kSlots) {
    const Slot& slot = slots_[at];
    if (!slot.command) return nullptr;
    if ((words.head | slot.mask.head) == slot.words.head &&
        (words.tail | slot.mask.tail) == slot.words.tail && name.size() == slot.length) {
      return slot.command;
    }
  }
}

const Command* CommandTable::resolve(Args args) const {
  if (args.empty()) return nullptr;
  const Command* command = find(args[0]);
  if (!command || command->subcommands.empty() || args.size() == 1) return command;
  for (const Command* sub : command->subcommands) {
    if (equals_fold(sub->spec->name, args[1])) return sub;
  }
  return nullptr;
}

const Command* CommandTable::find_full(std::string_view name) const {
  size_t bar = name.find('|');
  const Command* command = find(name.substr(0, bar));
  if (!command || bar == std::string_view::npos) return command;
  for (const Command* sub : command->subcommands) {
    if (equals_fold(sub->spec->name, name.substr(bar + 1))) return sub;
  }
  return nullptr;
}

}  // namespace redstart
