#include "wire/json_reply.h"

#include <cassert>

#include "base/numbers.h"
#include "wire/json_text.h"

namespace redstart {

namespace {

// The length of an array that is closed by hand.
constexpr size_t kUnknownLength = SIZE_MAX;

}  // namespace

// ---- structure ----------------------------------------------------------------------------------

void JsonReply::separate() {
  if (levels_.empty()) return;
  Level& level = levels_.back();
  if (!level.first) out_.append(",");
  level.first = false;
}

void JsonReply::begin_value() {
  separate();
  if (levels_.size() == item_depth_) out_.append("{\"result\":");
}

void JsonReply::end_value() {
  if (levels_.size() == item_depth_) out_.append("}");
  if (levels_.empty()) return;
  Level& level = levels_.back();
  if (level.left != kUnknownLength) level.left--;
  if (level.left == 0) end_array();
}

void JsonReply::begin_array(size_t count) {
  begin_value();
  out_.append("[");
  levels_.push_back({count, true});
}

void JsonReply::end_array() {
  levels_.pop_back();
  out_.append("]");
  end_value();
}

void JsonReply::array(size_t count) {
  begin_array(count);
  if (count == 0) end_array();
}

Reply::Mark JsonReply::open(Shape shape) {
  begin_array(kUnknownLength);
  return {nullptr, levels_.size(), shape};
}

void JsonReply::close(Mark mark, size_t count) {
  assert(levels_.size() == mark.position);
  end_array();
}

// ---- values -------------------------------------------------------------------------------------

void JsonReply::status(std::string_view text) {
  const bool whole_result = levels_.size() == item_depth_;
  if (base64_ && !(whole_result && text == "OK")) return bulk(text);
  begin_value();
  out_.append("\"");
  append_json_text(out_, text);
  out_.append("\"");
  end_value();
}

void JsonReply::write_error(std::string_view text) {
  if (levels_.empty()) failed_ = true;
  separate();
  out_.append("{\"error\":\"");
  append_json_text(out_, text);
  out_.append("\"");
  // An error is an object of its own at every depth; end_value() closes it where a result would.
  if (levels_.size() != item_depth_) out_.append("}");
  end_value();
}

void JsonReply::integer(int64_t value) {
  begin_value();
  out_.commit(write_int64(out_.reserve(kIntTextMax), value));
  end_value();
}

void JsonReply::null() {
  begin_value();
  out_.append("null");
  end_value();
}

void JsonReply::bulk_int(int64_t value) {
  char text[kIntTextMax];
  bulk({text, write_int64(text, value)});
}

void JsonReply::dbl(double value) {
  char text[kDoubleTextMax];
  bulk({text, write_double(text, value)});
}

// ---- strings ------------------------------------------------------------------------------------

void JsonReply::bulk(std::string_view bytes) {
  begin_value();
  out_.append("\"");
  if (base64_) {
    append_base64(out_, bytes);
  } else {
    append_json_text(out_, bytes);
  }
  out_.append("\"");
  end_value();
}

void JsonReply::bulk_begin(size_t size) {
  assert(bulk_left_ == 0);
  if (size == 0) return bulk({});
  begin_value();
  out_.append("\"");
  bulk_left_ = size;
}

std::string_view JsonReply::encode(std::string_view bytes) {
  if (!base64_) return bytes.substr(bytes.size() - append_json_escaped(out_, bytes));
  const size_t whole = bytes.size() / 3 * 3;
  append_base64(out_, bytes.substr(0, whole));
  return bytes.substr(whole);
}

void JsonReply::keep(std::string_view rest) {
  memmove(pending_, rest.data(), rest.size());
  pending_size_ = static_cast<uint8_t>(rest.size());
}

void JsonReply::bulk_append(std::string_view piece) {
  assert(piece.size() <= bulk_left_);
  if (piece.empty()) return;
  bulk_left_ -= piece.size();
  // What is pending takes bytes one by one until it can be written.
  while (pending_size_ > 0 && !piece.empty()) {
    pending_[pending_size_++] = piece.front();
    piece.remove_prefix(1);
    keep(encode({pending_, pending_size_}));
  }
  if (!piece.empty()) keep(encode(piece));
  if (bulk_left_ > 0) return;

  const std::string_view rest(pending_, pending_size_);
  if (base64_) {
    append_base64(out_, rest);
  } else {
    append_json_text(out_, rest);
  }
  pending_size_ = 0;
  out_.append("\"");
  end_value();
}

}  // namespace redstart
