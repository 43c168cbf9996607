#include "search/score_function.h"

#include <cmath>

#include "tests/search/fixture.h"

namespace redstart::search {
namespace {

class ScoreFunctionTest : public SearchTest {
 protected:
  void SetUp() override {
    create("name TEXT u U64 FAST i I64 FAST f F64 FAST slow F64 b BOOL FAST d DATE FAST");
    put("1", R"({"name": "a", "u": 100, "i": -4, "f": 2.5})");
    put("2", R"({"name": "a", "u": 0})");
  }
  double score(const ScoreBy& by, double score, std::string_view key = "1") {
    return ScoreFunction(*index_, by).score(index_->find_key(key), score);
  }
  double value(std::string_view name, Modifier modifier, double factor = 1, double missing = 0,
               std::string_view key = "1") {
    ScoreBy by;
    by.score = ScoreMode::kReplace;
    by.values = {{field(name), modifier, factor, missing}};
    return score(by, 17, key);
  }
};

TEST_F(ScoreFunctionTest, Modifies) {
  EXPECT_DOUBLE_EQ(value("u", Modifier::kNone), 100);
  EXPECT_DOUBLE_EQ(value("u", Modifier::kLog), 2);
  EXPECT_DOUBLE_EQ(value("u", Modifier::kLog1p), std::log10(101));
  EXPECT_DOUBLE_EQ(value("u", Modifier::kLog2p), std::log10(102));
  EXPECT_DOUBLE_EQ(value("u", Modifier::kLn), std::log(100));
  EXPECT_DOUBLE_EQ(value("u", Modifier::kLn1p), std::log(101));
  EXPECT_DOUBLE_EQ(value("u", Modifier::kLn2p), std::log(102));
  EXPECT_DOUBLE_EQ(value("f", Modifier::kSquare), 6.25);
  EXPECT_DOUBLE_EQ(value("u", Modifier::kSqrt), 10);
  EXPECT_DOUBLE_EQ(value("f", Modifier::kReciprocal), 0.4);
  EXPECT_DOUBLE_EQ(value("i", Modifier::kNone), -4);
  EXPECT_DOUBLE_EQ(value("f", Modifier::kSquare, -2), -12.5);  // behind the modifier
}

TEST_F(ScoreFunctionTest, SomethingStandsForWhatIsMissingOrInvalid) {
  EXPECT_DOUBLE_EQ(value("f", Modifier::kNone, 1, 0, "2"), 0);
  EXPECT_DOUBLE_EQ(value("f", Modifier::kNone, 2, 7, "2"), 14);
  EXPECT_DOUBLE_EQ(value("f", Modifier::kSqrt, 3, 16, "2"), 12);  // the modifier changes it too
  EXPECT_DOUBLE_EQ(value("i", Modifier::kSqrt, 3, 16), 12);
  EXPECT_DOUBLE_EQ(value("i", Modifier::kLog, 2, 1000), 6);
  EXPECT_DOUBLE_EQ(value("i", Modifier::kLog1p, 2, -5), -10);  // no better: missing * factor
  EXPECT_DOUBLE_EQ(value("u", Modifier::kReciprocal, 2, 0, "2"), 0);
  EXPECT_DOUBLE_EQ(value("u", Modifier::kLn, 1, 0, "2"), 0);
}

TEST_F(ScoreFunctionTest, Combines) {
  ScoreBy by;
  EXPECT_DOUBLE_EQ(score(by, 1.5), 1.5);
  by.values = {{field("u"), Modifier::kLog, 1, 0}};
  EXPECT_DOUBLE_EQ(score(by, 1.5), 3);
  by.values.push_back({field("f"), Modifier::kNone, 2, 0});
  EXPECT_DOUBLE_EQ(score(by, 1.5), 15);
  by.combine = CombineMode::kSum;
  EXPECT_DOUBLE_EQ(score(by, 1.5), 10.5);
  by.score = ScoreMode::kSum;
  EXPECT_DOUBLE_EQ(score(by, 1.5), 8.5);
  by.score = ScoreMode::kReplace;
  EXPECT_DOUBLE_EQ(score(by, 1.5), 7);
  by.combine = CombineMode::kMultiply;
  EXPECT_DOUBLE_EQ(score(by, 1.5), 10);
}

TEST_F(ScoreFunctionTest, KnowsItsWords) {
  Modifier modifier;
  EXPECT_TRUE(parse_modifier("log1P", &modifier));
  EXPECT_EQ(modifier, Modifier::kLog1p);
  EXPECT_TRUE(parse_modifier("RECIPROCAL", &modifier));
  EXPECT_EQ(modifier, Modifier::kReciprocal);
  EXPECT_FALSE(parse_modifier("LOG10", &modifier));
  ScoreMode score;
  EXPECT_TRUE(parse_score_mode("Replace", &score));
  EXPECT_EQ(score, ScoreMode::kReplace);
  EXPECT_FALSE(parse_score_mode("AVG", &score));
  CombineMode combine;
  EXPECT_TRUE(parse_combine_mode("sum", &combine));
  EXPECT_EQ(combine, CombineMode::kSum);
  EXPECT_FALSE(parse_combine_mode("replace", &combine));
}

TEST_F(ScoreFunctionTest, TakesFastNumbers) {
  for (const std::string_view name : {"u", "i", "f"}) {
    EXPECT_TRUE(can_score(index_->schema().field(field(name)))) << name;
  }
  for (const std::string_view name : {"name", "slow", "b", "d"}) {
    EXPECT_FALSE(can_score(index_->schema().field(field(name)))) << name;
  }
}

TEST_F(ScoreFunctionTest, OrdersDocuments) {
  put("3", R"({"name": "a", "u": 2000})");
  ScoreBy by;
  by.values = {{field("u"), Modifier::kNone, 1, 0}};
  const ScoreFunction scorer(*index_, by);
  FindOptions options;
  options.scorer = &scorer;
  std::vector<Hit> hits;
  index_->find(query(R"({"name": "a"})"), options, &hits);
  std::string keys;
  for (const Hit& hit : hits) keys += index_->key(hit.doc);
  EXPECT_EQ(keys, "312");
}

}  // namespace
}  // namespace redstart::search
