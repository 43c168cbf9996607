#include "net/busy_pump.h"

#include <utility>

#include "base/ticks.h"
#include "engine/engine.h"
#include "net/door.h"
#include "net/loop.h"

namespace redstart {

void BusyPump::serve(int waiting_fd) {
  if (!read_buffer_) read_buffer_.reset(new char[Loop::kReadBuffer]);
  // A turn inside the turn, with a time and a share of bytes of its own.
  std::swap(loop_.read_buffer_, read_buffer_);
  const uint64_t began = std::exchange(loop_.turn_began_ticks_, read_ticks());
  loop_.turn_number_++;
  for (Door* door : doors_) door->change_buffers();

  for (Door* door : doors_) door->accept_waiting();
  loop_.ahead().run();
  collect(waiting_fd);
  read_ready();
  // What a reply depends on goes first, as at the end of any turn.
  for (const auto& tenant : loop_.engine_.tenants()) tenant->propagation.before_replies();
  loop_.flush_but(waiting_fd);

  for (Door* door : doors_) door->change_buffers();
  loop_.turn_began_ticks_ = began;
  std::swap(loop_.read_buffer_, read_buffer_);
}

void BusyPump::collect(int waiting_fd) {
  streams_.clear();
  polls_.clear();
  for (Door* door : doors_) {
    door->each_stream([&](Stream& stream) {
      if (stream.closing() || !stream.io() || stream.io()->fd() == waiting_fd) return;
      streams_.push_back(&stream);
      polls_.push_back({stream.io()->fd(), POLLIN, 0});
    });
  }
}

void BusyPump::read_ready() {
  if (polls_.empty()) return;
  if (poll(polls_.data(), polls_.size(), 0) < 0) return;
  for (size_t i = 0; i < streams_.size(); i++) {
    // What a former round left behind comes first.
    streams_[i]->run_leftover();
    if (polls_[i].revents != 0 && !streams_[i]->closing()) streams_[i]->read_now();
  }
}

}  // namespace redstart
