// Reads the arguments of a call from left to right. The first error latches and later reads are
// harmless, so a handler parses everything and asks once:
//
//   ArgReader a(c.args, 1);
//   std::string_view key = a.next();
//   int64_t seconds = a.integer();
//   bool nx = false;
//   while (a.more()) {
//     if (a.flag("NX")) nx = true;
//     else a.fail(err::kSyntax);
//   }
//   if (!a.done()) return c.reply.error(a.error());
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/numbers.h"
#include "engine/args.h"
#include "wire/errors.h"

namespace redstart {

class ArgReader {
 public:
  ArgReader(Args args, size_t from) : args_(args), at_(from) {}

  bool more() const { return at_ < args_.size() && error_.empty(); }
  size_t left() const { return args_.size() - at_; }
  size_t position() const { return at_; }

  // Takes the argument if it is this word, in any letter case.
  bool flag(std::string_view word) {
    if (!more() || !equals_fold(args_[at_], word)) return false;
    at_++;
    return true;
  }
  // The same for an option that needs `values` further arguments; with fewer left it is a syntax
  // error.
  bool option(std::string_view word, size_t values = 1) {
    if (!more() || !equals_fold(args_[at_], word)) return false;
    if (left() < values + 1) {
      fail(err::kSyntax);
      return false;
    }
    at_++;
    return true;
  }
  std::string_view next() {
    if (at_ < args_.size()) return args_[at_++];
    fail(err::kSyntax);
    return {};
  }
  std::string_view peek() const { return at_ < args_.size() ? args_[at_] : std::string_view(); }
  int64_t integer(std::string_view error = err::kNotInteger) {
    int64_t value = 0;
    if (!parse_int64(next(), &value)) fail(error);
    return value;
  }
  // An integer of [low, high], else `error`.
  int64_t integer_in(int64_t low, int64_t high, std::string_view error = err::kOutOfRange) {
    int64_t value = integer();
    if (error_.empty() && (value < low || value > high)) fail(error);
    return value;
  }
  double number(std::string_view error = err::kNotFloat) {
    double value = 0;
    if (!parse_double(next(), &value)) fail(error);
    return value;
  }
  Args rest() {
    Args all = args_.subspan(at_ < args_.size() ? at_ : args_.size());
    at_ = args_.size();
    return all;
  }
  void fail(std::string_view error) {
    if (error_.empty()) error_ = error;
  }
  bool ok() const { return error_.empty(); }
  // True when all went well and nothing is left over.
  bool done() {
    if (at_ < args_.size()) fail(err::kSyntax);
    return error_.empty();
  }
  const std::string& error() const { return error_; }

 private:
  Args args_;
  size_t at_;
  std::string error_;
};

}  // namespace redstart
