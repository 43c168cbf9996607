// What RESP2 and RESP3 encode alike, into an OutBuf. Each of the two final classes beside it adds
// the shapes in which it differs.
#pragma once

#include "base/numbers.h"
#include "wire/out_buf.h"
#include "wire/reply.h"

namespace redstart {

class RespReply : public Reply {
 public:
  explicit RespReply(OutBuf& out) : out_(out) {}

  void ok() final { out_.append("+OK\r\n"); }
  void status(std::string_view text) final;
  void integer(int64_t value) final { header(':', value); }
  void natural(uint64_t value) final;
  void bulk(std::string_view bytes) final;
  void bulk_shared(BigBuf* buffer) final;
  void bulk_int(int64_t value) final;
  void array(size_t count) final { count_header('*', count); }
  void close(Mark mark, size_t count) final;

 protected:
  ~RespReply() = default;
  void write_error(std::string_view text) final;

  // The first byte of an aggregate in this protocol, and how many elements `count` stands for.
  virtual char shape_sign(Shape shape) const = 0;
  virtual size_t shape_length(Shape shape, size_t count) const = 0;
  Mark open_hole(Shape shape);

  void header(char sign, int64_t value);
  void count_header(char sign, size_t count) {
    if (count > 9) return header(sign, static_cast<int64_t>(count));
    char* at = out_.reserve(4);
    at[0] = sign;
    at[1] = static_cast<char>('0' + count);
    at[2] = '\r';
    at[3] = '\n';
    out_.commit(4);
  }

  OutBuf& out_;
};

}  // namespace redstart
