#include "wire/resp3_reply.h"

namespace redstart {

void Resp3Reply::dbl(double value) {
  char* at = out_.reserve(kDoubleTextMax + 3);
  *at = ',';
  const size_t size = 1 + write_double(at + 1, value);
  memcpy(at + size, "\r\n", 2);
  out_.commit(size + 2);
}

void Resp3Reply::dbl_text(std::string_view digits) {
  out_.append(",");
  out_.append(digits);
  out_.append("\r\n");
}

void Resp3Reply::big_number(std::string_view digits) {
  out_.append("(");
  out_.append(digits);
  out_.append("\r\n");
}

void Resp3Reply::verbatim(std::string_view format, std::string_view text) {
  count_header('=', format.size() + 1 + text.size());
  out_.append(format);
  out_.append(":");
  out_.append(text);
  out_.append("\r\n");
}

char Resp3Reply::shape_sign(Shape shape) const {
  switch (shape) {
    case Shape::kArray:
      return '*';
    case Shape::kMap:
      return '%';
    case Shape::kSet:
      return '~';
    case Shape::kPush:
      return '>';
  }
  return '*';
}

}  // namespace redstart
