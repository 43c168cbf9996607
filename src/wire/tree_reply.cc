#include "wire/tree_reply.h"

#include <cassert>

#include "base/numbers.h"
#include "base/quoted.h"

namespace redstart {

using Kind = ReplyTree::Kind;

namespace {

// The length of an aggregate that is closed by hand.
constexpr size_t kUnknownLength = SIZE_MAX;

Kind kind_of(Reply::Shape shape) {
  switch (shape) {
    case Reply::Shape::kArray:
      return Kind::kArray;
    case Reply::Shape::kMap:
      return Kind::kMap;
    case Reply::Shape::kSet:
      return Kind::kSet;
    case Reply::Shape::kPush:
      return Kind::kPush;
  }
  return Kind::kArray;
}

std::string list_text(const ReplyTree& tree) {
  const bool map = tree.kind == Kind::kMap;
  std::string out = map ? "{" : "[";
  for (size_t i = 0; i < tree.items.size(); i++) {
    if (i) out += map && i % 2 ? ": " : ", ";
    out += to_text(tree.items[i]);
  }
  return out + (map ? '}' : ']');
}

}  // namespace

std::string to_text(const ReplyTree& tree) {
  switch (tree.kind) {
    case Kind::kNull:
      return "null";
    case Kind::kStatus:
    case Kind::kError:
      return tree.text;
    case Kind::kInteger:
      return int64_text(tree.integer);
    case Kind::kNatural:
      return tree.text;
    case Kind::kBulk:
      return in_quotes(tree.text);
    case Kind::kDouble:
      return "," + double_text(tree.dbl);
    case Kind::kBoolean:
      return tree.integer ? "#t" : "#f";
    case Kind::kBigNumber:
      return "(" + tree.text;
    case Kind::kVerbatim:
      return "=" + tree.format + ":" + in_quotes(tree.text);
    case Kind::kArray:
    case Kind::kMap:
      return list_text(tree);
    case Kind::kSet:
      return "~" + list_text(tree);
    case Kind::kPush:
      return ">" + list_text(tree);
  }
  return {};
}

void replay(const ReplyTree& tree, Reply& reply) {
  switch (tree.kind) {
    case Kind::kNull:
      return reply.null();
    case Kind::kStatus:
      return reply.status(tree.text);
    case Kind::kError:
      return reply.error(tree.text);
    case Kind::kInteger:
      return reply.integer(tree.integer);
    case Kind::kNatural: {
      uint64_t value = 0;
      parse_uint64(tree.text, &value);
      return reply.natural(value);
    }
    case Kind::kBulk:
      return reply.bulk(tree.text);
    case Kind::kDouble:
      return reply.dbl(tree.dbl);
    case Kind::kBoolean:
      return reply.boolean(tree.integer != 0);
    case Kind::kBigNumber:
      return reply.big_number(tree.text);
    case Kind::kVerbatim:
      return reply.verbatim(tree.format, tree.text);
    case Kind::kArray:
      reply.array(tree.items.size());
      break;
    case Kind::kMap:
      reply.map(tree.items.size() / 2);
      break;
    case Kind::kSet:
      reply.set(tree.items.size());
      break;
    case Kind::kPush:
      reply.push(tree.items.size());
      break;
  }
  for (const ReplyTree& item : tree.items) replay(item, reply);
}

ReplyTree* TreeReply::add(ReplyTree node) {
  if (open_.empty()) {
    if (begun_) excess_ = true;
    begun_ = true;
    tree_ = std::move(node);
    return &tree_;
  }
  Open& parent = open_.back();
  parent.node->items.push_back(std::move(node));
  ReplyTree* added = &parent.node->items.back();
  if (parent.left != kUnknownLength) parent.left--;
  if (!added->is_aggregate()) close_full();
  return added;
}

void TreeReply::close_full() {
  while (!open_.empty() && open_.back().left == 0) open_.pop_back();
}

void TreeReply::add_text(Kind kind, std::string_view text) {
  ReplyTree node;
  node.kind = kind;
  node.text = text;
  add(std::move(node));
}

void TreeReply::add_aggregate(Kind kind, size_t count) {
  ReplyTree node;
  node.kind = kind;
  open_.push_back({add(std::move(node)), count});
  close_full();
}

void TreeReply::natural(uint64_t value) {
  if (value < uint64_t{1} << 53) return integer(static_cast<int64_t>(value));
  char text[kIntTextMax];
  add_text(Kind::kNatural, {text, write_uint64(text, value)});
}

void TreeReply::integer(int64_t value) {
  ReplyTree node;
  node.kind = Kind::kInteger;
  node.integer = value;
  add(std::move(node));
}

void TreeReply::bulk_int(int64_t value) { bulk(int64_text(value)); }

void TreeReply::dbl(double value) {
  ReplyTree node;
  node.kind = Kind::kDouble;
  node.dbl = value;
  add(std::move(node));
}

void TreeReply::boolean(bool value) {
  ReplyTree node;
  node.kind = Kind::kBoolean;
  node.integer = value;
  add(std::move(node));
}

void TreeReply::verbatim(std::string_view format, std::string_view text) {
  ReplyTree node;
  node.kind = Kind::kVerbatim;
  node.format = format;
  node.text = text;
  add(std::move(node));
}

Reply::Mark TreeReply::open(Shape shape) {
  add_aggregate(kind_of(shape), kUnknownLength);
  return {nullptr, open_.size(), shape};
}

void TreeReply::close(Mark mark, size_t count) {
  assert(open_.size() == mark.position);
  assert(open_.back().node->items.size() == (mark.shape == Shape::kMap ? 2 * count : count));
  open_.back().left = 0;
  close_full();
}

}  // namespace redstart
