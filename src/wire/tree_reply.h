// An answer as an owned tree, in the shapes of RESP3: for tests and for the embedding API.
#pragma once

#include <string>
#include <vector>

#include "wire/reply.h"

namespace redstart {

struct ReplyTree {
  enum class Kind : uint8_t {
    kNull,
    kStatus,
    kError,
    kInteger,
    kNatural,  // one from 2^53 on, as text
    kBulk,
    kDouble,
    kBoolean,
    kBigNumber,
    kVerbatim,
    kArray,
    kMap,
    kSet,
    kPush,
  };

  bool is_aggregate() const { return kind >= Kind::kArray; }
  bool operator==(const ReplyTree&) const = default;

  Kind kind = Kind::kNull;
  int64_t integer = 0;           // kInteger, kBoolean
  double dbl = 0;                // kDouble
  std::string text;              // kStatus, kError, kNatural, kBulk, kBigNumber, kVerbatim
  std::string format;            // kVerbatim: "txt"
  std::vector<ReplyTree> items;  // of a map: key, value, key, value
};

// One line for people: OK, ERR text, 12, "bulk", null, [1, "a"], {"k": 1}, ~["member"].
std::string to_text(const ReplyTree& tree);
// Gives the same answer to another reply. A pair of flat_pairs() or map_pairs() comes out as what
// it is in RESP3.
void replay(const ReplyTree& tree, Reply& reply);

class TreeReply final : public Reply {
 public:
  // REQUIRES: one whole reply was given.
  const ReplyTree& tree() const { return tree_; }
  ReplyTree take() { return std::move(tree_); }
  // Nothing was answered, or an aggregate lacks elements.
  bool incomplete() const { return !begun_ || !open_.empty(); }
  // More was answered than one reply.
  bool excess() const { return excess_; }

  void ok() override { status("OK"); }
  void status(std::string_view text) override { add_text(ReplyTree::Kind::kStatus, text); }
  void integer(int64_t value) override;
  void natural(uint64_t value) override;
  void bulk(std::string_view bytes) override { add_text(ReplyTree::Kind::kBulk, bytes); }
  void bulk_shared(BigBuf* buffer) override { bulk(buffer->view()); }
  void bulk_int(int64_t value) override;
  void null() override { add({}); }
  void null_array() override { add({}); }
  void dbl(double value) override;
  void boolean(bool value) override;
  void big_number(std::string_view digits) override {
    add_text(ReplyTree::Kind::kBigNumber, digits);
  }
  void verbatim(std::string_view format, std::string_view text) override;

  void array(size_t count) override { add_aggregate(ReplyTree::Kind::kArray, count); }
  void map(size_t pair_count) override { add_aggregate(ReplyTree::Kind::kMap, 2 * pair_count); }
  void set(size_t count) override { add_aggregate(ReplyTree::Kind::kSet, count); }
  void push(size_t count) override { add_aggregate(ReplyTree::Kind::kPush, count); }
  void flat_pairs(size_t pair_count) override { array(pair_count); }
  void flat_pair() override { array(2); }
  void map_pairs(size_t pair_count) override { map(pair_count); }
  void map_pair() override {}
  Mark open(Shape shape) override;
  void close(Mark mark, size_t count) override;

 protected:
  void write_error(std::string_view text) override { add_text(ReplyTree::Kind::kError, text); }

 private:
  // An aggregate that waits for elements. Its node stays where it is, because the vector it lies
  // in grows only after it is complete.
  struct Open {
    ReplyTree* node;
    size_t left;
  };
  ReplyTree* add(ReplyTree node);
  void add_text(ReplyTree::Kind kind, std::string_view text);
  void add_aggregate(ReplyTree::Kind kind, size_t count);
  void close_full();

  ReplyTree tree_;
  std::vector<Open> open_;
  bool begun_ = false;
  bool excess_ = false;
};

}  // namespace redstart
