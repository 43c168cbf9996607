#include "engine/command_docs.h"

#include <algorithm>
#include <climits>

#include "base/ascii.h"
#include "wire/reply.h"

namespace redstart {
namespace {

using Type = ArgDoc::Type;

constexpr std::string_view kTypeNames[] = {"string",    "integer",    "double", "key",  "pattern",
                                           "unix-time", "pure-token", "oneof",  "block"};
// Types that a grammar may name; the others follow from its form.
constexpr size_t kNamedTypes = 6;

class ArgParser {
 public:
  ArgParser(std::string_view text, int key_specs) : text_(text), key_specs_(key_specs) {}

  bool parse(std::vector<ArgDoc>* docs) {
    if (text_.empty()) return true;
    if (!sequence(docs)) return false;
    return at_ == text_.size() || fail("one closing bracket too many");
  }
  const std::string& error() const { return error_; }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c) return false;
    at_++;
    return true;
  }
  bool fail(std::string_view what) {
    if (error_.empty()) error_ = std::string(what) + " at " + std::to_string(at_);
    return false;
  }

  bool sequence(std::vector<ArgDoc>* docs) {
    do {
      if (!choice(docs)) return false;
    } while (take(' '));
    return true;
  }

  bool choice(std::vector<ArgDoc>* docs) {
    std::vector<ArgDoc> parts(1);
    if (!part(&parts[0])) return false;
    while (take('|')) {
      if (!part(&parts.emplace_back())) return false;
    }
    if (parts.size() == 1) {
      docs->push_back(std::move(parts[0]));
      return true;
    }
    ArgDoc& one = docs->emplace_back();
    one.type = Type::kOneOf;
    one.name = parts[0].name;
    one.parts = std::move(parts);
    return true;
  }

  bool part(ArgDoc* doc) {
    if (is_word(peek()) && !is_name(peek())) {
      std::string token(word());
      // A value behind it belongs to it, other tokens do not.
      size_t after = at_;
      if (!take(' ') || !begins_value()) {
        at_ = after;
        doc->type = Type::kPureToken;
        doc->name = to_lower(token);
        doc->token = std::move(token);
        return true;
      }
      if (!value(doc)) return false;
      doc->token = std::move(token);
    } else if (!value(doc)) {
      return false;
    }
    if (take('+')) doc->multiple = true;
    return true;
  }

  bool value(ArgDoc* doc) {
    std::string name;
    if (is_name(peek())) {
      name = word();
      if (!take('=')) return argument(std::move(name), doc);
    }
    bool optional = peek() == '[';
    if (!optional && peek() != '(') return fail("an argument is expected");
    at_++;
    std::vector<ArgDoc> parts;
    if (!sequence(&parts)) return false;
    if (!take(optional ? ']' : ')')) return fail("a bracket is open");
    if (parts.size() == 1) {
      *doc = std::move(parts[0]);
      if (peek() == '+' && !doc->token.empty()) doc->multiple_token = true;
    } else {
      doc->type = Type::kBlock;
      doc->name = parts[0].name;
      doc->parts = std::move(parts);
    }
    if (!name.empty()) doc->name = std::move(name);
    doc->optional |= optional;
    return true;
  }

  bool argument(std::string name, ArgDoc* doc) {
    doc->name = std::move(name);
    std::string_view type = doc->name;
    bool named = take(':');
    if (named) type = word();
    const auto* end = kTypeNames + kNamedTypes;
    const auto* found = std::find(kTypeNames, end, type);
    if (found != end) {
      doc->type = static_cast<Type>(found - kTypeNames);
    } else if (named) {
      return fail("an unknown type");
    }
    // One spec may stand for several keys: then it is the last one.
    if (doc->type == Type::kKey && key_specs_ > 0) {
      doc->key_spec = std::min(keys_seen_++, key_specs_ - 1);
    }
    return true;
  }

  static bool is_name(char c) { return c >= 'a' && c <= 'z'; }
  static bool is_word(char c) {
    return c != '\0' && std::string_view(" |()[]+:").find(c) == std::string_view::npos;
  }
  bool begins_value() const { return is_name(peek()) || peek() == '(' || peek() == '['; }
  std::string_view word() {
    size_t begin = at_;
    bool name = is_name(peek());
    while (is_word(peek()) && !(name && peek() == '=')) at_++;
    return text_.substr(begin, at_ - begin);
  }

  std::string_view text_;
  size_t at_ = 0;
  int key_specs_;
  int keys_seen_ = 0;
  std::string error_;
};

struct FlagName {
  uint32_t flag;
  std::string_view name;
};

// Those that COMMAND INFO shows, in Redis's order.
constexpr FlagName kCommandFlags[] = {
    {kWrite, "write"},
    {kReadonly, "readonly"},
    {kDenyOom, "denyoom"},
    {kAdmin, "admin"},
    {kPubsub, "pubsub"},
    {kNoScript, "noscript"},
    {kBlocking, "blocking"},
    {kLoading, "loading"},
    {kStale, "stale"},
    {kSkipMonitor, "skip_monitor"},
    {kSkipSlowlog, "skip_slowlog"},
    {kAsking, "asking"},
    {kFast, "fast"},
    {kNoAuth, "no_auth"},
    {kNoMandatoryKeys, "no_mandatory_keys"},
    {kNoAsyncLoading, "no_async_loading"},
    {kNoMulti, "no_multi"},
    {kMovableKeys, "movablekeys"},
    {kAllowBusy, "allow_busy"},
};

constexpr FlagName kKeyFlags[] = {
    {kKeyRo, "RO"},
    {kKeyRw, "RW"},
    {kKeyOw, "OW"},
    {kKeyRm, "RM"},
    {kKeyAccess, "access"},
    {kKeyUpdate, "update"},
    {kKeyInsert, "insert"},
    {kKeyDelete, "delete"},
    {kKeyNotKey, "not_key"},
    {kKeyIncomplete, "incomplete"},
    {kKeyVariable, "variable_flags"},
};

constexpr std::string_view kCategories[] = {
    "keyspace", "read",   "write",       "set",       "sortedset",  "list",        "hash",
    "string",   "bitmap", "hyperloglog", "geo",       "stream",     "pubsub",      "admin",
    "fast",     "slow",   "blocking",    "dangerous", "connection", "transaction", "scripting",
    "json",     "search", "array",       "vector",
};

constexpr std::string_view kGroups[] = {
    "generic", "string",       "list",       "set",    "sorted-set", "hash",
    "pubsub",  "transactions", "connection", "server", "scripting",  "hyperloglog",
    "cluster", "geo",          "stream",     "bitmap", "module",     "module",
    "array",   "module",
};

void reply_flags(Reply& reply, std::span<const FlagName> names, uint32_t flags) {
  auto has = [&](const FlagName& f) { return (flags & f.flag) != 0; };
  reply.set(std::count_if(names.begin(), names.end(), has));
  for (const FlagName& name : names) {
    if (has(name)) reply.status(name.name);
  }
}

// First, last, step: what old clients understand. Zeros when these cannot tell.
struct FixedRange {
  int first = 0, last = 0, step = 0;
};

FixedRange key_range_of(const KeySpecs& specs) {
  FixedRange range;
  unsigned last = 0;
  for (int i = 0; i < specs.count; i++) {
    const KeySpec& spec = specs.items[i];
    if (spec.begin != KeySpec::Begin::kIndex || spec.find != KeySpec::Find::kRange) continue;
    bool follows = range.first == 0 || (spec.b == 1 && static_cast<int>(last) == spec.index - 1);
    if (!follows) continue;
    if (range.first == 0) range.first = spec.index;
    int absolute = spec.a >= 0 ? spec.index + spec.a : spec.a;
    last = std::max(last, static_cast<unsigned>(absolute));  // -1, the end, is the largest
    range.step = spec.b;
  }
  range.last = static_cast<int>(last);
  return range;
}

void reply_categories(Reply& reply, uint32_t acl) {
  Reply::Mark mark = reply.open(Reply::Shape::kSet);
  size_t count = 0;
  for (size_t i = 0; i < std::size(kCategories); i++) {
    if (!(acl & (1u << i))) continue;
    reply.status("@" + std::string(kCategories[i]));
    count++;
  }
  reply.close(mark, count);
}

void reply_tips(Reply& reply, std::string_view tips) {
  Reply::Mark mark = reply.open(Reply::Shape::kSet);
  size_t count = 0;
  while (!tips.empty()) {
    size_t end = std::min(tips.find(','), tips.size());
    reply.bulk(tips.substr(0, end));
    tips.remove_prefix(std::min(end + 1, tips.size()));
    count++;
  }
  reply.close(mark, count);
}

void reply_pair(Reply& reply, std::string_view name, int64_t value) {
  reply.bulk(name);
  reply.integer(value);
}

// {"type": type, "spec": {...}}: the caller adds the pairs of the spec.
void begin_search(Reply& reply, std::string_view type, size_t pairs) {
  reply.map(2);
  reply.bulk("type");
  reply.bulk(type);
  reply.bulk("spec");
  reply.map(pairs);
}

void reply_key_spec(Reply& reply, const KeySpec& spec) {
  reply.map(3);
  reply.bulk("flags");
  reply_key_flags(reply, spec.flags);
  reply.bulk("begin_search");
  if (spec.begin == KeySpec::Begin::kIndex) {
    begin_search(reply, "index", 1);
    reply_pair(reply, "index", spec.index);
  } else if (spec.begin == KeySpec::Begin::kKeyword) {
    begin_search(reply, "keyword", 2);
    reply.bulk("keyword");
    reply.bulk(spec.keyword);
    reply_pair(reply, "startfrom", spec.index);
  } else {
    begin_search(reply, "unknown", 0);
  }
  reply.bulk("find_keys");
  if (spec.begin == KeySpec::Begin::kUnknown) {
    begin_search(reply, "unknown", 0);
  } else if (spec.find == KeySpec::Find::kRange) {
    begin_search(reply, "range", 3);
    reply_pair(reply, "lastkey", spec.a);
    reply_pair(reply, "keystep", spec.b);
    reply_pair(reply, "limit", spec.c);
  } else if (spec.find == KeySpec::Find::kCount) {
    begin_search(reply, "keynum", 3);
    reply_pair(reply, "keynumidx", spec.a);
    reply_pair(reply, "firstkey", spec.b);
    reply_pair(reply, "keystep", spec.c);
  } else {
    begin_search(reply, "unknown", 0);
  }
}

void reply_arg_docs(Reply& reply, std::span<const ArgDoc> docs);

void reply_arg_doc(Reply& reply, const ArgDoc& doc) {
  bool group = doc.type == Type::kOneOf || doc.type == Type::kBlock;
  bool flags = doc.optional || doc.multiple || doc.multiple_token;
  reply.map(3 + (doc.key_spec >= 0) + !doc.token.empty() + flags);
  reply.bulk("name");
  reply.bulk(doc.name);
  reply.bulk("type");
  reply.bulk(kTypeNames[static_cast<size_t>(doc.type)]);
  if (!group) {
    reply.bulk("display_text");
    reply.bulk(doc.name);
  }
  if (doc.key_spec >= 0) reply_pair(reply, "key_spec_index", doc.key_spec);
  if (!doc.token.empty()) {
    reply.bulk("token");
    reply.bulk(doc.token);
  }
  if (flags) {
    reply.bulk("flags");
    reply.set(doc.optional + doc.multiple + doc.multiple_token);
    if (doc.optional) reply.status("optional");
    if (doc.multiple) reply.status("multiple");
    if (doc.multiple_token) reply.status("multiple_token");
  }
  if (group) {
    reply.bulk("arguments");
    reply_arg_docs(reply, doc.parts);
  }
}

void reply_arg_docs(Reply& reply, std::span<const ArgDoc> docs) {
  reply.array(docs.size());
  for (const ArgDoc& doc : docs) reply_arg_doc(reply, doc);
}

}  // namespace

bool parse_arg_docs(std::string_view text, int key_specs, std::vector<ArgDoc>* docs,
                    std::string* error) {
  docs->clear();
  ArgParser parser(text, key_specs);
  if (parser.parse(docs)) return true;
  *error = parser.error();
  return false;
}

WordCount count_words(std::span<const ArgDoc> docs) {
  WordCount all;
  for (const ArgDoc& doc : docs) {
    WordCount one;
    if (doc.type == Type::kOneOf) {
      one.least = INT_MAX;
      for (const ArgDoc& part : doc.parts) {
        WordCount words = count_words({&part, 1});
        one.more |= words.more || (one.least != INT_MAX && one.least != words.least);
        one.least = std::min(one.least, words.least);
      }
    } else if (doc.type == Type::kBlock) {
      one = count_words(doc.parts);
    } else {
      one.least = doc.type == Type::kPureToken ? 0 : 1;
    }
    one.least += !doc.token.empty();
    all.more |= one.more || doc.multiple || doc.optional;
    if (!doc.optional) all.least += one.least;
  }
  return all;
}

std::string arg_synopsis(std::string_view text) {
  std::string out;
  auto in_name = [](char c) { return ascii_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; };
  auto name_end = [&](size_t at) {
    while (at < text.size() && in_name(text[at])) at++;
    return at;
  };
  for (size_t at = 0; at < text.size();) {
    if (text[at] < 'a' || text[at] > 'z') {
      if (text[at] == '+') {
        out += "...";
      } else {
        out += text[at];
      }
      at++;
      continue;
    }
    size_t end = name_end(at);
    std::string name(text.substr(at, end - at));
    char next = end < text.size() ? text[end] : '\0';
    if (next != '=') out += "<" + name + ">";  // the name of a group says nothing to people
    at = next == ':' ? name_end(end + 1) : end + (next == '=');
  }
  return out;
}

void reply_key_flags(Reply& reply, uint16_t flags) { reply_flags(reply, kKeyFlags, flags); }

void reply_command_info(Reply& reply, const Command& command) {
  const CommandSpec& spec = *command.spec;
  FixedRange range = key_range_of(spec.keys);
  reply.array(10);
  reply.bulk(command.full_name);
  reply.integer(spec.arity);
  reply_flags(reply, kCommandFlags, command.flags);
  reply.integer(range.first);
  reply.integer(range.last);
  reply.integer(range.step);
  reply_categories(reply, command.acl);
  reply_tips(reply, spec.tips);
  reply.set(spec.keys.count);
  for (int i = 0; i < spec.keys.count; i++) reply_key_spec(reply, spec.keys.items[i]);
  reply.set(command.subcommands.size());
  for (const Command* sub : command.subcommands) reply_command_info(reply, *sub);
}

void reply_command_docs(Reply& reply, const Command& command) {
  const CommandSpec& spec = *command.spec;
  std::vector<ArgDoc> args;
  std::string error;
  parse_arg_docs(spec.args, spec.keys.count, &args, &error);
  bool deprecated = !spec.deprecated.empty();
  reply.map(3 + !spec.complexity.empty() + (deprecated ? 3 : 0) + !args.empty() +
            !command.subcommands.empty());
  auto text = [&](std::string_view name, std::string_view value) {
    reply.bulk(name);
    reply.bulk(value);
  };
  text("summary", spec.summary);
  text("since", spec.since);
  text("group", group_name(spec.group));
  if (!spec.complexity.empty()) text("complexity", spec.complexity);
  if (deprecated) {
    size_t colon = spec.deprecated.find(':');
    reply.bulk("doc_flags");
    reply.set(1);
    reply.status("deprecated");
    text("deprecated_since", spec.deprecated.substr(0, colon));
    text("replaced_by", spec.deprecated.substr(std::min(colon + 1, spec.deprecated.size())));
  }
  if (!args.empty()) {
    reply.bulk("arguments");
    reply_arg_docs(reply, args);
  }
  if (!command.subcommands.empty()) {
    reply.bulk("subcommands");
    reply.map(command.subcommands.size());
    for (const Command* sub : command.subcommands) {
      reply.bulk(sub->full_name);
      reply_command_docs(reply, *sub);
    }
  }
}

std::span<const std::string_view> acl_category_names() { return kCategories; }

std::string_view group_name(Group group) { return kGroups[static_cast<size_t>(group)]; }

}  // namespace redstart
