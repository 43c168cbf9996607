#include "server/value_reply.h"

#include <utility>

namespace redstart {

Value ValueReply::made(Value::Type type) {
  Value value;
  value.type_ = type;
  return value;
}

void ValueReply::add(Value value) {
  // A complete aggregate completes, perhaps, the one around it.
  while (!open_.empty()) {
    Level& level = open_.back();
    level.value.items_.push_back(std::move(value));
    if (level.left == kUnknown || --level.left > 0) return;
    value = std::move(level.value);
    open_.pop_back();
  }
  *root_ = std::move(value);
}

void ValueReply::add_text(Value::Type type, std::string_view text) {
  Value value = made(type);
  value.str_ = text;
  add(std::move(value));
}

void ValueReply::open_sized(Value::Type type, size_t count) {
  if (count == 0) return add(type);
  open_.push_back({made(type), count});
}

void ValueReply::integer(int64_t integer) {
  Value value = made(Value::Type::kInteger);
  value.integer_ = integer;
  add(std::move(value));
}

void ValueReply::bulk_int(int64_t value) { bulk(std::to_string(value)); }

void ValueReply::dbl(double dbl) {
  Value value = made(Value::Type::kDouble);
  value.dbl_ = dbl;
  add(std::move(value));
}

void ValueReply::boolean(bool boolean) {
  Value value = made(Value::Type::kBoolean);
  value.integer_ = boolean;
  add(std::move(value));
}

Reply::Mark ValueReply::open(Shape shape) {
  constexpr Value::Type kTypes[] = {Value::Type::kArray, Value::Type::kMap, Value::Type::kSet,
                                    Value::Type::kPush};
  open_.push_back({made(kTypes[static_cast<int>(shape)]), kUnknown});
  Mark mark;
  mark.shape = shape;
  return mark;
}

void ValueReply::close(Mark, size_t) {
  Value value = std::move(open_.back().value);
  open_.pop_back();
  add(std::move(value));
}

void ValueReply::bulk_begin(size_t size) {
  pieces_ = made(Value::Type::kString);
  pieces_left_ = size;
  if (size == 0) add(std::move(pieces_));
}

void ValueReply::bulk_append(std::string_view piece) {
  pieces_.str_.append(piece);
  pieces_left_ -= piece.size();
  if (pieces_left_ == 0) add(std::move(pieces_));
}

}  // namespace redstart
