// Server-sent events: text/event-stream, as browsers' EventSource and Upstash's client read it.
//
//   data: message,news,hello
//                                     <- the empty line ends the event
//
// A line break in the text begins a further line of the same event, which EventSource joins again
// by a "\n" (also where it was "\r": the format cannot tell them apart). Such lines begin with
// "data:" and no blank: Upstash's client takes each line that begins with "data: " for an event of
// its own and passes over all others, so that no payload can forge one.
#pragma once

#include <initializer_list>
#include <string_view>

#include "base/big_buf.h"

namespace redstart {

// One event whose text is the pieces, joined.
BigBuf* encode_event(std::initializer_list<std::string_view> pieces);

}  // namespace redstart
