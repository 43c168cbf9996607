// Streams of server-sent events, which a request turns its connection into:
//
//   GET or POST /subscribe/<channel>  /psubscribe/<pattern>  /monitor
//
//   data: subscribe,news,1            at once
//   data: message,news,hello          as they are published
//   :                                 when nothing was said for a while
//
// All behind the prefix is one name: clients put a channel into the path as it is, slashes too. A
// stream ends with its connection, and in no other way.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/big_buf.h"
#include "base/intrusive_list.h"
#include "http/path_args.h"
#include "wire/out_buf.h"

namespace redstart {

class HttpExchange;

// The command that a target asks to stream, none if it is another's target.
struct StreamRequest {
  std::string_view command;  // "subscribe", "psubscribe", "monitor"
  std::string name;          // percent-decoded
  bool valid = true;         // its escapes are
};
std::optional<StreamRequest> stream_request(const Target& target);
// Whether whoever sends this Accept header takes a stream of events.
bool accepts_events(std::string_view accept);

// One event, or a comment, as a chunk of the body. `in_chunks` false: for HTTP/1.0.
void append_event(OutBuf& out, BigBuf* event, bool in_chunks);

// What a connection needs once it is a stream; the door lists it, to keep it alive.
struct EventStream : ListNode {
  EventStream(HttpExchange& owner, bool in_chunks) : owner(owner), in_chunks(in_chunks) {}
  HttpExchange& owner;
  const bool in_chunks;
};

}  // namespace redstart
