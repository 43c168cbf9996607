#include "http/http_door.h"

#include "engine/engine.h"
#include "http/exchange.h"
#include "net/loop.h"

namespace redstart {

HttpDoor::HttpDoor(Loop& loop)
    : Door(loop),
      service_(std::make_unique<HttpService>(loop.engine())),
      spare_service_(std::make_unique<HttpService>(loop.engine())) {}

HttpDoor::~HttpDoor() {
  if (beat_timer_) engine().timers().cancel(beat_timer_);
  close_all();
}

bool HttpDoor::may_close_idle(const Stream& stream) const {
  return !static_cast<const HttpExchange&>(stream).streams();
}

void HttpDoor::keep_alive(EventStream& stream) {
  constexpr int64_t kEveryMs = 1000;
  streams_[next_list_++ % kBeatSeconds].push_back(&stream);
  if (beat_timer_) return;
  beat_timer_ = engine().timers().add(
      engine().mono_us() / 1000 + kEveryMs, [this] { beat(); }, kEveryMs);
}

void HttpDoor::beat() {
  BigBuf* comment = BigBuf::copy_of(":\n\n");
  for (EventStream& stream : streams_[next_beat_++ % kBeatSeconds]) stream.owner.beat(comment);
  comment->drop();
  for (const auto& list : streams_) {
    if (!list.empty()) return;
  }
  engine().timers().cancel(beat_timer_);
  beat_timer_ = 0;
}

std::unique_ptr<Stream> HttpDoor::admit(StreamHandle io) {
  return std::make_unique<HttpExchange>(*this, std::move(io));
}

std::string HttpDoor::refusal_text(Refusal refusal) const {
  ChunkPool pool;
  OutBuf out(pool);
  HttpService(engine()).answer_error(HttpStatus::kUnavailable, http_err::kTooManyConnections, out);
  std::string text;
  out.each([&](const char* data, size_t size) {
    text.append(data, size);
    return true;
  });
  return text;
}

}  // namespace redstart
