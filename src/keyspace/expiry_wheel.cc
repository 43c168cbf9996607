#include "keyspace/expiry_wheel.h"

#include <algorithm>
#include <bit>

#include "base/random.h"
#include "base/slab.h"
#include "keyspace/entry.h"

namespace redstart {

ExpiryWheel::ExpiryWheel(Slab& slab, int64_t now_ms) : slab_(slab), next_tick_(tick_of(now_ms)) {}

ExpiryWheel::~ExpiryWheel() {
  for (Chunk* chunk : chunks_) slab_.release(chunk, sizeof(Chunk));
}

void ExpiryWheel::add(uint64_t hash, int64_t at_ms) {
  int64_t ahead = std::clamp<int64_t>(tick_of(at_ms) - next_tick_, 0, kSpan - 1);
  int64_t tick = next_tick_ + ahead;
  int level = 0;
  while (ahead >= kSlots) ahead >>= 8, level++;
  int slot = slot_of(level, tick);

  Chunk*& head = slots_[level][slot];
  if (!head || head->count == kChunkRecords) {
    auto* chunk = static_cast<Chunk*>(slab_.allocate(sizeof(Chunk)));
    chunk->next = head;
    chunk->place = static_cast<uint32_t>(chunks_.size());
    chunk->count = 0;
    chunks_.push_back(chunk);
    head = chunk;
    filled_[level][slot / 64] |= uint64_t{1} << slot % 64;
  }
  head->hashes[head->count++] = hash;
  records_++;
}

bool ExpiryWheel::advance(int64_t now_ms, size_t budget, Judge& judge) {
  int64_t end = tick_of(now_ms);  // the tick that is not over yet
  size_t judged = 0;
  while (true) {
    int64_t tick = next_event();
    if (tick >= end) break;
    next_tick_ = tick;
    // From the top, because what a higher slot holds may belong to this very tick.
    for (int level = kLevels - 1; level >= 0; level--) {
      bool arrives = (tick & ((int64_t{1} << 8 * level) - 1)) == 0;
      if (!arrives) continue;
      int slot = slot_of(level, tick);
      while (slots_[level][slot]) {
        if (judged >= budget) return true;
        judged += judge_chunk(level, slot, judge);
      }
    }
    next_tick_ = tick + 1;
  }
  next_tick_ = std::max(next_tick_, end);
  return false;
}

// The first tick, from next_tick_ on, at which a filled slot is arrived at.
int64_t ExpiryWheel::next_event() const {
  int64_t event = INT64_MAX;
  for (int level = 0; level < kLevels; level++) {
    // Level 1 and up are arrived at when the ticks below them wrap.
    int64_t turn = int64_t{1} << 8 * level;
    int64_t arrival = (next_tick_ + turn - 1) >> 8 * level;
    int distance = distance_to_filled(level, static_cast<int>(arrival & (kSlots - 1)));
    if (distance >= 0) event = std::min(event, (arrival + distance) << 8 * level);
  }
  return event;
}

// Slots from `from` on, around the wheel, to the next filled one; -1 if there is none.
int ExpiryWheel::distance_to_filled(int level, int from) const {
  const uint64_t* words = filled_[level];
  constexpr int kWords = kSlots / 64;
  for (int i = 0; i <= kWords; i++) {
    int word = (from / 64 + i) % kWords;
    uint64_t bits = words[word];
    if (i == 0) bits &= ~uint64_t{0} << from % 64;
    if (i == kWords) bits &= ~(~uint64_t{0} << from % 64);
    if (bits) return (word * 64 + std::countr_zero(bits) - from + kSlots) % kSlots;
  }
  return -1;
}

int64_t ExpiryWheel::next_ms() const {
  int64_t tick = next_event();
  return tick == INT64_MAX ? INT64_MAX : (tick + 1) * kTickMs;
}

size_t ExpiryWheel::judge_chunk(int level, int slot, Judge& judge) {
  Chunk* chunk = take_chunk(level, slot);
  size_t count = chunk->count;
  records_ -= count;
  int64_t again[kChunkRecords];
  judge.judge({chunk->hashes, count}, again);
  for (size_t i = 0; i < count; i++) {
    if (again[i] != kNoExpiry) add(chunk->hashes[i], again[i]);
  }
  free_chunk(chunk);
  return count;
}

ExpiryWheel::Chunk* ExpiryWheel::take_chunk(int level, int slot) {
  Chunk*& head = slots_[level][slot];
  Chunk* chunk = head;
  head = chunk->next;
  if (!head) filled_[level][slot / 64] &= ~(uint64_t{1} << slot % 64);
  return chunk;
}

void ExpiryWheel::free_chunk(Chunk* chunk) {
  Chunk* last = chunks_.back();
  chunks_[chunk->place] = last;
  last->place = chunk->place;
  chunks_.pop_back();
  slab_.release(chunk, sizeof(Chunk));
}

bool ExpiryWheel::sample(Random& random, uint64_t* hash) const {
  if (chunks_.empty()) return false;
  // A place without a record is drawn again, so that a full chunk weighs more than a sparse one.
  // With few records nearly all places are empty; then any chunk will do.
  constexpr int kTries = 32;
  for (int i = 0; i < kTries; i++) {
    const Chunk* chunk = chunks_[random.below(chunks_.size())];
    uint64_t place = random.below(i + 1 == kTries ? chunk->count : kChunkRecords);
    if (place >= chunk->count) continue;
    *hash = chunk->hashes[place];
    return true;
  }
  return false;
}

bool ExpiryWheel::drain(size_t count) {
  for (size_t done = 0; done < count && !chunks_.empty(); done += kChunkRecords) {
    slab_.release(chunks_.back(), sizeof(Chunk));
    chunks_.pop_back();
  }
  return !chunks_.empty();
}

size_t ExpiryWheel::bytes() const {
  return sizeof *this + chunks_.size() * sizeof(Chunk) + chunks_.capacity() * sizeof(Chunk*);
}

}  // namespace redstart
