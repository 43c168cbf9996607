// A reply that becomes a Value: for programs that run the server inside themselves.
#pragma once

#include <vector>

#include "redstart/redstart.h"
#include "wire/reply.h"

namespace redstart {

class ValueReply final : public Reply {
 public:
  explicit ValueReply(Value* root) : root_(root) {}

  void ok() override { status("OK"); }
  void status(std::string_view text) override { add_text(Value::Type::kStatus, text); }
  void integer(int64_t value) override;
  void bulk(std::string_view bytes) override { add_text(Value::Type::kString, bytes); }
  void bulk_shared(BigBuf* buffer) override { bulk(buffer->view()); }
  void bulk_int(int64_t value) override;
  void null() override { add(Value::Type::kNull); }
  void null_array() override { add(Value::Type::kNull); }
  void dbl(double value) override;
  void boolean(bool value) override;
  void big_number(std::string_view digits) override { add_text(Value::Type::kBigNumber, digits); }
  void verbatim(std::string_view format, std::string_view text) override {
    add_text(Value::Type::kVerbatim, text);
  }

  void array(size_t count) override { open_sized(Value::Type::kArray, count); }
  void map(size_t pair_count) override { open_sized(Value::Type::kMap, 2 * pair_count); }
  void set(size_t count) override { open_sized(Value::Type::kSet, count); }
  void push(size_t count) override { open_sized(Value::Type::kPush, count); }
  void flat_pairs(size_t pair_count) override { array(pair_count); }
  void flat_pair() override { array(2); }
  void map_pairs(size_t pair_count) override { map(pair_count); }
  void map_pair() override {}
  Mark open(Shape shape) override;
  void close(Mark mark, size_t count) override;
  void bulk_begin(size_t size) override;
  void bulk_append(std::string_view piece) override;

 protected:
  void write_error(std::string_view text) override { add_text(Value::Type::kError, text); }

 private:
  // An aggregate that is not complete; it moves into the one around it when it is.
  struct Level {
    Value value;
    size_t left;
  };
  static constexpr size_t kUnknown = ~size_t{0};

  void add(Value value);
  void add(Value::Type type) { add(made(type)); }
  void add_text(Value::Type type, std::string_view text);
  void open_sized(Value::Type type, size_t count);
  static Value made(Value::Type type);

  Value* root_;
  std::vector<Level> open_;
  Value pieces_;
  size_t pieces_left_ = 0;
};

}  // namespace redstart
