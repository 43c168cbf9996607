// The id of a stream's entry: a time in milliseconds and a number within it. Ids order the stream.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

struct StreamId {
  uint64_t ms = 0;
  uint64_t seq = 0;

  auto operator<=>(const StreamId&) const = default;

  static constexpr StreamId max() { return {UINT64_MAX, UINT64_MAX}; }
  bool is_zero() const { return ms == 0 && seq == 0; }
  // To the neighbour. False at the end of all ids: nothing changes.
  bool step_up();
  bool step_down();
};

inline constexpr size_t kStreamIdTextMax = 41;
// "1526919030474-55"; returns the count of bytes.
size_t write_stream_id(char* out, StreamId id);
std::string stream_id_text(StreamId id);

// "5-3", or "5" with the missing part given.
bool parse_stream_id(std::string_view text, uint64_t missing_seq, StreamId* id);
// The same, and "-" and "+" for the ends of all ids.
bool parse_stream_bound(std::string_view text, uint64_t missing_seq, StreamId* id);

// What XADD is given: "*" (all automatic), "5-*" (the number automatic), "5-3" or "5".
struct StreamIdRequest {
  StreamId id;
  bool auto_ms = false;
  bool auto_seq = false;

  bool exact() const { return !auto_seq; }
  // The id of the next entry of a stream whose highest id so far is `last`. False: there is none
  // above it.
  bool resolve(StreamId last, int64_t now_ms, StreamId* next) const;
};
bool parse_stream_id_request(std::string_view text, StreamIdRequest* request);

}  // namespace redstart
