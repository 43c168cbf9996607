// RESP3: the shapes that a command meant, on the wire.
#pragma once

#include "wire/resp_reply.h"

namespace redstart {

class Resp3Reply final : public RespReply {
 public:
  using RespReply::RespReply;

  void null() override { out_.append("_\r\n"); }
  void null_array() override { out_.append("_\r\n"); }
  void dbl(double value) override;
  void dbl_text(std::string_view digits) override;
  void boolean(bool value) override { out_.append(value ? "#t\r\n" : "#f\r\n"); }
  void big_number(std::string_view digits) override;
  void verbatim(std::string_view format, std::string_view text) override;

  void map(size_t pair_count) override { count_header('%', pair_count); }
  void map_in(int protocol, size_t pair_count) override {
    return protocol == 2 ? count_header('*', 2 * pair_count) : map(pair_count);
  }
  void set(size_t count) override { count_header('~', count); }
  void push(size_t count) override { count_header('>', count); }
  void flat_pairs(size_t pair_count) override { count_header('*', pair_count); }
  void flat_pair() override { count_header('*', 2); }
  void map_pairs(size_t pair_count) override { count_header('%', pair_count); }
  void map_pair() override {}
  bool has_attributes() const override { return true; }
  void attribute(size_t pair_count) override { count_header('|', pair_count); }
  Mark open(Shape shape) override { return open_hole(shape); }

 private:
  char shape_sign(Shape shape) const override;
  size_t shape_length(Shape shape, size_t count) const override { return count; }
};

}  // namespace redstart
