#include "pubsub/message.h"

#include "base/numbers.h"
#include "wire/event_stream.h"

namespace redstart {

namespace {

// Writes pieces one behind the other into a buffer made for all of them.
class Writer {
 public:
  explicit Writer(size_t size) : buffer_(BigBuf::create(size)), at_(buffer_->data()) {}
  void text(std::string_view piece) { at_ += piece.copy(at_, piece.size()); }
  void header(char sign, size_t value) {
    *at_++ = sign;
    at_ += write_uint64(at_, value);
    text("\r\n");
  }
  void bulk(std::string_view bytes) {
    header('$', bytes.size());
    text(bytes);
    text("\r\n");
  }
  BigBuf* finish() {
    buffer_->set_size(static_cast<size_t>(at_ - buffer_->data()));
    return buffer_;
  }

 private:
  BigBuf* buffer_;
  char* at_;
};

// What stands around a bulk string at most.
constexpr size_t kBulkFrame = kIntTextMax + 5;

}  // namespace

BigBuf* Message::encode(Form form) const {
  if (form != Form::kEvents) return encode_resp(form == Form::kResp3 ? '>' : '*');
  if (matched_) return encode_event({kind_, ",", pattern_, ",", channel_, ",", payload_});
  return encode_event({kind_, ",", channel_, ",", payload_});
}

BigBuf* Message::encode_resp(char sign) const {
  const size_t texts = kind_.size() + pattern_.size() + channel_.size() + payload_.size();
  Writer w(texts + 5 * kBulkFrame);
  w.header(sign, matched_ ? 4 : 3);
  w.bulk(kind_);
  if (matched_) w.bulk(pattern_);
  w.bulk(channel_);
  w.bulk(payload_);
  return w.finish();
}

}  // namespace redstart
