#include "engine/command_table.h"

#include <gtest/gtest.h>

#include <string>

namespace redstart {
namespace {

void nothing(Context&) {}

constexpr CommandSpec kSubKill = {.name = "kill", .arity = -3, .flags = kAdmin, .run = nothing};
constexpr const CommandSpec* kSubs[] = {&kSubKill};
constexpr CommandSpec kGet = {.name = "get", .arity = 2, .flags = kReadonly | kFast,
                              .group = Group::kString, .keys = one_key(kKeyRead), .run = nothing};
constexpr CommandSpec kMset = {.name = "mset", .arity = -3, .flags = kWrite, .group = Group::kString,
                               .keys = key_range(kKeyOw, 1, -1, 2), .run = nothing};
constexpr CommandSpec kClient = {.name = "client", .arity = -2, .group = Group::kConnection,
                                 .subcommands = kSubs};
constexpr CommandSpec kEvalRo = {.name = "eval_ro", .arity = -3, .group = Group::kScripting,
                                 .run = nothing};
constexpr CommandSpec kLong = {.name = "georadiusbymember_ro", .arity = -5, .group = Group::kGeo,
                               .keys = one_key(kKeyRead), .run = nothing};
constexpr KeySpecs counted_and_store() {
  KeySpecs specs;
  specs.count = 2;
  specs.items[0] = {.flags = kKeyRead, .begin = KeySpec::Begin::kIndex, .index = 1,
                    .find = KeySpec::Find::kCount, .a = 0, .b = 1, .c = 1};
  specs.items[1] = {.flags = kKeyOw, .begin = KeySpec::Begin::kKeyword, .index = 3,
                    .keyword = "STORE", .a = 0, .b = 1};
  return specs;
}
constexpr CommandSpec kCounted = {.name = "counted", .arity = -3, .keys = counted_and_store(),
                                  .run = nothing};
constexpr const CommandSpec* kAll[] = {&kGet, &kMset, &kClient, &kEvalRo, &kLong, &kCounted};

std::string keys_of(const Command& command, std::vector<std::string_view> words) {
  std::vector<KeyPosition> keys;
  if (!find_keys(command, words, &keys)) return "malformed";
  std::string out;
  for (const KeyPosition& key : keys) out += std::string(words[key.index]) + " ";
  return out;
}

class CommandTableTest : public testing::Test {
 protected:
  CommandTableTest() { table.add(kAll); }
  CommandTable table;
};

TEST_F(CommandTableTest, FindsNamesOfAnyLengthAndCase) {
  for (const CommandSpec* spec : kAll) {
    std::string upper(spec->name);
    for (char& c : upper) c = static_cast<char>(toupper(c));
    ASSERT_NE(table.find(spec->name), nullptr) << spec->name;
    EXPECT_EQ(table.find(spec->name)->spec, spec);
    EXPECT_EQ(table.find(upper), table.find(spec->name));
  }
}

TEST_F(CommandTableTest, NamesThatDifferOnlyInTheCaseBitOfASignAreUnknown) {
  // '_' with the case bit set is 0x7f: folding must be of letters only.
  EXPECT_EQ(table.find("eval\x7fro"), nullptr);
  EXPECT_EQ(table.find(""), nullptr);
  EXPECT_EQ(table.find("ge"), nullptr);
  EXPECT_EQ(table.find("gett"), nullptr);
  EXPECT_EQ(table.find(std::string(1000, 'g')), nullptr);
}

TEST_F(CommandTableTest, ResolvesSubcommands) {
  std::string_view kill[] = {"CLIENT", "Kill", "x"};
  std::string_view unknown[] = {"client", "nope"};
  std::string_view alone[] = {"client"};
  EXPECT_EQ(table.resolve(kill)->full_name, "client|kill");
  EXPECT_EQ(table.resolve(unknown), nullptr);
  EXPECT_EQ(table.resolve(alone)->full_name, "client");
  EXPECT_EQ(table.find_full("client|kill"), table.resolve(kill));
  EXPECT_EQ(table.find_full("client|nope"), nullptr);
}

TEST_F(CommandTableTest, DerivesCategoriesAndFirstKeys) {
  EXPECT_EQ(table.find("get")->acl, kAclRead | kAclString | kAclFast);
  EXPECT_EQ(table.find("mset")->acl, kAclWrite | kAclString | kAclSlow);
  EXPECT_EQ(table.find_full("client|kill")->acl,
            kAclKeyspace | kAclAdmin | kAclDangerous | kAclSlow);
  EXPECT_EQ(table.find("get")->first_key, 1);
  EXPECT_EQ(table.find("counted")->first_key, 0);
  EXPECT_TRUE(table.find("counted")->flags & kMovableKeys);
  EXPECT_FALSE(table.find("mset")->flags & kMovableKeys);
}

TEST_F(CommandTableTest, KeysByRangeCountAndKeyword) {
  EXPECT_EQ(keys_of(*table.find("get"), {"get", "k"}), "k ");
  EXPECT_EQ(keys_of(*table.find("mset"), {"mset", "a", "1", "b", "2"}), "a b ");
  const Command& counted = *table.find("counted");
  EXPECT_EQ(keys_of(counted, {"counted", "2", "a", "b"}), "a b ");
  EXPECT_EQ(keys_of(counted, {"counted", "1", "a", "store", "d"}), "a d ");
  EXPECT_EQ(keys_of(counted, {"counted", "5", "a", "b"}), "malformed");
  EXPECT_EQ(keys_of(counted, {"counted", "x", "a", "b"}), "malformed");
}

}  // namespace
}  // namespace redstart
