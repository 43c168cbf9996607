#include "tests/laws/random_calls.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

// Left out: what acts on the server or the session rather than on data, and what answers with
// durations or the machine's state.
bool acts_on_data(const Command& command) {
  if (command.flags & (kAdmin | kBlocking | kNoMulti | kPubsub)) return false;
  if (command.flags & (kProtected | kNoAuth)) return false;
  if (command.spec->name == "migrate") return false;  // to another server
  switch (command.spec->group) {
    case Group::kConnection:
    case Group::kTransactions:
    case Group::kCluster:
    case Group::kScripting:
      return false;
    case Group::kServer: {
      std::string_view name = command.spec->name;
      return name == "dbsize" || name == "flushdb" || name == "flushall" || name == "swapdb";
    }
    default:
      return true;
  }
}

}  // namespace

RandomCalls::RandomCalls(const CommandTable& table, uint64_t seed) : random_(seed) {
  for (const Command* command : table.by_id()) consider(*command);
}

void RandomCalls::consider(const Command& command) {
  if (!command.spec->run || !acts_on_data(command)) return;
  Shape shape{&command, {}};
  std::string error;
  ASSERT_TRUE(parse_arg_docs(command.spec->args, command.spec->keys.count, &shape.args, &error))
      << command.full_name << ": " << error;
  shapes_.push_back(std::move(shape));
}

std::string RandomCalls::pick(std::initializer_list<const char*> choices) {
  return choices.begin()[random_.below(choices.size())];
}

std::vector<std::string> RandomCalls::next() {
  const Shape& shape = shapes_[random_.below(shapes_.size())];
  std::vector<std::string> words;
  if (shape.command->container) words.emplace_back(shape.command->container->spec->name);
  words.emplace_back(shape.command->spec->name);
  for (const ArgDoc& arg : shape.args) add(arg, &words);
  if (random_.below(50) == 0 && words.size() > 2) words.pop_back();
  if (random_.below(50) == 0) words.emplace_back("extra");
  return words;
}

void RandomCalls::add(const ArgDoc& arg, std::vector<std::string>* words) {
  if (arg.optional && random_.below(2)) return;
  size_t times = arg.multiple ? 1 + random_.below(3) : 1;
  for (size_t i = 0; i < times; i++) {
    if (!arg.token.empty() && (i == 0 || arg.multiple_token)) words->push_back(arg.token);
    add_once(arg, words);
  }
}

std::string RandomCalls::json_path() {
  return pick({"$", ".", "$", "$.f1", "$.f2", ".f1", "f1.f2", "$..f1", "$..*", "$.*", "$.f1[0]",
               "$.f1[-1]", "$[1:]", "$[?(@.f1>1)]", "$..[?(@.f2)].f1", "$[", "$.none.f1"});
}

std::string RandomCalls::json_value() {
  return pick({"{}", "[]", "null", "true", "1.5", "\"f1\"", "[1,2,3]", "{\"f1\":1,\"f2\":\"x\"}",
               "{\"f1\":[1,[2,{\"f1\":true}]],\"f2\":{\"f1\":null,\"f2\":7}}",
               "[{\"f1\":3},\"a text that is longer than a node\",18446744073709551615]", "{"});
}

std::string RandomCalls::filter() {
  return pick({"{}", "{\"f1\":\"abc\"}", "{\"f1\":{\"$eq\":\"hello\"}}", "{\"m1\":{\"$gt\":1}}",
               "{\"$or\":[{\"f1\":\"x\"},{\"f2\":{\"$lte\":7}}]}", "{\"f1\":{\"$none\":1}}", "{"});
}

std::string RandomCalls::aggregations() {
  return pick({"{}", "{\"x\":{\"$terms\":{\"field\":\"f1\"}}}",
               "{\"x\":{\"$avg\":{\"field\":\"f2\"}}}",
               "{\"x\":{\"$stats\":{\"field\":\"m1\",\"missing\":1}}}", "{"});
}

void RandomCalls::add_once(const ArgDoc& arg, std::vector<std::string>* words) {
  switch (arg.type) {
    case ArgDoc::Type::kKey:
      if (arg.name == "index") {
        return words->push_back(pick({"hashes", "documents", "entries", "vectors", "a", "b"}));
      }
      words->push_back(pick({"a", "b", "c", "d", "e", "number", "text", "bits"}));
      return;
    case ArgDoc::Type::kString:
      if (arg.name == "path") return words->push_back(json_path());
      if (arg.name == "start" || arg.name == "end") {
        return words->push_back(pick({"-", "+", "0", "3", "1000"}));
      }
      if (arg.name == "prefix") return words->push_back(pick({"a", "b", "c", "t", "number"}));
      if (arg.name == "blob") return words->push_back(pick({"12345678", "AACAPwAAAEA=", "1234"}));
      if (arg.name == "filter") return words->push_back(filter());
      if (arg.name == "aggregations") return words->push_back(aggregations());
      if (arg.name == "language") return words->push_back(pick({"english", "turkish", "none"}));
      if (arg.name == "value" && random_.below(2)) return words->push_back(json_value());
      words->push_back(pick({"", "1", "-7", "3.5", "abc", "hello world", "9223372036854775807",
                             "f1", "f2", "m1", "m2", "m3", "u8", "#1", "0-1", "*",
                             "a text that is longer than the forty-four bytes of a short string"}));
      return;
    case ArgDoc::Type::kInteger:
      words->push_back(pick({"0", "1", "2", "3", "7", "-1", "-2", "100", "1000"}));
      return;
    case ArgDoc::Type::kDouble:
      words->push_back(pick({"0", "1", "2.5", "-1.25", "1e3", "inf", "-inf"}));
      return;
    case ArgDoc::Type::kPattern:
      words->push_back(pick({"*", "a*", "?", "[a-c]", "text", "\\*"}));
      return;
    case ArgDoc::Type::kUnixTime:
      // In the future whether it is read as seconds or as milliseconds.
      words->push_back(pick({"1700000100000", "2000000000000"}));
      return;
    case ArgDoc::Type::kPureToken:
      if (arg.token.empty()) words->push_back(arg.name);
      return;
    case ArgDoc::Type::kOneOf:
      add(arg.parts[random_.below(arg.parts.size())], words);
      return;
    case ArgDoc::Type::kBlock:
      for (const ArgDoc& part : arg.parts) add(part, words);
      return;
  }
}

}  // namespace redstart
