// Answers that nobody reads: the replica stream, CLIENT REPLY OFF.
#pragma once

#include "wire/reply.h"

namespace redstart {

class NullReply final : public Reply {
 public:
  void ok() override {}
  void status(std::string_view text) override {}
  void integer(int64_t value) override {}
  void bulk(std::string_view bytes) override {}
  void bulk_shared(BigBuf* buffer) override {}
  void bulk_int(int64_t value) override {}
  void null() override {}
  void null_array() override {}
  void dbl(double value) override {}
  void boolean(bool value) override {}
  void big_number(std::string_view digits) override {}
  void verbatim(std::string_view format, std::string_view text) override {}
  void array(size_t count) override {}
  void map(size_t pair_count) override {}
  void set(size_t count) override {}
  void push(size_t count) override {}
  void flat_pairs(size_t pair_count) override {}
  void flat_pair() override {}
  void map_pairs(size_t pair_count) override {}
  void map_pair() override {}
  Mark open(Shape shape) override { return {}; }
  void close(Mark mark, size_t count) override {}

 protected:
  void write_error(std::string_view text) override {}
};

}  // namespace redstart
