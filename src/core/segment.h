// The parts of a SegTable: slot, line, segment. See seg_table.h for how they work together.
//
//   line (64 bytes, one cache line)
//   byte 0      7 fingerprint bytes         7 slots of 8 bytes
//   +--------+--+--+--+--+--+--+--+---------+---------+-- ... --+---------+
//   | spills |f0|f1|f2|f3|f4|f5|f6| slot 0  | slot 1  |         | slot 6  |
//   +--------+--+--+--+--+--+--+--+---------+---------+-- ... --+---------+
//   A fingerprint is 1..255, and 0 for an empty slot. `spills` is 1 if and only if an element whose
//   home is this line sits in a stash line.
//
//   slot      63           48 47                              2  1    0
//             | hash window  | address of the object >> 2      |elem|ttl|
//   Two bits for the owner: the object expires, elements of it do.
//
//   segment   line 0: header | home lines | stash lines    -> overflow segments (adversaries only)
#pragma once

#include <bit>
#include <cstdint>

namespace redstart {

// One element. The window is 16 bits of its hash: those that follow the leading ones, these being
// as many as the segment's depth rounded down to a multiple of 8. So seven doublings out of eight
// read no object.
struct Slot {
  static constexpr uint64_t kTtl = 1;
  static constexpr uint64_t kElementTtl = 2;
  static constexpr uint64_t kPointer = 0x0000'ffff'ffff'fffc;
  static constexpr uint64_t kWindow = 0xffff'0000'0000'0000;

  uint64_t word = 0;  // 0: empty

  void* object() const { return reinterpret_cast<void*>(word & kPointer); }
  uint32_t window() const { return static_cast<uint32_t>(word >> 48); }
  bool has_ttl() const { return (word & kTtl) != 0; }
  void set_ttl(bool on) { word = (word & ~kTtl) | (on ? kTtl : 0); }
  bool has_element_ttl() const { return (word & kElementTtl) != 0; }
  void set_element_ttl(bool on) { word = (word & ~kElementTtl) | (on ? kElementTtl : 0); }
};

struct alignas(64) Line {
  static constexpr int kSlots = 7;
  static constexpr uint64_t kSpills = 0xff;

  uint64_t meta = 0;
  Slot slots[kSlots];

  bool spills() const { return (meta & kSpills) != 0; }
  void set_spills(bool on) { meta = (meta & ~kSpills) | (on ? 1 : 0); }

  uint8_t fingerprint(int slot) const { return static_cast<uint8_t>(meta >> (8 * slot + 8)); }
  void set(int slot, uint64_t word, uint8_t fingerprint) {
    int shift = 8 * slot + 8;
    meta = (meta & ~(uint64_t{0xff} << shift)) | uint64_t{fingerprint} << shift;
    slots[slot].word = word;
  }

  // The high bit of byte i+1 is set where slot i has this fingerprint; 0 finds the empty slots.
  // No borrow runs between the bytes, so there are no false matches.
  uint64_t matches(uint8_t fingerprint) const {
    constexpr uint64_t kLow7 = 0x7f7f'7f7f'7f7f'7f7f;
    uint64_t x = meta ^ (uint64_t{0x0101'0101'0101'0101} * fingerprint);
    return ~(((x & kLow7) + kLow7) | x | kLow7) & ~uint64_t{0xff};
  }
  uint64_t empties() const { return matches(0); }

  static int slot_of(uint64_t matches) { return (std::countr_zero(matches) >> 3) - 1; }
  static int count_of(uint64_t matches) {
    return static_cast<int>(((matches >> 7) * 0x0101'0101'0101'0101) >> 56);
  }
};
static_assert(sizeof(Line) == 64);

// The sizes of segments. A table of one segment begins with the first; a split makes kSplitShape or
// larger.
struct SegmentShape {
  uint16_t bytes;
  uint8_t lines;  // header included
  uint8_t homes;
  uint8_t stashes;
  uint32_t slots() const { return (homes + stashes) * Line::kSlots; }
};

constexpr SegmentShape make_shape(int bytes, int stashes) {
  return {static_cast<uint16_t>(bytes), static_cast<uint8_t>(bytes / 64),
          static_cast<uint8_t>(bytes / 64 - 1 - stashes), static_cast<uint8_t>(stashes)};
}

inline constexpr SegmentShape kShapes[] = {
    make_shape(256, 1),  make_shape(512, 1),  make_shape(768, 2),  make_shape(1024, 2),
    make_shape(1536, 3), make_shape(2048, 4), make_shape(3072, 4), make_shape(4096, 4),
};
inline constexpr int kSplitShape = 5;
inline constexpr int kLastShape = 7;

struct alignas(64) Segment {
  uint64_t prefix;    // the smallest hash that belongs here
  Segment* overflow;  // more stash lines, when equal hashes make a split useless; else nullptr
  uint32_t count;     // elements, those of the overflow included (in an overflow segment: its own)
  uint32_t place;     // where the SegmentStore has it
  uint8_t depth;      // how many leading hash bits all elements share
  uint8_t shape;

  const SegmentShape& form() const { return kShapes[shape]; }
  Line* line(uint32_t i) { return reinterpret_cast<Line*>(this) + i; }
  Line* home(uint32_t i) { return line(1 + i); }

  // The stash lines, then those of the overflow segments. `visit(Segment*, Line*)` answers whether
  // to stop.
  template <class Visit>
  void each_stash(Visit&& visit) {
    for (uint32_t i = 1 + form().homes; i < form().lines; ++i) {
      if (visit(this, line(i))) return;
    }
    for (Segment* more = overflow; more != nullptr; more = more->overflow) {
      for (uint32_t i = 1; i < more->form().lines; ++i) {
        if (visit(more, more->line(i))) return;
      }
    }
  }

  // Every line that can hold elements.
  template <class Visit>
  void each_line(Visit&& visit) {
    for (uint32_t i = 0; i < form().homes; ++i) visit(home(i));
    each_stash([&](Segment*, Line* line) {
      visit(line);
      return false;
    });
  }
};
static_assert(sizeof(Segment) == sizeof(Line));

// Where a hash goes inside a segment of a given depth.
inline constexpr uint32_t kWindowStep = 8;

inline uint32_t window_of(uint64_t hash, uint32_t depth) {
  return static_cast<uint32_t>((hash << (depth & ~(kWindowStep - 1))) >> 48);
}

// The home line, from the window alone: its bits below the segment's depth, scaled to the number of
// homes. Monotone in the hash whatever the shape: that is what SCAN rests on.
inline uint32_t home_of(uint32_t window, uint32_t depth, uint32_t homes) {
  uint32_t below = (window << (depth % kWindowStep)) & 0xffff;
  return (below * homes) >> 16;
}

// The low byte of the hash, which neither directory nor window ever use.
inline uint8_t fingerprint_of(uint64_t hash) {
  auto byte = static_cast<uint8_t>(hash);
  return byte == 0 ? 1 : byte;
}

}  // namespace redstart
