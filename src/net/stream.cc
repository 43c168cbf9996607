#include "net/stream.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "engine/engine.h"
#include "net/door.h"
#include "net/loop.h"

namespace redstart {

Stream::Stream(Door& door, StreamHandle io)
    : door_(door),
      out_(door.loop().chunks()),
      io_(std::move(io)),
      last_active_ms_(door.engine().now_ms()) {}

Stream::~Stream() {
  stop_timer();
  free_rest();
}

Loop& Stream::loop() const { return door_.loop(); }

void Stream::start() { io_->start_reading(this); }

size_t Stream::memory() const { return out_.memory() + rest_.capacity; }

// ---- the end ------------------------------------------------------------------------------------

void Stream::close_after_flush() {
  if (closing()) return;
  closing_ = true;
  flush_soon();
}

void Stream::close_lingering() {
  if (closing()) return;
  linger_left_ = kLingerBytes;
  close_after_flush();
}

// All that was to be said has left.
void Stream::finish_closing() {
  if (linger_left_ == 0) return close_now();
  io_->finish_writing();
  Engine& engine = door_.engine();
  stop_timer();
  timer_ = engine.timers().add(engine.mono_us() / 1000 + kLingerMs, [this] {
    timer_ = 0;
    close_now();
  });
}

void Stream::stop_timer() {
  if (timer_) door_.engine().timers().cancel(timer_);
  timer_ = 0;
}

void Stream::close_now() {
  if (closed_) return;
  closed_ = true;
  linger_left_ = 0;
  io_.reset();
  out_.clear();
  loop().bury_later(this);
}

void Stream::bury() { door_.discard(this); }

void Stream::on_peer_done(std::string_view reason) { close_now(); }

void Stream::on_read_end(std::string_view reason) {
  loop().enter_turn();
  loop().ahead().run();
  if (!closing()) return on_peer_done(reason);
  // Nobody to wait for. What is unsent is tried once more: on a broken connection that is the end.
  linger_left_ = 0;
  wait_writable_ = false;
  flush_soon();
}

// ---- reading ------------------------------------------------------------------------------------

Stream::Space Stream::read_space() {
  // More after what waits already: that comes first.
  if (waits_ahead_) loop().ahead().run();
  if (!sends_much_) return space();
  if (!read_deferred_) loop().read_last(this);
  read_deferred_ = true;
  return {};
}

Stream::Space Stream::space() {
  Loop& l = loop();
  if (read_turn_ != l.next_turn_number()) {
    read_turn_ = l.next_turn_number();
    turn_bytes_ = 0;
  }
  const bool read_enough = turn_bytes_ >= Loop::kReadBuffer - kRestCopyMax;
  if (closing()) {
    if (linger_left_ == 0 || read_enough) return {};
    return {l.read_buffer(), Loop::kReadBuffer};
  }
  if (straight_left_ > 0) {
    // Only what goes to its place by itself; the kernel's next bytes are another matter.
    if (turn_bytes_ >= kStraightPerTurn) return {};
    return {straight_at_, straight_left_};
  }
  if (read_enough) return {};
  if (rest_.size <= kRestCopyMax) {
    if (rest_.size > 0) memcpy(l.read_buffer(), rest_.bytes, rest_.size);
    return {l.read_buffer() + rest_.size, Loop::kReadBuffer - rest_.size};
  }
  reserve_rest(rest_.size + Loop::kReadBuffer);
  return {rest_.bytes + rest_.size, rest_.capacity - rest_.size};
}

void Stream::read_deferred() {
  read_deferred_ = false;
  read_now();
}

void Stream::read_now() {
  const Space free = space();
  if (free.size == 0) return;
  const ssize_t size = io_->try_read(free.at, free.size);
  if (size > 0) return take_read(loop().read_buffer(), static_cast<size_t>(size));
  if (size < 0) on_read_end("Client closed connection");
}

void Stream::on_read(size_t size) {
  Loop& l = loop();
  l.enter_turn();
  const char* buffer = l.read_buffer();
  if (size <= ReadAhead::kBytesMax && rest_.size == 0 && straight_left_ == 0 && !closing()) {
    const std::string_view bytes(buffer, size);
    const KeyGlance first = glance(bytes);
    waits_ahead_ = first.keys != nullptr;
    if (waits_ahead_) return l.ahead().add(this, bytes, first);
  }
  if (l.ahead().empty()) return take_read(buffer, size);
  waits_ahead_ = true;
  l.ahead().run_before(this, {buffer, size});
}

void Stream::take_read(const char* buffer, size_t size) {
  Loop& l = loop();
  l.enter_turn();
  waits_ahead_ = false;
  turn_bytes_ += static_cast<uint32_t>(size);
  sends_much_ = size >= kMuch;
  if (closing()) return drop_read(size);
  door_.touch(this, l.engine().now_ms());
  on_traffic(size, 0);

  if (straight_left_ > 0) {
    straight_at_ += size;
    straight_left_ -= size;
    if (straight_left_ == 0) on_straight_read();
    return;
  }
  if (rest_.size <= kRestCopyMax) return consume({buffer, rest_.size + size});
  rest_.size += size;
  consume(rest_.view());
}

void Stream::drop_read(size_t size) {
  on_traffic(size, 0);
  linger_left_ -= static_cast<uint32_t>(std::min<size_t>(size, linger_left_));
  if (linger_left_ == 0) flush_soon();
}

void Stream::continue_later() {
  if (continue_later_) return;
  continue_later_ = true;
  loop().run_later(this);
}

void Stream::run_leftover() {
  continue_later_ = false;
  // Even without bytes: a command that had to wait may be kept elsewhere.
  if (!closing() && straight_left_ == 0) consume(rest_.view());
}

// Everything unread is in `bytes`, which are the rest itself or lie in the loop's buffer.
void Stream::consume(std::string_view bytes) {
  const size_t limit = unused_limit();
  if (limit && bytes.size() > limit) {
    on_unused_limit();
    return free_rest();
  }
  const size_t used = on_bytes(bytes);
  assert(used <= bytes.size());
  if (closing()) return free_rest();
  keep_rest(bytes.substr(used, bytes.size() - used - straight_taken_));
  straight_taken_ = 0;
  on_memory_changed();
}

void Stream::keep_rest(std::string_view bytes) {
  if (bytes.empty()) {
    rest_.size = 0;
    if (rest_.capacity > kRestKeptMax) free_rest();
    return;
  }
  if (bytes.data() != rest_.bytes) {
    const bool inside = bytes.data() > rest_.bytes && bytes.data() < rest_.bytes + rest_.capacity;
    if (!inside) reserve_rest(bytes.size());
    memmove(rest_.bytes, bytes.data(), bytes.size());
  }
  rest_.size = bytes.size();
}

// Doubles at least, so that a long command costs a constant number of copies.
void Stream::reserve_rest(size_t capacity) {
  if (capacity <= rest_.capacity) return;
  if (rest_.capacity == 0) door_.remember_rest(this);
  capacity = std::max({capacity, kRestCopyMax, 2 * rest_.capacity});
  rest_.bytes = static_cast<char*>(realloc(rest_.bytes, capacity));
  if (!rest_.bytes) abort();
  loop().count_input_bytes(static_cast<ptrdiff_t>(capacity - rest_.capacity));
  rest_.capacity = capacity;
}

void Stream::free_rest() {
  if (rest_.capacity == 0) return;
  door_.forget_rest(this);
  loop().count_input_bytes(-static_cast<ptrdiff_t>(rest_.capacity));
  free(rest_.bytes);
  rest_ = {};
}

// ---- writing ------------------------------------------------------------------------------------

void Stream::flush_soon() {
  if (flush_soon_ || closed_) return;
  flush_soon_ = true;
  loop().flush_soon(this);
}

void Stream::flush_last() {
  if (out_.size() > kToldMax) return flush_soon();
  if (flush_last_ || flush_soon_ || closed_) return;
  flush_last_ = true;
  loop().flush_last(this);
}

namespace {

struct Gathered {
  IoSlice slices[StreamIo::kSlicesMax];
  size_t count = 0;
  size_t bytes = 0;
};

void gather(const OutBuf& out, Gathered* gathered) {
  out.each([&](const char* data, size_t size) {
    gathered->slices[gathered->count++] = {data, size};
    gathered->bytes += size;
    return gathered->count < StreamIo::kSlicesMax;
  });
}

}  // namespace

void Stream::flush() {
  flush_soon_ = false;
  if (closed_) return;
  if (!wait_writable_) {
    if (loop().silent()) return close_now();
    send();
  }
  on_memory_changed();
}

void Stream::flush_told() {
  flush_last_ = false;
  if (!out_.empty()) flush();
}

void Stream::send() {
  while (!out_.empty()) {
    Gathered next;
    gather(out_, &next);
    const ssize_t written = io_->try_write({next.slices, next.count});
    if (written < 0) return close_now();
    on_traffic(0, static_cast<size_t>(written));
    out_.consume(static_cast<size_t>(written));
    if (static_cast<size_t>(written) < next.bytes) {
      wait_writable_ = true;
      // What nobody will read must not wake the loop again and again.
      if (closing_ && linger_left_ == 0) io_->stop_reading();
      return io_->wait_writable();
    }
  }
  over_soft_limit_ = {};
  if (closing_) return finish_closing();
  on_drained();
}

void Stream::watch_output() {
  const OutputLimit limit = output_limit();
  // What fits the first chunk does not count, as in Redis: a limit of a few bytes still lets one
  // set another.
  const size_t waiting = out_.size() > ChunkPool::kChunkSize ? out_.size() : 0;
  if ((!limit.passed_by(waiting) && !over_soft_limit_.running()) || closing()) return;
  Engine& engine = door_.engine();
  const int64_t now_ms = engine.mono_us() / 1000;
  if (over_soft_limit_.exceeded(limit, waiting, now_ms / 1000)) return on_output_limit();
  if (!over_soft_limit_.running() || timer_) return;
  // Nothing may ever be appended again: look once more when the time is up.
  timer_ = engine.timers().add(now_ms + (limit.soft_seconds + 1) * 1000, [this] {
    timer_ = 0;
    watch_output();
  });
}

void Stream::on_writable() {
  loop().enter_turn();
  wait_writable_ = false;
  flush_soon();
}

}  // namespace redstart
