// RESP2: everything is a status, an error, an integer, a bulk string or an array of these.
#pragma once

#include "wire/resp_reply.h"

namespace redstart {

class Resp2Reply final : public RespReply {
 public:
  using RespReply::RespReply;

  void null() override { out_.append("$-1\r\n"); }
  void null_array() override { out_.append("*-1\r\n"); }
  void dbl(double value) override;
  void boolean(bool value) override { out_.append(value ? ":1\r\n" : ":0\r\n"); }
  void big_number(std::string_view digits) override { bulk(digits); }
  void verbatim(std::string_view format, std::string_view text) override { bulk(text); }

  void map(size_t pair_count) override { count_header('*', 2 * pair_count); }
  void map_in(int protocol, size_t pair_count) override {
    return protocol == 3 ? count_header('%', pair_count) : map(pair_count);
  }
  void set(size_t count) override { count_header('*', count); }
  void push(size_t count) override { count_header('*', count); }
  void flat_pairs(size_t pair_count) override { count_header('*', 2 * pair_count); }
  void flat_pair() override {}
  void map_pairs(size_t pair_count) override { count_header('*', pair_count); }
  void map_pair() override { count_header('*', 2); }
  Mark open(Shape shape) override { return open_hole(shape); }

 private:
  char shape_sign(Shape shape) const override { return '*'; }
  size_t shape_length(Shape shape, size_t count) const override {
    return shape == Shape::kMap ? 2 * count : count;
  }
};

}  // namespace redstart
