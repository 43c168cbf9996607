#include "http/http_door.h"

#include "engine/engine.h"
#include "http/exchange.h"
#include "net/loop.h"

namespace redstart {

HttpDoor::HttpDoor(Loop& loop)
    : Door(loop),
      service_(std::make_unique<HttpService>(loop.engine())),
      spare_service_(std::make_unique<HttpService>(loop.engine())) {}

HttpDoor::~HttpDoor() { close_all(); }

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
