#include <set>
#include <string>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

// "[\"12\", [\"a\", \"b\"]]" to its cursor and its keys.
struct Page {
  std::string cursor;
  std::vector<std::string> keys;
};

Page page(std::string_view shown) {
  Page page;
  std::vector<std::string> texts;
  for (size_t at = 0; (at = shown.find('"', at)) != std::string_view::npos; at++) {
    size_t end = shown.find('"', at + 1);
    texts.emplace_back(shown.substr(at + 1, end - at - 1));
    at = end;
  }
  page.cursor = texts.at(0);
  page.keys.assign(texts.begin() + 1, texts.end());
  return page;
}

std::multiset<std::string> walk(TestClient& client, const std::string& options) {
  std::multiset<std::string> all;
  std::string cursor = "0";
  do {
    Page step = page(client.run("SCAN " + cursor + options));
    all.insert(step.keys.begin(), step.keys.end());
    cursor = step.cursor;
  } while (cursor != "0");
  return all;
}

void fill(CommandTest& t, int count) {
  for (int i = 0; i < count; i++) t.run("SET key:" + std::to_string(i) + " v");
}

TEST(Scan, AWalkFindsEveryKeyOnce) {
  CommandTest t;
  fill(t, 1000);
  auto client = t.connect();
  for (const char* options : {"", " COUNT 1", " COUNT 7", " COUNT 100000"}) {
    std::multiset<std::string> all = walk(*client, options);
    EXPECT_EQ(all.size(), 1000u) << options;
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 1000u) << options;
  }
  EXPECT_EQ(walk(*client, " MATCH key:??").size(), 90u);
  EXPECT_EQ(walk(*client, " TYPE STRING").size(), 1000u);
  EXPECT_EQ(walk(*client, " TYPE hash").size(), 0u);
}

TEST(Scan, CountIsTheWorkForRedisAndTheAnswerForUpstash) {
  CommandTest t;
  fill(t, 100);
  t.run("SET wanted v");
  EXPECT_EQ(page(t.run("SCAN 0 COUNT 10")).keys.size(), 10u);
  EXPECT_NE(page(t.run("SCAN 0 MATCH nothing COUNT 10")).cursor, "0");
  auto upstash = t.connect(Dialect::kUpstash);
  Page step = page(upstash->run("SCAN 0 MATCH wanted"));
  EXPECT_EQ(step.cursor, "0");
  EXPECT_EQ(step.keys, std::vector<std::string>{"wanted"});
  step = page(upstash->run("SCAN 0 COUNT 1"));
  EXPECT_NE(step.cursor, "0");
  EXPECT_EQ(step.keys.size(), 1u);
}

TEST(Scan, WithtypeAnswersPairs) {
  CommandTest t;
  t.run("SET k v");
  EXPECT_EQ(t.run("SCAN 0 WITHTYPE COUNT 5"), "[\"0\", [\"k\", \"string\"]]");
}

TEST(Scan, ExpiredKeysAreDeletedOnTheWay) {
  CommandTest t;
  t.run("SET gone v PX 5");
  t.run("SET k v");
  t.advance_lazily_ms(6);
  t.effects();
  EXPECT_EQ(t.run("SCAN 0"), "[\"0\", [\"k\"]]");
  EXPECT_EQ(t.effects(), "DEL gone");
}

TEST(Scan, TheFirstBadOptionIsTheError) {
  CommandTest t;
  EXPECT_EQ(t.run("SCAN x"), "(error) ERR invalid cursor");
  EXPECT_EQ(t.run("SCAN 0 COUNT 0"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("SCAN 0 COUNT x TYPE y"), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(t.run("SCAN 0 TYPE strung"), "(error) ERR unknown type name 'strung'");
  EXPECT_EQ(t.run("SCAN 0 MATCH"), "(error) ERR syntax error");
  EXPECT_EQ(t.run("SCAN 0 NOVALUES"), "(error) ERR NOVALUES option can only be used in HSCAN");
}

}  // namespace
}  // namespace redstart
