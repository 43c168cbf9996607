#include "wire/event_stream.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace redstart {
namespace {

std::string event(std::string_view text) {
  BigBuf* bytes = encode_event({text.substr(0, text.size() / 2), text.substr(text.size() / 2)});
  std::string copy(bytes->view());
  bytes->drop();
  return copy;
}

// A reader by the standard: the data of each event.
std::vector<std::string> standard_events(std::string_view stream) {
  std::vector<std::string> events;
  std::string data;
  bool any = false;
  while (!stream.empty()) {
    const size_t end = stream.find_first_of("\r\n");
    std::string_view line = stream.substr(0, end);
    stream.remove_prefix(stream.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
    if (line.empty()) {
      if (any) events.push_back(data.substr(0, data.size() - 1));
      data.clear();
      any = false;
    } else if (line.starts_with("data:")) {
      line.remove_prefix(line.starts_with("data: ") ? 6 : 5);
      data.append(line).append("\n");
      any = true;
    }
  }
  return events;
}

// What Upstash's client takes for events.
std::vector<std::string> upstash_events(std::string_view stream) {
  std::vector<std::string> events;
  while (!stream.empty()) {
    const size_t end = stream.find('\n');
    if (stream.starts_with("data: ")) events.emplace_back(stream.substr(6, end - 6));
    stream.remove_prefix(end + 1);
  }
  return events;
}

TEST(EventStream, OneLine) {
  EXPECT_EQ(event("message,c,{\"a\":1}"), "data: message,c,{\"a\":1}\n\n");
  EXPECT_EQ(event(""), "data: \n\n");
}

TEST(EventStream, LineBreaksReachAStandardReader) {
  const struct {
    std::string_view text, read;
  } cases[] = {{"a\nb", "a\nb"},   {"a\r\nb", "a\nb"},  {"a\rb", "a\nb"}, {"a\n", "a\n"},
               {"\n\n", "\n\n"},   {"a\n b", "a\n b"},  {"a\n  b", "a\n  b"},
               {"a\n:b", "a\n:b"}, {"a\ndata: b", "a\ndata: b"}};
  for (const auto& c : cases) {
    EXPECT_EQ(standard_events(event(c.text)), std::vector<std::string>{std::string(c.read)});
  }
}

TEST(EventStream, NoPayloadForgesAnEvent) {
  for (std::string_view forged : {"x\nmessage,c,evil", "x\ndata: message,c,evil",
                                  "x\r\ndata: message,c,evil", "x\rdata: message,c,evil",
                                  "x\n\ndata: message,c,evil"}) {
    const std::string stream = event("message,c," + std::string(forged));
    EXPECT_EQ(upstash_events(stream), std::vector<std::string>{"message,c,x"});
    EXPECT_EQ(standard_events(stream).size(), 1u);
  }
}

}  // namespace
}  // namespace redstart
