#include "net/loop.h"

#include <pthread.h>
#include <signal.h>
#include <uv.h>

#include <algorithm>
#include <iterator>

#include "base/process.h"
#include "base/ticks.h"
#include "engine/client_memory.h"
#include "engine/engine.h"
#include "net/stream.h"

namespace redstart {

namespace {
constexpr int kSignals[] = {SIGTERM, SIGINT, SIGHUP};
constexpr size_t kSignalCount = std::size(kSignals);

// A turn that has taken this long reads no further stream that sends much.
constexpr int64_t kBusyUs = 1000;
// Of turns this long it is told how much of them was CPU time. To look at that is a system call,
// too much for every short turn: what this thread had used when a turn began is known to so many
// us.
constexpr uint64_t kLongUs = 500;
constexpr int64_t kCpuTimeUs = 100;
// How many of those who were told something are written to before the loop looks for requests
// again: 50 us. Once the first of them has waited too long it goes on for as long.
constexpr size_t kToldAtOnce = 16;
constexpr int64_t kToldUs = 1000;
// Empty runs of chunks that nobody needed for so long are unmapped, so many at once: each takes the
// kernel some microseconds.
constexpr int64_t kGiveBackMs = 500;
constexpr size_t kRunsAtOnce = 64;
}  // namespace

struct Loop::Handles {
  uv_loop_t loop;
  uv_prepare_t before_poll;
  uv_timer_t deadline;  // of the engine
  uv_timer_t patience;  // of turn(timeout_ms)
  uv_async_t posted;
  uv_idle_t awake;  // active while work is left: the poll does not wait
  uv_signal_t signals[kSignalCount];
  bool signals_open = false;

  template <class Fn>
  void each(Fn fn) {
    for (uv_handle_t* handle :
         {reinterpret_cast<uv_handle_t*>(&before_poll), reinterpret_cast<uv_handle_t*>(&deadline),
          reinterpret_cast<uv_handle_t*>(&patience), reinterpret_cast<uv_handle_t*>(&posted),
          reinterpret_cast<uv_handle_t*>(&awake)}) {
      fn(handle);
    }
    if (!signals_open) return;
    for (uv_signal_t& signal : signals) fn(reinterpret_cast<uv_handle_t*>(&signal));
  }
};

Loop::Loop(Engine& engine)
    : engine_(engine),
      read_buffer_(new char[kReadBuffer]),
      handles_(std::make_unique<Handles>()),
      thread_(std::this_thread::get_id()) {
  open_handles();
}

Loop::~Loop() {
  bury_closed();
  if (give_back_timer_) engine_.timers().cancel(give_back_timer_);
  close_handles();
}

void Loop::open_handles() {
  Handles& h = *handles_;
  uv_loop_init(&h.loop);
  h.loop.data = this;
  uv_prepare_init(&h.loop, &h.before_poll);
  uv_prepare_start(&h.before_poll, [](uv_prepare_t* prepare) {
    static_cast<Loop*>(prepare->loop->data)->before_poll(/*goes_on=*/true);
  });
  uv_timer_init(&h.loop, &h.deadline);
  uv_timer_init(&h.loop, &h.patience);
  uv_idle_init(&h.loop, &h.awake);
  uv_async_init(&h.loop, &h.posted,
                [](uv_async_t* async) { static_cast<Loop*>(async->loop->data)->run_posted(); });
}

void Loop::close_handles() {
  Handles& h = *handles_;
  h.each([](uv_handle_t* handle) { uv_close(handle, nullptr); });
  // Handles free themselves in a last round, in a second one if a stop() is still pending.
  while (uv_loop_close(&h.loop) == UV_EBUSY) uv_run(&h.loop, UV_RUN_DEFAULT);
}

uv_loop_s* Loop::uv() { return &handles_->loop; }

// ---- running ------------------------------------------------------------------------------------

// A log whose reader went away must not end the process (sockets are written without the signal).
// The host's own handling of SIGPIPE in its other threads is left alone.
void Loop::adopt_thread() {
  if (adopted_ && in_loop_thread()) return;
  adopted_ = true;
  thread_ = std::this_thread::get_id();
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void Loop::run() {
  adopt_thread();
  while (!stopping_) uv_run(&handles_->loop, UV_RUN_DEFAULT);
  before_poll(/*goes_on=*/false);
}

bool Loop::turn(int timeout_ms) {
  adopt_thread();
  if (stopping_) return false;
  uv_timer_t* patience = &handles_->patience;
  if (timeout_ms > 0) {
    uv_update_time(&handles_->loop);
    uv_timer_start(
        patience, [](uv_timer_t*) {}, static_cast<uint64_t>(timeout_ms), 0);
  }
  uv_run(&handles_->loop, timeout_ms == 0 ? UV_RUN_NOWAIT : UV_RUN_ONCE);
  uv_timer_stop(patience);
  // The host may not come back soon: what this turn answered and told leaves now.
  before_poll(/*goes_on=*/false);
  return !stopping_;
}

void Loop::stop() {
  if (stopping_) return;
  stopping_ = true;
  uv_stop(&handles_->loop);
  {
    std::lock_guard<std::mutex> lock(posted_mutex_);
    posts_closed_ = true;
  }
  run_posted();  // whoever waits for these must not wait for ever
}

bool Loop::post(std::function<void()> task) {
  std::lock_guard<std::mutex> lock(posted_mutex_);
  if (posts_closed_) return false;
  posted_.push_back(std::move(task));
  // Within the lock: once posts are closed the handle may go at any time.
  uv_async_send(&handles_->posted);
  return true;
}

void Loop::run_posted() {
  std::vector<std::function<void()>> tasks;
  {
    std::lock_guard<std::mutex> lock(posted_mutex_);
    tasks.swap(posted_);
  }
  for (auto& task : tasks) {
    enter_turn();
    task();
  }
}

void Loop::catch_signals(std::function<void(int)> handler) {
  on_signal_ = std::move(handler);
  Handles& h = *handles_;
  h.signals_open = true;
  for (size_t i = 0; i < kSignalCount; i++) {
    uv_signal_init(&h.loop, &h.signals[i]);
    uv_signal_start(
        &h.signals[i],
        [](uv_signal_t* signal, int number) {
          Loop* loop = static_cast<Loop*>(signal->loop->data);
          loop->enter_turn();
          loop->on_signal_(number);
        },
        kSignals[i]);
  }
}

// ---- a turn -------------------------------------------------------------------------------------

void Loop::begin_turn() {
  in_turn_ = true;
  turn_number_++;
  turn_began_ticks_ = read_ticks();
  if (engine_.tick_scale().us(turn_began_ticks_ - cpu_seen_ticks_) >= kCpuTimeUs) {
    cpu_seen_ticks_ = turn_began_ticks_;
    cpu_seen_us_ = thread_cpu_us();
  }
  engine_.begin_turn();
}

int64_t Loop::turn_us() const {
  return in_turn_ ? engine_.tick_scale().us(read_ticks() - turn_began_ticks_) : 0;
}

void Loop::before_poll(bool goes_on) {
  ahead_.run();
  if (!busy_.empty() && !unflushed_.empty()) finish_turn(goes_on);
  read_busy();
  finish_turn(goes_on);
  if (work_left_) {
    uv_idle_start(&handles_->awake, [](uv_idle_t*) {});
  } else {
    uv_idle_stop(&handles_->awake);
    arm_timer();
  }
}

void Loop::finish_turn(bool goes_on) {
  // The deadline's time has come, or it will be set anew: either way a turn looks at it.
  enter_turn();
  run_unfinished();
  work_left_ = engine_.end_turn();
  flush_answers();
  flush_told(/*all=*/!goes_on);
  const uint64_t flushed_ticks = read_ticks();
  engine_.client_memory().enforce();
  // Of those that wait for more messages each has a chunk, which is free again in a moment.
  const size_t unsent_chunks = chunks_.in_use() - std::min(told_.size(), chunks_.in_use());
  unsent_bytes_ = unsent_chunks * ChunkPool::kChunkSize + chunks_.shared_bytes();
  bury_closed();
  if (chunks_.has_surplus() && !give_back_timer_) give_back_chunks();

  work_left_ |= !unfinished_.empty() || !unflushed_.empty() || !busy_.empty() || !told_.empty();
  const uint64_t end_ticks = read_ticks();
  engine_.default_tenant().stats.upkeep_ticks += end_ticks - flushed_ticks;
  count_turn(end_ticks - turn_began_ticks_);
  in_turn_ = false;
}

// A long turn may have been kept waiting by the machine.
void Loop::count_turn(uint64_t ticks) {
  const auto us = static_cast<uint64_t>(engine_.tick_scale().us(ticks));
  uint64_t cpu_us = us;
  if (us >= kLongUs) cpu_us = std::min(us, static_cast<uint64_t>(thread_cpu_us() - cpu_seen_us_));
  engine_.default_tenant().stats.count_turn(ticks, us, cpu_us);
}

// Streams that send much, in the order they came: one, and more as long as the turn is short.
// Whoever has to wait is the first next time.
void Loop::read_busy() {
  if (busy_.empty()) return;
  enter_turn();
  size_t read = 0;
  do {
    busy_[read++]->read_deferred();
  } while (read < busy_.size() && turn_us() < kBusyUs);
  busy_.erase(busy_.begin(), busy_.begin() + static_cast<ptrdiff_t>(read));
}

// Commands that a read left behind: a window ran out of time, or a session was resumed. What they
// leave behind again waits for the next turn.
void Loop::run_unfinished() {
  const size_t count = unfinished_.size();
  for (size_t i = 0; i < count; i++) unfinished_[i]->run_leftover();
  unfinished_.erase(unfinished_.begin(), unfinished_.begin() + static_cast<ptrdiff_t>(count));
}

void Loop::flush_answers() {
  // A stream that has drained may have more to say at once.
  for (size_t i = 0; i < unflushed_.size(); i++) unflushed_[i]->flush();
  unflushed_.clear();
}

void Loop::flush_last(Stream* stream) {
  enter_turn();
  told_.push_back({stream, turn_began_ticks_});
}

void Loop::flush_told(bool all) {
  if (told_.empty()) return;
  const bool late =
      engine_.tick_scale().us(turn_began_ticks_ - told_.front().since_ticks) > kToldUs;
  const uint64_t began = read_ticks();
  const auto short_still = [&] { return engine_.tick_scale().us(read_ticks() - began) < kToldUs; };
  size_t done = 0;
  while (done < told_.size() && (all || done < kToldAtOnce || (late && short_still()))) {
    told_[done++].stream->flush_told();
  }
  told_.erase(told_.begin(), told_.begin() + static_cast<ptrdiff_t>(done));
}

void Loop::flush_but(int fd) {
  const auto spared = [fd](Stream* stream) { return stream->io() && stream->io()->fd() == fd; };
  std::vector<Stream*> due;
  due.swap(unflushed_);
  for (Stream* stream : due) {
    if (spared(stream)) {
      unflushed_.push_back(stream);
    } else {
      stream->flush();
    }
  }
  for (const Told& told : told_) {
    if (!spared(told.stream)) told.stream->flush_told();
  }
  std::erase_if(told_, [&](const Told& told) { return !spared(told.stream); });
}

void Loop::bury_closed() {
  while (!closed_.empty()) {
    std::vector<Stream*> batch;
    batch.swap(closed_);
    for (Stream* stream : batch) {
      ahead_.forget(stream);
      std::erase(unfinished_, stream);
      std::erase(unflushed_, stream);
      std::erase_if(told_, [stream](const Told& told) { return told.stream == stream; });
      std::erase(busy_, stream);
      stream->bury();
    }
  }
}

// In a while, as often as there is something left.
void Loop::give_back_chunks() {
  give_back_timer_ = engine_.timers().add(engine_.mono_us() / 1000 + kGiveBackMs, [this] {
    give_back_timer_ = 0;
    chunks_.give_back(kRunsAtOnce);
  });
}

// Moving the timer is no system call: libuv gives its nearest deadline to the poll.
void Loop::arm_timer() {
  const int64_t sleep_ms = engine_.sleep_ms();
  uv_timer_t* deadline = &handles_->deadline;
  if (sleep_ms < 0) {
    uv_timer_stop(deadline);
    return;
  }
  uv_timer_start(
      deadline, [](uv_timer_t*) {}, static_cast<uint64_t>(sleep_ms), 0);
}

}  // namespace redstart
