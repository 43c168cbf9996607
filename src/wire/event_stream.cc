#include "wire/event_stream.h"

#include <string>

namespace redstart {

namespace {

constexpr std::string_view kFirstLine = "data: ", kNextLine = "\ndata:", kEnd = "\n\n";
constexpr std::string_view kLineBreaks = "\r\n";

BigBuf* in_one_line(std::initializer_list<std::string_view> pieces, size_t text_size) {
  BigBuf* event = BigBuf::create(kFirstLine.size() + text_size + kEnd.size());
  char* at = event->data();
  auto add = [&](std::string_view piece) { at += piece.copy(at, piece.size()); };
  add(kFirstLine);
  for (std::string_view piece : pieces) add(piece);
  add(kEnd);
  event->set_size(static_cast<size_t>(at - event->data()));
  return event;
}

}  // namespace

BigBuf* encode_event(std::initializer_list<std::string_view> pieces) {
  size_t size = 0;
  bool breaks = false;
  for (std::string_view piece : pieces) {
    size += piece.size();
    breaks |= piece.find_first_of(kLineBreaks) != std::string_view::npos;
  }
  if (!breaks) return in_one_line(pieces, size);

  std::string text, event(kFirstLine);
  for (std::string_view piece : pieces) text.append(piece);
  std::string_view left = text;
  for (size_t end; (end = left.find_first_of(kLineBreaks)) != std::string_view::npos;) {
    event.append(left.substr(0, end)).append(kNextLine);
    left.remove_prefix(left.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
    // EventSource takes one blank away.
    if (left.starts_with(' ')) event += ' ';
  }
  event.append(left).append(kEnd);
  return BigBuf::copy_of(event);
}

}  // namespace redstart
