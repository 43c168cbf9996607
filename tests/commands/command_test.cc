#include <gtest/gtest.h>

#include "base/ascii.h"
#include "engine/command_docs.h"
#include "tests/commands/fixture.h"

namespace redstart {
namespace {

// One look at every row that exists: a row that lies is found here, whoever wrote it.
TEST(CommandRows, TellTheTruthAboutThemselves) {
  CommandTest t;
  for (const Command* command : t.engine().commands().by_id()) {
    const CommandSpec& spec = *command->spec;
    SCOPED_TRACE(command->full_name);
    EXPECT_EQ(spec.name, to_lower(spec.name));
    EXPECT_NE(spec.arity, 0);
    EXPECT_FALSE(spec.summary.empty());
    EXPECT_TRUE(spec.summary.ends_with('.'));
    EXPECT_TRUE(spec.run || !spec.subcommands.empty());
    EXPECT_FALSE((spec.flags & kWrite) && (spec.flags & kReadonly));
    EXPECT_FALSE((spec.flags & kDenyOom) && !(spec.flags & kWrite));
    EXPECT_EQ(spec.deprecated.empty(), spec.deprecated.find(':') == std::string_view::npos);

    std::vector<ArgDoc> docs;
    std::string error;
    ASSERT_TRUE(parse_arg_docs(spec.args, spec.keys.count, &docs, &error)) << error;
    if (!spec.subcommands.empty() || spec.run == nullptr) continue;
    WordCount words = count_words(docs);
    int named = command->container ? 2 : 1;
    // What the text allows at least, arity must allow, and the other way round.
    EXPECT_EQ(std::abs(spec.arity), words.least + named);
    EXPECT_FALSE(spec.arity > 0 && words.more);
  }
}

TEST(CommandRows, KeysOfTheTextAreTheKeysOfTheSpecs) {
  CommandTest t;
  for (const Command* command : t.engine().commands().by_id()) {
    const CommandSpec& spec = *command->spec;
    std::vector<ArgDoc> docs;
    std::string error;
    parse_arg_docs(spec.args, 9, &docs, &error);
    bool has_key = spec.args.find("key") != std::string_view::npos && [&] {
      std::vector<const ArgDoc*> left;
      for (const ArgDoc& doc : docs) left.push_back(&doc);
      while (!left.empty()) {
        const ArgDoc* doc = left.back();
        left.pop_back();
        if (doc->type == ArgDoc::Type::kKey) return true;
        for (const ArgDoc& part : doc->parts) left.push_back(&part);
      }
      return false;
    }();
    // Shard channels are found like keys.
    bool finds_keys = spec.keys.count > 0 && !(spec.keys.items[0].flags & kKeyNotKey);
    EXPECT_EQ(has_key, finds_keys) << command->full_name;
  }
}

TEST(CommandRows, ChannelsThatMustBeNamedAreTheChannelsOfTheSpecs) {
  CommandTest t;
  for (const Command* command : t.engine().commands().by_id()) {
    const CommandSpec& spec = *command->spec;
    std::vector<ArgDoc> docs;
    std::string error;
    parse_arg_docs(spec.args, 9, &docs, &error);
    const ArgDoc* first = docs.empty() || docs[0].optional ? nullptr : &docs[0];
    const bool patterns = first && first->type == ArgDoc::Type::kPattern &&
                          spec.group == Group::kPubsub;
    const bool named = first && (first->name == "channel" || first->name == "shardchannel");
    EXPECT_EQ(spec.channels.first, named || patterns ? 1 : 0) << command->full_name;
    EXPECT_EQ(spec.channels.patterns, patterns) << command->full_name;
    EXPECT_EQ(spec.channels.up_to_end, (named || patterns) && first->multiple)
        << command->full_name;
  }
}

TEST(CommandRows, WhatIsNotQueuedRunsInATransaction) {
  CommandTest t;
  std::string at_once;
  for (const Command* command : t.engine().commands().by_id()) {
    if (command->flags & kNotQueued) at_once += command->full_name + " ";
  }
  EXPECT_EQ(at_once, "multi exec discard watch reset quit ");
  t.run("MULTI");
  EXPECT_EQ(t.run("UNWATCH"), "QUEUED");
  EXPECT_EQ(t.run("WATCH k"), "(error) ERR WATCH inside MULTI is not allowed");
  EXPECT_EQ(t.run("MULTI"), "(error) ERR MULTI calls can not be nested");
  EXPECT_EQ(t.run("EXEC"), "[OK]");
  t.run("MULTI");
  EXPECT_EQ(t.run("RESET"), "RESET");
  EXPECT_EQ(t.run("EXEC"), "(error) ERR EXEC without MULTI");
}

TEST(CommandCommand, InfoOfAKnownRow) {
  CommandTest t;
  EXPECT_EQ(t.run("COMMAND INFO get nothing"),
            "[[\"get\", 2, [readonly, fast], 1, 1, 1, [@read, @string, @fast], [], "
            "[[\"flags\", [RO, access], \"begin_search\", [\"type\", \"index\", \"spec\", "
            "[\"index\", 1]], \"find_keys\", [\"type\", \"range\", \"spec\", [\"lastkey\", 0, "
            "\"keystep\", 1, \"limit\", 0]]]], []], nil]");
  EXPECT_EQ(t.run("COMMAND INFO client|id").substr(0, 18), "[[\"client|id\", 2, ");
  EXPECT_EQ(t.run("COMMAND INFO get|x"), "[nil]");
  EXPECT_EQ(t.raw({"COMMAND", "INFO", "nothing"}), "*1\r\n$-1\r\n");
}

TEST(CommandCommand, CountAndListAgree) {
  CommandTest t;
  size_t top = t.engine().commands().commands().size();
  EXPECT_EQ(t.run("COMMAND COUNT"), std::to_string(top));
  EXPECT_EQ(t.run("COMMAND LIST FILTERBY PATTERN client|s*"),
            "[\"client|setinfo\", \"client|setname\"]");
  EXPECT_EQ(t.run("COMMAND LIST FILTERBY MODULE x"), "[]");
  EXPECT_EQ(t.run("COMMAND LIST FILTERBY ACLCAT nothing"), "[]");
  EXPECT_NE(t.run("COMMAND LIST FILTERBY ACLCAT bitmap").find("\"setbit\""), std::string::npos);
  EXPECT_EQ(t.run("COMMAND LIST FILTERBY SIZE x"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("COMMAND LIST bad"), "(error) ERR syntax error");
}

TEST(CommandCommand, GetKeys) {
  CommandTest t;
  EXPECT_EQ(t.run("COMMAND GETKEYS MSET a 1 b 2"), "[\"a\", \"b\"]");
  EXPECT_EQ(t.run("COMMAND GETKEYS MEMORY USAGE k"), "[\"k\"]");
  EXPECT_EQ(t.run("COMMAND GETKEYS MIGRATE h 1 k 0 9"), "[\"k\"]");
  EXPECT_EQ(t.run("COMMAND GETKEYS MIGRATE h 1 \"\" 0 9 KEYS a b"), "[\"a\", \"b\"]");
  EXPECT_EQ(t.run("COMMAND GETKEYSANDFLAGS SET k v"), "[[\"k\", [OW, update]]]");
  EXPECT_EQ(t.run("COMMAND GETKEYS PING"), "(error) ERR The command has no key arguments");
  EXPECT_EQ(t.run("COMMAND GETKEYS NOTHING"), "(error) ERR Invalid command specified");
  EXPECT_EQ(t.run("COMMAND GETKEYS GET"),
            "(error) ERR Invalid number of arguments specified for command");
}

TEST(CommandCommand, DocsAndHelpComeFromTheRows) {
  CommandTest t;
  std::string docs = t.run("COMMAND DOCS select nothing");
  EXPECT_NE(docs.find("[\"select\", [\"summary\", "), std::string::npos) << docs;
  EXPECT_NE(
      docs.find("[[\"name\", \"index\", \"type\", \"integer\", \"display_text\", \"index\"]]"),
      std::string::npos);
  std::string help = t.run("CLIENT HELP");
  EXPECT_TRUE(help.starts_with("[CLIENT <subcommand> ")) << help;
  EXPECT_NE(help.find("PAUSE <timeout> [WRITE|ALL]"), std::string::npos);
  EXPECT_TRUE(help.ends_with("HELP,     Print this help.]"));
}

TEST(CommandCommand, OverHttpTheListIsEmpty) {
  CommandTest t(CommandTest::test_settings(), Dialect::kUpstash);
  EXPECT_EQ(t.run("COMMAND"), "[]");
}

}  // namespace
}  // namespace redstart
