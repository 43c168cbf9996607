#include "http/request_reader.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace redstart {
namespace {

using Method = HttpRequest::Method;
using Result = RequestReader::Result;

// A connection reduced to what concerns the reader: what it did not use is kept, in a new block
// each time, so that a stale view is seen by the sanitizer.
class Feed {
 public:
  Result give(std::string_view piece) {
    bytes_.insert(bytes_.end(), piece.begin(), piece.end());
    return again();
  }
  Result again() {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<long>(reader.used()));
    bytes_.shrink_to_fit();
    return reader.read({bytes_.data(), bytes_.size()});
  }
  RequestReader reader;

 private:
  std::vector<char> bytes_;
};

std::string shown(const HttpRequest& request) {
  return std::string(request.target) +
         " auth=" + std::string(request.header(HttpRequest::kAuthorization)) +
         " body=" + std::string(request.body) + (request.keep_alive ? "" : " close");
}

const std::string kPost =
    "POST /x?y=1 HTTP/1.1\r\nHost: a\r\nAuthorization:  Bearer t \r\nContent-Length: "
    "5\r\n\r\nhello";
const std::string kGet = "GET /get/k HTTP/1.1\r\nhost: a\r\n\r\n";
const std::string kChunked =
    "PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\nauthorization: u\r\n\r\n"
    "3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\nAuthorization: trailer\r\n\r\n";

TEST(RequestReader, OneRequest) {
  Feed feed;
  ASSERT_EQ(feed.give(kPost), Result::kRequest);
  EXPECT_EQ(feed.reader.request().method, Method::kPost);
  EXPECT_EQ(shown(feed.reader.request()), "/x?y=1 auth=Bearer t body=hello");
  EXPECT_EQ(feed.reader.used(), kPost.size());
}

TEST(RequestReader, SeveralAtOnce) {
  Feed feed;
  ASSERT_EQ(feed.give(kGet + kPost + "\r\n" + kChunked + kGet), Result::kRequest);
  EXPECT_EQ(shown(feed.reader.request()), "/get/k auth= body=");
  ASSERT_EQ(feed.again(), Result::kRequest);
  EXPECT_EQ(shown(feed.reader.request()), "/x?y=1 auth=Bearer t body=hello");
  ASSERT_EQ(feed.again(), Result::kRequest);
  EXPECT_EQ(shown(feed.reader.request()), "/c auth=u body=abcdefgh");
  ASSERT_EQ(feed.again(), Result::kRequest);
  EXPECT_EQ(feed.again(), Result::kNeedMore);
  EXPECT_FALSE(feed.reader.in_request());
}

TEST(RequestReader, EveryByteBoundary) {
  for (const std::string& request : {kPost, kGet, kChunked}) {
    Feed whole;
    ASSERT_EQ(whole.give(request), Result::kRequest);
    const std::string expected = shown(whole.reader.request());
    for (size_t cut = 1; cut < request.size(); cut++) {
      Feed feed;
      ASSERT_EQ(feed.give(request.substr(0, cut)), Result::kNeedMore) << cut;
      EXPECT_TRUE(feed.reader.in_request());
      ASSERT_EQ(feed.give(request.substr(cut) + kGet), Result::kRequest) << cut;
      EXPECT_EQ(shown(feed.reader.request()), expected) << cut;
      ASSERT_EQ(feed.again(), Result::kRequest) << cut;
      EXPECT_EQ(shown(feed.reader.request()), "/get/k auth= body=");
    }
    Feed slow;
    for (size_t i = 0; i + 1 < request.size(); i++) {
      ASSERT_EQ(slow.give(request.substr(i, 1)), Result::kNeedMore);
    }
    ASSERT_EQ(slow.give(request.substr(request.size() - 1)), Result::kRequest);
    EXPECT_EQ(shown(slow.reader.request()), expected);
  }
}

TEST(RequestReader, LongBodiesAreCollected) {
  const std::string body(100000, 'b');
  const std::string request =
      "POST /p HTTP/1.1\r\nAuthorization: t\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\n\r\n" + body;
  for (const size_t piece : {50u, 1000u, 60000u}) {
    Feed feed;
    auto result = Result::kNeedMore;
    for (size_t at = 0; at < request.size(); at += piece) {
      result = feed.give(request.substr(at, piece));
      EXPECT_TRUE(at < 200 || feed.reader.used() > 0) << "nothing waits outside";
    }
    ASSERT_EQ(result, Result::kRequest);
    EXPECT_EQ(shown(feed.reader.request()), "/p auth=t body=" + body);
    EXPECT_EQ(feed.give(kGet), Result::kRequest);
    EXPECT_LT(feed.reader.memory(), 2000u) << "and not kept";
  }
}

TEST(RequestReader, ConnectionsThatEnd) {
  Feed feed;
  ASSERT_EQ(feed.give("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), Result::kRequest);
  EXPECT_FALSE(feed.reader.request().keep_alive);
  Feed old;
  ASSERT_EQ(old.give("GET / HTTP/1.0\r\n\r\n"), Result::kRequest);
  EXPECT_FALSE(old.reader.request().keep_alive);
}

TEST(RequestReader, AnUpgradeIsNotTaken) {
  Feed feed;
  ASSERT_EQ(feed.give("POST /u HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
                      "Content-Length: 2\r\n\r\nok" +
                      kGet),
            Result::kRequest);
  EXPECT_EQ(feed.reader.request().body, "ok");
  ASSERT_EQ(feed.again(), Result::kRequest);
}

TEST(RequestReader, OtherMethods) {
  Feed feed;
  ASSERT_EQ(feed.give("DELETE / HTTP/1.1\r\n\r\n"), Result::kRequest);
  EXPECT_EQ(feed.reader.request().method, Method::kOther);
}

TEST(RequestReader, Expectations) {
  Feed feed;
  EXPECT_EQ(feed.give("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"),
            Result::kNeedMore);
  EXPECT_TRUE(feed.reader.take_expectation());
  EXPECT_FALSE(feed.reader.take_expectation()) << "once";
  EXPECT_EQ(feed.give("abc"), Result::kRequest);
  EXPECT_FALSE(feed.reader.take_expectation());
}

std::string error_of(std::string_view bytes) {
  Feed feed;
  return feed.give(bytes) == Result::kError ? feed.reader.error() : "no error";
}

TEST(RequestReader, Errors) {
  EXPECT_EQ(error_of("\x16\x03\x01 hello"), "ERR malformed HTTP request");
  EXPECT_EQ(error_of("GET / HTTP/1.1\r\n\rX"), "ERR malformed HTTP request") << "a lax end";
  EXPECT_EQ(error_of("GET / HTTP/1.1\r\nno colon\r\n\r\n"), "ERR malformed HTTP request");
  EXPECT_EQ(error_of("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
            "ERR malformed HTTP request");
  EXPECT_EQ(error_of("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            "ERR malformed HTTP request");
  EXPECT_EQ(error_of("GET / HTTP/1.1\r\nX: " + std::string(70000, 'x')),
            "ERR request header is too large");
  EXPECT_EQ(error_of("POST / HTTP/1.1\r\nContent-Length: 200000000\r\n\r\n"),
            "ERR max request size exceeded. Limit: 10485760 bytes, Actual: 200000000 bytes");
  EXPECT_EQ(error_of("POST / HTTP/1.1\r\nContent-Length: 12009587\r\nExpect: 100-continue\r\n\r\n"),
            "ERR max request size exceeded. Limit: 10485760 bytes, Actual: 12009587 bytes");
}

TEST(RequestReader, ABodyOverTheLimitIsReadAndNotKept) {
  Feed feed;
  feed.give("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(0x100000, 'c') + "\r\n";
  for (int i = 0; i < 11; i++) ASSERT_EQ(feed.give(chunk), Result::kNeedMore);
  EXPECT_LT(feed.reader.memory(), 2000u);
  EXPECT_EQ(feed.give("0\r\n\r\n"), Result::kError);
  EXPECT_EQ(feed.reader.error(),
            "ERR max request size exceeded. Limit: 10485760 bytes, Actual: 11534336 bytes");
}

}  // namespace
}  // namespace redstart
