#include "server/value_of.h"

#include <utility>

namespace redstart {

namespace {

Value::Type type_of(ReplyTree::Kind kind) {
  switch (kind) {
    case ReplyTree::Kind::kNull:
      return Value::Type::kNull;
    case ReplyTree::Kind::kStatus:
      return Value::Type::kStatus;
    case ReplyTree::Kind::kError:
      return Value::Type::kError;
    case ReplyTree::Kind::kInteger:
      return Value::Type::kInteger;
    case ReplyTree::Kind::kBulk:
      return Value::Type::kString;
    case ReplyTree::Kind::kDouble:
      return Value::Type::kDouble;
    case ReplyTree::Kind::kBoolean:
      return Value::Type::kBoolean;
    case ReplyTree::Kind::kNatural:
    case ReplyTree::Kind::kBigNumber:
      return Value::Type::kBigNumber;
    case ReplyTree::Kind::kVerbatim:
      return Value::Type::kVerbatim;
    case ReplyTree::Kind::kArray:
      return Value::Type::kArray;
    case ReplyTree::Kind::kMap:
      return Value::Type::kMap;
    case ReplyTree::Kind::kSet:
      return Value::Type::kSet;
    case ReplyTree::Kind::kPush:
      return Value::Type::kPush;
  }
  return Value::Type::kNull;
}

}  // namespace

// The one who may fill a Value.
struct ValueMaker {
  static Value make(ReplyTree tree) {
    Value value;
    value.type_ = type_of(tree.kind);
    value.integer_ = tree.integer;
    value.dbl_ = tree.dbl;
    value.str_ = std::move(tree.text);
    value.items_.reserve(tree.items.size());
    for (ReplyTree& item : tree.items) value.items_.push_back(make(std::move(item)));
    return value;
  }
};

Value value_of(ReplyTree tree) { return ValueMaker::make(std::move(tree)); }

}  // namespace redstart
