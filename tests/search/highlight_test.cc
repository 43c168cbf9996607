#include "search/highlight.h"

#include "tests/search/fixture.h"

namespace redstart::search {
namespace {

class Highlight : public SearchTest {
 protected:
  void SetUp() override { create("t TEXT n TEXT NOSTEM w TEXT NOTOKENIZE k KEYWORD f FACET"); }
  std::string mark(std::string_view name, const std::vector<std::string>& terms,
                   std::string_view text) {
    std::string out = "> ";
    highlight(*index_, field(name), terms, text, "<em>", "</em>", &out);
    return out;
  }
};

TEST_F(Highlight, MarksWordsByTheirTerms) {
  EXPECT_EQ(mark("t", {"run"}, "Running shoes, for runs."),
            "> <em>Running</em> shoes, for <em>runs</em>.");
  EXPECT_EQ(mark("n", {"run", "running"}, "Running, runs"), "> <em>Running</em>, runs");
  EXPECT_EQ(mark("t", {"cancel", "nois"}, "noise-cancelling"),
            "> <em>noise</em>-<em>cancelling</em>");
  EXPECT_EQ(mark("t", {"été"}, "«ÉTÉ»"), "> «<em>ÉTÉ</em>»");
  EXPECT_EQ(mark("t", {}, "nothing"), "> nothing");
  EXPECT_EQ(mark("t", {"x"}, ""), "> ");
  EXPECT_EQ(mark("t", {"x"}, "\xffx\xff"), "> \xff<em>x</em>\xff");
}

TEST_F(Highlight, MarksOtherValuesAsAWhole) {
  for (const std::string_view name : {"w", "k", "f"}) {
    EXPECT_EQ(mark(name, {"/a/b", "Home Office"}, "Home Office"), "> <em>Home Office</em>");
    EXPECT_EQ(mark(name, {"home", "home office", "office"}, "Home Office"), "> Home Office");
    EXPECT_EQ(mark(name, {"/a/b"}, "/a/b"), "> <em>/a/b</em>");
  }
}

TEST_F(Highlight, MarksWhatAQueryHasFound) {
  put("1", R"({"t": "Wireless headphones", "k": "audio"})");
  std::vector<std::string> terms;
  index_->terms_of(query(R"({"t": {"$fuzzy": "headphons"}, "k": "audio"})"), field("t"), &terms);
  EXPECT_EQ(mark("t", terms, "Wireless headphones"), "> Wireless <em>headphones</em>");
  const std::string address = "https://example.com/" + std::string(1000, 'a');
  put("2", R"({"w": ")" + address + R"("})");
  index_->terms_of(query(R"({"w": {"$eq": ")" + address + R"("}})"), field("w"), &terms);
  EXPECT_EQ(mark("w", terms, address), "> <em>" + address + "</em>");
  index_->terms_of(query(R"({"k": "audio"})"), field("k"), &terms);
  EXPECT_EQ(mark("k", terms, "audio"), "> <em>audio</em>");
}

}  // namespace
}  // namespace redstart::search
