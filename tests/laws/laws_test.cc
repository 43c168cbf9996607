// What must hold for every command there is, tried with calls made up from the command table.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/numbers.h"
#include "engine/session.h"
#include "persist/rdb_load.h"
#include "persist/rdb_save.h"
#include "tests/commands/fixture.h"
#include "tests/laws/random_calls.h"
#include "wire/json_reply.h"

namespace redstart {
namespace {

constexpr int kCalls = 40000;
constexpr uint64_t kSeed = 20261120;

std::string line_of(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += "'" + word + "' ";
  return line;
}

void stock(CommandTest& t) {
  t.run("SET number 42");
  t.run("SET text 'some text'");
  t.run("SETBIT bits 1000 1");
  // Of what the calls make, at names that they do not know.
  t.run("SEARCH.CREATE hashes ON HASH PREFIX 3 a b c SCHEMA f1 TEXT f2 F64 FAST m1 KEYWORD");
  t.run("SEARCH.CREATE documents ON JSON PREFIX 3 a c e SCHEMA f1 TEXT f1.f2 U64 FAST");
  t.run("SEARCH.CREATE entries ON STREAM d SCHEMA f1 TEXT");
  t.run("VECTOR.CREATE vectors DIM 2 METRIC COSINE");
  t.run("VECTOR.ADD vectors m1 VALUES 2 1 2.5");
  t.effects();
}

std::vector<std::vector<std::string>> effects_of(CommandTest& t) {
  std::vector<std::vector<std::string>> all;
  for (auto& effect : t.effect_words()) {
    if (effect[0] != "SELECT" && effect[0] != "MULTI" && effect[0] != "EXEC") all.push_back(effect);
  }
  return all;
}

std::vector<std::string> declared_keys(const Command& command,
                                       const std::vector<std::string>& words) {
  std::vector<std::string_view> views(words.begin(), words.end());
  std::vector<KeyPosition> positions;
  std::vector<std::string> keys;
  if (!find_keys(command, views, &positions)) return keys;
  for (const KeyPosition& position : positions) keys.push_back(words[position.index]);
  return keys;
}

const Command* command_of(Engine& engine, const std::vector<std::string>& words) {
  std::vector<std::string_view> views(words.begin(), words.end());
  return engine.commands().resolve(views);
}

// Rules of users are held against the keys that are found: where none can be told, none is touched.
TEST(Laws, CallsWhoseKeysCannotBeToldAreRefused) {
  CommandTest t;
  stock(t);
  RandomCalls calls(t.engine().commands(), kSeed);
  int refused = 0;
  for (int i = 0; i < kCalls; i++) {
    const std::vector<std::string> words = calls.next();
    const std::vector<std::string_view> views(words.begin(), words.end());
    const Command* command = command_of(t.engine(), words);
    KeyRanges ranges;
    if (!command || find_key_ranges(*command, views, &ranges)) continue;
    refused++;
    EXPECT_TRUE(t.run(words).starts_with("(error)")) << line_of(words);
  }
  EXPECT_GT(refused, 100);
}

// What the flags of key specs say about reading and writing holds a user back from what he may not.
TEST(Laws, WhoMayOnlyReadAKeyDoesNotChangeIt) {
  CommandTest t;
  auto user = t.connect();
  t.run("ACL SETUSER u on nopass +@all %R~* ~a &*");
  user->run("AUTH u x");
  RandomCalls calls(t.engine().commands(), kSeed + 2);
  int changes = 0;
  for (int i = 0; i < kCalls; i++) {
    // Others see to it that there is something to change.
    t.run(calls.next());
    t.effects();
    const std::vector<std::string> words = calls.next();
    const Command* command = command_of(t.engine(), words);
    if (!command || command->spec->keys.count == 0) continue;
    user->run(words);
    for (const std::vector<std::string>& effect : effects_of(t)) {
      const std::vector<std::string_view> views(effect.begin(), effect.end());
      std::vector<KeyPosition> keys;
      ASSERT_TRUE(find_keys(*command_of(t.engine(), effect), views, &keys)) << line_of(effect);
      for (const KeyPosition& key : keys) {
        if (!(key.flags & (kKeyInsert | kKeyUpdate | kKeyDelete))) continue;
        ASSERT_EQ(effect[key.index], "a") << line_of(words) << "had " << line_of(effect);
        changes++;
      }
    }
    if (i % 500 == 0) stock(t);
  }
  EXPECT_GT(changes, 200);
}

TEST(Laws, OnlyWritesHaveEffectsAndOnlyOnDeclaredKeys) {
  CommandTest t;
  stock(t);
  RandomCalls calls(t.engine().commands(), kSeed);
  ASSERT_GT(calls.commands(), 40u);
  for (int i = 0; i < kCalls; i++) {
    std::vector<std::string> words = calls.next();
    const Command* command = command_of(t.engine(), words);
    ASSERT_NE(command, nullptr) << words[0];
    t.run(words);
    std::vector<std::string> declared = declared_keys(*command, words);
    for (const std::vector<std::string>& effect : effects_of(t)) {
      ASSERT_TRUE(command->flags & (kWrite | kMayReplicate)) << line_of(words) << "had " << line_of(effect);
      const Command* effect_command = command_of(t.engine(), effect);
      ASSERT_NE(effect_command, nullptr) << line_of(effect);
      for (const std::string& key : declared_keys(*effect_command, effect)) {
        ASSERT_TRUE(std::find(declared.begin(), declared.end(), key) != declared.end())
            << line_of(words) << "touched " << key << " by " << line_of(effect);
      }
    }
    if (i % 500 == 0) {
      t.run("FLUSHALL");
      stock(t);
    }
  }
}

// The replica's clock stands still: what expires is the master's to decide and arrives as an effect.
TEST(Laws, AReplicaOfTheEffectsIsTheMaster) {
  CommandTest master, replica;
  stock(master);
  stock(replica);
  RandomCalls calls(master.engine().commands(), kSeed + 1);
  for (int i = 0; i < kCalls; i++) {
    std::vector<std::string> words = calls.next();
    master.run(words);
    for (const std::vector<std::string>& effect : master.effect_words()) {
      std::string answer = replica.run(effect);
      ASSERT_EQ(answer.find("(error)"), std::string::npos) << line_of(effect) << answer;
    }
    if (i % 20 == 0) {
      ASSERT_EQ(master.run("DEBUG DIGEST"), replica.run("DEBUG DIGEST")) << line_of(words);
    }
    if (i % 500 == 0) {
      master.advance_ms(1000);
      for (const std::vector<std::string>& effect : master.effect_words()) replica.run(effect);
      replica.run("SELECT 0");
      ASSERT_EQ(master.run("DBSIZE"), replica.run("DBSIZE"));
    }
  }
}

// RESP2 text as the JSON that the REST contract asks for.
std::string json_of(std::string_view* bytes) {
  char kind = bytes->front();
  size_t end = bytes->find("\r\n");
  std::string line(bytes->substr(1, end - 1));
  bytes->remove_prefix(end + 2);
  int64_t count = 0;
  parse_int64(line, &count);
  auto quote = [](std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
    return out + "\"";
  };
  switch (kind) {
    case '+': return quote(line);
    case '-': return "!" + line;
    case ':': return line;
    case '$': {
      if (count < 0) return "null";
      std::string text(bytes->substr(0, count));
      bytes->remove_prefix(count + 2);
      return quote(text);
    }
    default: {
      if (count < 0) return "null";
      std::string out = "[";
      for (int64_t i = 0; i < count; i++) {
        if (i) out += ",";
        out += json_of(bytes);
      }
      return out + "]";
    }
  }
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n'; });
}

TEST(Laws, WhatIsReloadedIsWhatWasThere) {
  CommandTest live;
  stock(live);
  RandomCalls calls(live.engine().commands(), kSeed + 3);
  for (int i = 0; i < kCalls; i++) {
    std::vector<std::string> words = calls.next();
    live.run(words);
    if (i % 1000 == 900) stock(live);  // some call may have flushed all
    if (i % 1000 != 999) continue;
    RdbStringSink file;
    ASSERT_TRUE(save_rdb(live.engine(), live.engine().default_tenant(), {}, file));
    CommandTest again;
    RdbStringSource source(file.text());
    RdbLoader loader(again.engine(), again.engine().default_tenant(), source, {});
    while (loader.step(1000) == RdbLoader::Step::kMore) {
    }
    ASSERT_EQ(loader.error(), "") << "after " << line_of(words);
    ASSERT_EQ(live.run("DEBUG DIGEST"), again.run("DEBUG DIGEST")) << "after " << line_of(words);
    for (int db = 0; db < 16; db++) {
      if (const Keyspace* keys = again.engine().default_tenant().existing(db)) {
        ASSERT_EQ(keys->validate(), nullptr);
      }
    }
  }
}

TEST(Laws, JsonSaysWhatResp2Says) {
  CommandTest by_resp, by_json;
  stock(by_resp);
  stock(by_json);
  RandomCalls calls(by_resp.engine().commands(), kSeed + 2);
  ChunkPool pool;
  for (int i = 0; i < kCalls; i++) {
    std::vector<std::string> words = calls.next();
    std::string resp = by_resp.raw(words);
    OutBuf out(pool);
    JsonReply json(out);
    std::vector<std::string_view> views(words.begin(), words.end());
    by_json.engine().dispatcher().run(by_json.session(), Args(views), json);
    // Bytes that are not text become U+FFFD in JSON: golden tests of JsonReply cover those.
    if (!printable(resp)) continue;
    std::string_view left = resp;
    std::string expected = json_of(&left);
    expected = expected[0] == '!' ? "{\"error\":\"" + expected.substr(1) + "\"}"
                                  : "{\"result\":" + expected + "}";
    std::string got = collect(out);
    if (got.find("\\u00") != std::string::npos) continue;
    ASSERT_EQ(got, expected) << line_of(words);
  }
}

}  // namespace
}  // namespace redstart
