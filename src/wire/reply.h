// A reply is a destination, not a value: a small interface, built on the stack by a door, used for
// one command. A handler calls it in the order of the answer and never asks which protocol is
// behind it; what differs between RESP2, RESP3 and JSON is decided inside the encoders.
//
// Rules of use
//  - After array(n) exactly n further replies follow, after map(n) 2n, and so on; nested freely.
//  - Calls cannot fail. An encoder that hits a limit latches it and its door acts at the end.
//  - Texts passed in are borrowed for the call only; bulk_shared() alone keeps a reference.
//  - error() inside an aggregate is one of its elements.
//
// The shapes (RESP2 | RESP3 | JSON is always RESP2's shape):
//   null        $-1                 _            null
//   null_array  *-1                 _            null
//   natural     :n           :n           n, beyond 2^53 "n" (JavaScript would round it)
//   dbl         bulk text           ,3.1         "3.1"
//   boolean     :1 / :0             #t / #f      1 / 0
//   map(n)      array of 2n         %n           flat array
//   set(n)      array of n          ~n           array
//   flat_pairs  flat array of 2n    *n of *2     flat array        (WITHSCORES)
//   map_pairs   *n of *2            %n           array of pairs    (XREAD)
//   verbatim    bulk                =            string
//   push        array               >            (never sent)
//   attribute   dropped with its contents' calls: RESP3 only, see has_attributes()
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/big_buf.h"
#include "base/numbers.h"

namespace redstart {

class Reply {
 public:
  enum class Shape : uint8_t { kArray, kMap, kSet, kPush };
  // Where a length that is not known yet will be written. Only the reply that gave it can read it.
  struct Mark {
    void* place = nullptr;
    uint64_t position = 0;
    Shape shape = Shape::kArray;
  };

  virtual void ok() = 0;
  virtual void status(std::string_view text) = 0;
  // `text` begins with its code: "ERR syntax error". Line breaks become blanks. The code is kept
  // for the statistics; encoders implement write_error().
  void error(std::string_view text) {
    errors_++;
    size_t length = text.find(' ');
    if (length > sizeof error_code_) length = text.size() < sizeof error_code_ ? text.size() : 0;
    error_code_size_ = static_cast<uint8_t>(length);
    for (size_t i = 0; i < length; i++) error_code_[i] = text[i];
    write_error(text);
  }
  virtual void integer(int64_t value) = 0;
  // An integer that may be beyond those with a sign: an index of an array. As text where there are
  // none so large.
  virtual void natural(uint64_t value) {
    if (value <= INT64_MAX) return integer(static_cast<int64_t>(value));
    char text[kIntTextMax];
    bulk({text, write_uint64(text, value)});
  }
  virtual void bulk(std::string_view bytes) = 0;
  // The bytes of a big buffer, by reference where the door can; it takes its own hold.
  virtual void bulk_shared(BigBuf* buffer) = 0;
  virtual void bulk_int(int64_t value) = 0;
  virtual void null() = 0;
  virtual void null_array() = 0;
  virtual void dbl(double value) = 0;
  // A double whose digits the command has chosen: coordinates.
  virtual void dbl_text(std::string_view digits) { bulk(digits); }
  virtual void boolean(bool value) = 0;
  virtual void big_number(std::string_view digits) = 0;
  // `format` has three letters: "txt", "mkd".
  virtual void verbatim(std::string_view format, std::string_view text) = 0;

  virtual void array(size_t count) = 0;
  virtual void map(size_t pair_count) = 0;
  // The map of HELLO, which answers in the protocol it has just chosen.
  virtual void map_in(int protocol, size_t pair_count) { map(pair_count); }
  virtual void set(size_t count) = 0;
  virtual void push(size_t count) = 0;
  // Each pair begins with a call of flat_pair() / map_pair(), then its two replies.
  virtual void flat_pairs(size_t pair_count) = 0;
  virtual void flat_pair() = 0;
  virtual void map_pairs(size_t pair_count) = 0;
  virtual void map_pair() = 0;

  // RESP3 attributes precede the reply they describe. Where this answers false, do not send them.
  virtual bool has_attributes() const { return false; }
  virtual void attribute(size_t pair_count) {}

  // An aggregate whose length is known only afterwards. Marks close in the reverse order.
  // For Shape::kMap `count` is the number of pairs.
  virtual Mark open(Shape shape) = 0;
  virtual void close(Mark mark, size_t count) = 0;
  Mark open_array() { return open(Shape::kArray); }

  // How many errors were answered so far, at any depth, and the code of the latest: "WRONGTYPE".
  uint32_t errors() const { return errors_; }
  std::string_view error_code() const { return {error_code_, error_code_size_}; }

 protected:
  ~Reply() = default;
  virtual void write_error(std::string_view text) = 0;

 private:
  uint32_t errors_ = 0;
  uint8_t error_code_size_ = 0;
  char error_code_[32];
};

}  // namespace redstart
