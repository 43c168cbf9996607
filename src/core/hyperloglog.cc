#include "core/hyperloglog.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/numbers.h"

namespace redstart {

namespace {

constexpr int kIndexBits = 14;
constexpr int kRankBits = 64 - kIndexBits;  // of the hash
constexpr int kRegisterBits = 6;
constexpr uint8_t kRegisterMax = 63;

constexpr size_t kHeaderBytes = 16;
constexpr size_t kDenseBytes = kHeaderBytes + kHllRegisters * kRegisterBits / 8;
constexpr size_t kCountAt = 8;
constexpr char kMagic[] = {'H', 'Y', 'L', 'L'};
constexpr char kDense = 0;
constexpr char kSparse = 1;

uint64_t little_endian(const char* from, size_t size) {
  uint64_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | static_cast<uint8_t>(from[i]);
  return value;
}

// MurmurHash64A, which is in the public domain.
uint64_t murmur(std::string_view text, uint64_t seed) {
  constexpr uint64_t kFactor = 0xc6a4a7935bd1e995;
  constexpr int kShift = 47;
  uint64_t hash = seed ^ (text.size() * kFactor);
  for (; text.size() >= 8; text.remove_prefix(8)) {
    uint64_t word = little_endian(text.data(), 8) * kFactor;
    word ^= word >> kShift;
    hash = (hash ^ word * kFactor) * kFactor;
  }
  if (!text.empty()) hash = (hash ^ little_endian(text.data(), text.size())) * kFactor;
  hash ^= hash >> kShift;
  hash *= kFactor;
  return hash ^ hash >> kShift;
}

// ---- dense registers ----------------------------------------------------------------------------

uint8_t dense_at(const char* registers, uint32_t index) {
  size_t bit = size_t{index} * kRegisterBits;
  size_t shift = bit % 8;
  auto low = static_cast<uint8_t>(registers[bit / 8]);
  unsigned value = low >> shift;
  // The last register ends with its byte, so that nothing behind it is read.
  if (shift > 2)
    value |= static_cast<unsigned>(static_cast<uint8_t>(registers[bit / 8 + 1])) << (8 - shift);
  return value & kRegisterMax;
}

void set_dense(char* registers, uint32_t index, uint8_t rank) {
  size_t bit = size_t{index} * kRegisterBits;
  size_t shift = bit % 8;
  auto put = [&](size_t byte, unsigned mask, unsigned bits) {
    registers[byte] = static_cast<char>((static_cast<uint8_t>(registers[byte]) & ~mask) | bits);
  };
  put(bit / 8, kRegisterMax << shift & 0xff, rank << shift & 0xff);
  if (shift > 2) put(bit / 8 + 1, kRegisterMax >> (8 - shift), rank >> (8 - shift));
}

// ---- sparse runs --------------------------------------------------------------------------------

constexpr uint8_t kRankMax = 32;
constexpr uint32_t kRanksMax = 4;     // registers of a run of ranks
constexpr uint32_t kZerosShort = 64;  // registers of zeros in a run of one byte

struct Run {
  uint32_t registers;
  uint8_t rank;  // 0: zeros
  uint8_t bytes;
};

// REQUIRES: `at` lies in the runs. A run of two bytes that is cut off has no registers.
Run run_at(std::string_view bytes, size_t at) {
  auto first = static_cast<uint8_t>(bytes[at]);
  if (first & 0x80) return {(first & 3u) + 1, static_cast<uint8_t>((first >> 2 & 31) + 1), 1};
  if (!(first & 0x40)) return {(first & 63u) + 1, 0, 1};
  if (at + 1 >= bytes.size()) return {0, 0, 1};
  return {((first & 63u) << 8 | static_cast<uint8_t>(bytes[at + 1])) + 1, 0, 2};
}

char ranks_run(uint8_t rank, uint32_t registers) {
  return static_cast<char>(0x80 | (rank - 1) << 2 | (registers - 1));
}

void append_run(std::string* runs, uint8_t rank, uint32_t registers) {
  if (registers == 0) return;
  if (rank > 0) {
    runs->push_back(ranks_run(rank, registers));
  } else if (registers <= kZerosShort) {
    runs->push_back(static_cast<char>(registers - 1));
  } else {
    runs->push_back(static_cast<char>(0x40 | (registers - 1) >> 8));
    runs->push_back(static_cast<char>(registers - 1));
  }
}

// Calls visit(first register, run) for all runs. False when they do not make 16384 registers.
template <class Visit>
bool each_run(std::string_view bytes, Visit visit) {
  size_t registers = 0;
  for (size_t at = kHeaderBytes; at < bytes.size();) {
    Run run = run_at(bytes, at);
    if (run.registers == 0 || registers + run.registers > kHllRegisters) return false;
    visit(static_cast<uint32_t>(registers), run);
    registers += run.registers;
    at += run.bytes;
  }
  return registers == kHllRegisters;
}

// Neighbours of one rank become one run, as far as Redis looks for them: five runs from here on.
void join_runs(std::string* bytes, size_t at) {
  for (int steps = 5; steps > 0 && at < bytes->size(); steps--) {
    Run run = run_at(*bytes, at);
    bool joined = false;
    if (run.rank > 0 && at + 1 < bytes->size()) {
      Run next = run_at(*bytes, at + 1);
      uint32_t registers = run.registers + next.registers;
      if (next.rank == run.rank && registers <= kRanksMax) {
        (*bytes)[at] = ranks_run(run.rank, registers);
        bytes->erase(at + 1, 1);
        joined = true;
      }
    }
    if (!joined) at += run.bytes;
  }
}

HllOutcome lift_in_dense_form(std::string* bytes, HllLift lift) {
  if (!hll_make_dense(bytes)) return HllOutcome::kBroken;
  return hll_lift_dense(bytes->data(), lift) ? HllOutcome::kChanged : HllOutcome::kSame;
}

HllOutcome lift_sparse(std::string* bytes, HllLift lift, size_t max_bytes) {
  if (lift.rank > kRankMax) return lift_in_dense_form(bytes, lift);
  size_t at = kHeaderBytes, before = kHeaderBytes;
  uint32_t first = 0;
  Run run = {};
  for (; at < bytes->size(); before = at, at += run.bytes, first += run.registers) {
    run = run_at(*bytes, at);
    if (run.registers == 0) return HllOutcome::kBroken;
    if (lift.index < first + run.registers) break;
  }
  if (at >= bytes->size()) return HllOutcome::kBroken;
  if (run.rank >= lift.rank) return HllOutcome::kSame;

  std::string split;
  append_run(&split, run.rank, lift.index - first);
  append_run(&split, lift.rank, 1);
  append_run(&split, run.rank, first + run.registers - 1 - lift.index);
  if (split.size() > run.bytes && bytes->size() - run.bytes + split.size() > max_bytes) {
    return lift_in_dense_form(bytes, lift);
  }
  bytes->replace(at, run.bytes, split);
  join_runs(bytes, before);
  hll_forget_count(bytes->data());
  return HllOutcome::kChanged;
}

// ---- the estimate -------------------------------------------------------------------------------
// Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", arXiv:1702.01284.

using Histogram = std::array<int, kRegisterMax + 1>;

double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1, z = x, before;
  do {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  } while (before != z);
  return z;
}

double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1, z = 1 - x, before;
  do {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  } while (before != z);
  return z / 3;
}

uint64_t estimate(const Histogram& registers_of_rank) {
  constexpr double kAlpha = 0.721347520444481703680;  // 1 / (2 ln 2)
  constexpr double kAll = kHllRegisters;
  double z = kAll * tau((kAll - registers_of_rank[kRankBits + 1]) / kAll);
  for (int rank = kRankBits; rank >= 1; rank--) z = (z + registers_of_rank[rank]) * 0.5;
  z += kAll * sigma(registers_of_rank[0] / kAll);
  return static_cast<uint64_t>(std::llround(kAlpha * kAll * kAll / z));
}

// Calls visit(index, rank) for each dense register, four of three bytes at a time.
template <class Visit>
void each_dense(const char* registers, Visit visit) {
  for (uint32_t index = 0; index < kHllRegisters; index += 4, registers += 3) {
    uint64_t bits = little_endian(registers, 3);
    for (uint32_t i = 0; i < 4; i++, bits >>= kRegisterBits) {
      visit(index + i, static_cast<uint8_t>(bits & kRegisterMax));
    }
  }
}

}  // namespace

HllLift hll_lift(std::string_view element) {
  uint64_t hash = murmur(element, 0xadc83b19);
  uint64_t rest = hash >> kIndexBits | uint64_t{1} << kRankBits;
  return {static_cast<uint32_t>(hash & (kHllRegisters - 1)),
          static_cast<uint8_t>(std::countr_zero(rest) + 1)};
}

uint64_t hll_count(const HllRegisters& registers) {
  Histogram histogram = {};
  for (uint8_t rank : registers) histogram[rank]++;
  return estimate(histogram);
}

// ---- reading ------------------------------------------------------------------------------------

bool HllView::well_formed() const {
  if (bytes_.size() < kHeaderBytes) return false;
  if (bytes_.substr(0, sizeof kMagic) != std::string_view(kMagic, sizeof kMagic)) return false;
  return bytes_[4] == kSparse || (bytes_[4] == kDense && bytes_.size() == kDenseBytes);
}

bool HllView::kept_count(uint64_t* count) const {
  *count = little_endian(bytes_.data() + kCountAt, 8);
  return !(*count >> 63);
}

bool HllView::count(uint64_t* count) const {
  Histogram histogram = {};
  if (sparse()) {
    auto add = [&](uint32_t, Run run) { histogram[run.rank] += static_cast<int>(run.registers); };
    if (!each_run(bytes_, add)) return false;
  } else {
    each_dense(bytes_.data() + kHeaderBytes, [&](uint32_t, uint8_t rank) { histogram[rank]++; });
  }
  *count = estimate(histogram);
  return true;
}

bool HllView::merge_into(HllRegisters* registers) const {
  auto lift = [&](uint32_t index, uint8_t rank) {
    (*registers)[index] = std::max((*registers)[index], rank);
  };
  if (sparse()) {
    return each_run(bytes_, [&](uint32_t first, Run run) {
      if (run.rank == 0) return;
      for (uint32_t i = 0; i < run.registers; i++) lift(first + i, run.rank);
    });
  }
  each_dense(bytes_.data() + kHeaderBytes, lift);
  return true;
}

uint8_t HllView::dense_register(uint32_t index) const {
  return dense_at(bytes_.data() + kHeaderBytes, index);
}

std::string HllView::runs_text() const {
  std::string text;
  for (size_t at = kHeaderBytes; at < bytes_.size();) {
    Run run = run_at(bytes_, at);
    if (!text.empty()) text += ' ';
    if (run.rank > 0) {
      text += "v:" + int64_text(run.rank) + "," + int64_text(run.registers);
    } else {
      text += (run.bytes == 2 ? "Z:" : "z:") + int64_text(run.registers);
    }
    at += run.bytes;
  }
  return text;
}

// ---- changing -----------------------------------------------------------------------------------

std::string hll_empty() {
  std::string bytes(kHeaderBytes, '\0');
  std::copy(std::begin(kMagic), std::end(kMagic), bytes.begin());
  bytes[4] = kSparse;
  append_run(&bytes, 0, kHllRegisters);
  return bytes;
}

void hll_keep_count(char* bytes, uint64_t count) {
  for (size_t i = 0; i < 8; i++, count >>= 8) bytes[kCountAt + i] = static_cast<char>(count);
}

void hll_forget_count(char* bytes) {
  char& highest = bytes[kCountAt + 7];
  highest = static_cast<char>(highest | 0x80);
}

bool hll_lift_dense(char* bytes, HllLift lift) {
  char* registers = bytes + kHeaderBytes;
  if (dense_at(registers, lift.index) >= lift.rank) return false;
  set_dense(registers, lift.index, lift.rank);
  return true;
}

HllOutcome hll_apply(std::string* bytes, HllLift lift, size_t sparse_max_bytes) {
  if (HllView(*bytes).sparse()) return lift_sparse(bytes, lift, sparse_max_bytes);
  return hll_lift_dense(bytes->data(), lift) ? HllOutcome::kChanged : HllOutcome::kSame;
}

bool hll_make_dense(std::string* bytes) {
  if (!HllView(*bytes).sparse()) return true;
  std::string dense = bytes->substr(0, kHeaderBytes);
  dense[4] = kDense;
  dense.resize(kDenseBytes);
  bool whole = each_run(*bytes, [&](uint32_t first, Run run) {
    if (run.rank == 0) return;
    for (uint32_t i = 0; i < run.registers; i++) {
      set_dense(dense.data() + kHeaderBytes, first + i, run.rank);
    }
  });
  if (whole) *bytes = std::move(dense);
  return whole;
}

}  // namespace redstart
