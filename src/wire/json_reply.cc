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

// JavaScript would round what is beyond its safe integers.
void JsonReply::natural(uint64_t value) {
  if (value < uint64_t{1} << 53) return integer(static_cast<int64_t>(value));
  char text[kIntTextMax];
  bulk({text, write_uint64(text, value)});
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

}  // namespace redstart
