// What COMMAND says about a command, made from its row.
//
// The grammar of CommandSpec::args:
//
//   args    = choice { " " choice }
//   choice  = part { "|" part }                 one of them
//   part    = [ TOKEN " " ] value [ "+" ]       a token belongs to the value it stands before
//           | TOKEN
//   value   = name [ ":" type ] | group
//   group   = [ name "=" ] "(" args ")"         a block; of one part: that part
//           | [ name "=" ] "[" args "]"         the same, and optional
//
//   "key [NX|XX] [EX seconds:integer|PX milliseconds:integer|KEEPTTL] (field value)+"
//
// A name begins with a lower-case letter, a token does not. Types: string (the default), integer,
// double, key, pattern, unix-time; an argument named like a type has it. "+" means repeated;
// behind a group that consists of a token with its value the token is repeated too: "[GET
// pattern]+". To keep a choice of bare tokens apart from a value behind it, use a group: "(AND|OR)
// destkey:key key+". Groups and choices may be named: "expiration=[EX seconds:integer|PERSIST]".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/command_table.h"

namespace redstart {

class Reply;

struct ArgDoc {
  enum class Type : uint8_t {
    kString,
    kInteger,
    kDouble,
    kKey,
    kPattern,
    kUnixTime,
    kPureToken,
    kOneOf,
    kBlock,
  };
  std::string name;
  Type type = Type::kString;
  std::string token;
  bool optional = false;
  bool multiple = false;
  bool multiple_token = false;
  int key_spec = -1;          // of a key: which of the row's key specs
  std::vector<ArgDoc> parts;  // of kOneOf and kBlock
};

// False and a reason (with the place) for a malformed text.
bool parse_arg_docs(std::string_view text, int key_specs, std::vector<ArgDoc>* docs,
                    std::string* error);
// How many words a call has at least, and whether it can have more.
struct WordCount {
  int least = 0;
  bool more = false;
};
WordCount count_words(std::span<const ArgDoc> docs);

// The grammar as people read it: "<key> [NX|XX] [EX <seconds>]".
std::string arg_synopsis(std::string_view text);

// A row of COMMAND INFO, an entry of COMMAND DOCS (without its name).
void reply_command_info(Reply& reply, const Command& command);
void reply_command_docs(Reply& reply, const Command& command);
// The flags of COMMAND GETKEYSANDFLAGS.
void reply_key_flags(Reply& reply, uint16_t flags);

// "keyspace", "read", ... in the order of the bits of AclCategory.
std::span<const std::string_view> acl_category_names();
// "sorted-set"
std::string_view group_name(Group group);

}  // namespace redstart
