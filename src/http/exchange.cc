#include "http/exchange.h"

#include "base/log.h"
#include "engine/engine.h"
#include "http/http_door.h"
#include "net/loop.h"

namespace redstart {

namespace {

// A connection that has worked this long into a turn leaves the rest for the next one.
constexpr int64_t kTurnBudgetUs = 1000;

}  // namespace

HttpExchange::HttpExchange(HttpDoor& door, StreamHandle io)
    : Stream(door, std::move(io)),
      session_(door.engine(), Dialect::kUpstash, this),
      caller_{session_, this->io()->peer_is_local()} {}

HttpExchange::~HttpExchange() {
  if (request_timer_) session_.engine().timers().cancel(request_timer_);
}

HttpDoor& HttpExchange::door() const { return static_cast<HttpDoor&>(door_); }

// ---- requests -----------------------------------------------------------------------------------

size_t HttpExchange::on_bytes(std::string_view bytes) {
  if (events_) return bytes.size();
  size_t used = 0;
  while (!closing() && !must_wait() && answer_next(bytes, &used)) {
    if (used == bytes.size()) break;
    if (loop().turn_us() > kTurnBudgetUs) {
      continue_later();
      break;
    }
  }
  watch_request();
  if (!out_.empty()) flush_soon();
  return closing() ? bytes.size() : used;
}

// Paused by CLIENT PAUSE, or too much unsent.
bool HttpExchange::must_wait() {
  Engine& engine = session_.engine();
  if ((engine.attention & kClientsPaused) && engine.pause().holds(true)) {
    if (!(session_.hold & kPaused)) engine.pause().waiting.push_back(session_.id());
    session_.hold |= kPaused;
    return true;
  }
  stalled_ = out_.size() > kUnsentMax;
  return stalled_;
}

// False when nothing whole is left to answer.
bool HttpExchange::answer_next(std::string_view bytes, size_t* used) {
  const RequestReader::Result result = reader_.read(bytes.substr(*used));
  *used += reader_.used();
  switch (result) {
    case RequestReader::Result::kNeedMore:
      if (reader_.take_expectation()) out_.append("HTTP/1.1 100 Continue\r\n\r\n");
      return false;
    case RequestReader::Result::kError:
      door().service_->answer_error(reader_.error_status(), reader_.error(), out_);
      close_lingering();
      return false;
    case RequestReader::Result::kRequest:
      break;
  }
  session_.last_active_ms = last_active_ms();
  switch (door().service_->answer(reader_.request(), caller_, out_)) {
    case HttpService::Next::kKeep:
      return true;
    case HttpService::Next::kClose:
      close_after_flush();
      return true;
    case HttpService::Next::kStream:
      begin_stream();
      *used = bytes.size();
      return false;
  }
  return false;
}

// ---- a stream of events -------------------------------------------------------------------------

void HttpExchange::begin_stream() {
  events_ = std::make_unique<EventStream>(*this, reader_.request().takes_chunks);
  door().keep_alive(*events_);
}

void HttpExchange::push(BigBuf* bytes) {
  if (!events_ || closing()) return;
  append_event(out_, bytes, events_->in_chunks);
  flush_last();
  watch_output();
}

void HttpExchange::beat(BigBuf* comment) {
  if (out_.empty()) push(comment);
}

// Who does not read is closed, as a subscriber over RESP would be.
OutputLimit HttpExchange::output_limit() const {
  return events_ ? session_.engine().settings().output_limit_pubsub : OutputLimit();
}

void HttpExchange::on_output_limit() {
  Engine& engine = session_.engine();
  engine.log().warning("Event stream to " + io()->peer_address() +
                       " closed for overcoming of output buffer limits.");
  engine.default_tenant().stats.output_buffer_limit_disconnections++;
  close_now();
}

// Keeps a timer for as long as a request is incomplete.
void HttpExchange::watch_request() {
  Engine& engine = session_.engine();
  const bool incomplete = reader_.in_request() && !closing();
  if (incomplete == (request_timer_ != 0)) return;
  if (!incomplete) {
    engine.timers().cancel(request_timer_);
    request_timer_ = 0;
    return;
  }
  request_timer_ = engine.timers().add(engine.mono_us() / 1000 + kRequestMs, [this] {
    request_timer_ = 0;
    if (closing()) return;
    door().service_->answer_error(HttpStatus::kRequestTimeout, http_err::kTimeout, out_);
    close_lingering();
  });
}

// ---- the stream ---------------------------------------------------------------------------------

// Some clients close their half as soon as they have asked.
void HttpExchange::on_peer_done(std::string_view reason) {
  if (out_.empty() || events_) return close_now();
  close_after_flush();
}

void HttpExchange::on_drained() {
  if (stalled_) continue_later();
}

void HttpExchange::on_traffic(size_t in, size_t out) {
  Stats& stats = session_.tenant->stats;
  session_.bytes_in += in;
  session_.bytes_out += out;
  stats.bytes_in += in;
  stats.bytes_out += out;
  stats.reads_processed += in > 0;
  stats.writes_processed += out > 0;
}

size_t HttpExchange::memory() const { return sizeof *this + Stream::memory() + reader_.memory(); }

// ---- the session's channel ----------------------------------------------------------------------

void HttpExchange::close_after_flush() {
  session_.hold |= kClosing;
  Stream::close_after_flush();
}

void HttpExchange::close_now() {
  session_.hold |= kClosing;
  Stream::close_now();
}

ChannelInfo HttpExchange::info() const {
  ChannelInfo info;
  if (!io()) return info;
  info.address = io()->peer_address();
  info.local_address = io()->local_address();
  info.fd = io()->fd();
  info.query_buffer = rest_size();
  info.query_free = rest_capacity() - rest_size();
  info.output_bytes = out_.size();
  info.total_memory = memory();
  info.events = writing() ? "rw" : "r";
  return info;
}

}  // namespace redstart
