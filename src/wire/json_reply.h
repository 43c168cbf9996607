// Answers as JSON, in the forms of the REST contract: {"result": X} or {"error": "text"}, X in the
// shapes of RESP2 (maps flat, doubles as strings, booleans as 0 and 1).
//
// Two policies for strings. Plain: UTF-8, where each byte that is not becomes U+FFFD. Base64: every
// string is encoded but the status OK that is a whole result: inside arrays clients decode without
// looking, and a bulk string "OK" is data like any other. Errors are never encoded.
//
// No length is written in JSON, so commas and brackets follow from the counts on a stack alone.
#pragma once

#include <vector>

#include "wire/out_buf.h"
#include "wire/reply.h"

namespace redstart {

class JsonReply final : public Reply {
 public:
  enum class Strings : uint8_t { kPlain, kBase64 };
  // kResult: one reply is one {"result"} or {"error"}. kItems: the elements of the reply's array
  // are (EXEC behind /multi-exec); an error instead of that array is one {"error"}.
  enum class Envelope : uint8_t { kResult, kItems };

  explicit JsonReply(OutBuf& out, Strings strings = Strings::kPlain,
                     Envelope envelope = Envelope::kResult)
      : out_(out),
        base64_(strings == Strings::kBase64),
        item_depth_(envelope == Envelope::kItems) {}

  // True when the whole reply is an error.
  bool failed() const { return failed_; }

  void ok() override { status("OK"); }
  void status(std::string_view text) override;
  void integer(int64_t value) override;
  void natural(uint64_t value) override;
  void bulk(std::string_view bytes) override;
  void bulk_shared(BigBuf* buffer) override { bulk(buffer->view()); }
  void bulk_int(int64_t value) override;
  void null() override;
  void null_array() override { null(); }
  void dbl(double value) override;
  void boolean(bool value) override { integer(value); }
  void big_number(std::string_view digits) override { bulk(digits); }
  void verbatim(std::string_view format, std::string_view text) override { bulk(text); }

  void array(size_t count) override;
  void map(size_t pair_count) override { array(2 * pair_count); }
  void set(size_t count) override { array(count); }
  void push(size_t count) override { array(count); }
  void flat_pairs(size_t pair_count) override { array(2 * pair_count); }
  void flat_pair() override {}
  void map_pairs(size_t pair_count) override { array(pair_count); }
  void map_pair() override { array(2); }
  Mark open(Shape shape) override;
  void close(Mark mark, size_t count) override;

 protected:
  void write_error(std::string_view text) override;

 private:
  struct Level {
    size_t left;  // elements to come
    bool first;   // no comma before the next one
  };

  void separate();
  void begin_value();
  void end_value();
  void begin_array(size_t count);
  void end_array();

  OutBuf& out_;
  const bool base64_;
  const uint8_t item_depth_;  // the depth at which values wear {"result":
  bool failed_ = false;
  std::vector<Level> levels_;
};

}  // namespace redstart
