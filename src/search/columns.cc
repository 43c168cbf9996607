#include "search/columns.h"

#include <algorithm>

namespace redstart::search {

namespace {

constexpr uint64_t kSign = uint64_t{1} << 63;

uint32_t width_of(FieldType type) {
  switch (type) {
    case FieldType::kText:
    case FieldType::kBool:
      return 1;
    case FieldType::kKeyword:
    case FieldType::kFacet:
      return 4;
    case FieldType::kU64:
    case FieldType::kI64:
    case FieldType::kF64:
    case FieldType::kDate:
      break;
  }
  return 8;
}

// A bit for each of 64 values that is in [low, high]. Without branches, in pieces of eight, so that
// the compiler can do several at once.
template <class T>
uint64_t mask_of(const uint8_t* bytes, uint64_t low, uint64_t high) {
  uint64_t mask = 0;
  for (size_t at = 0; at < 64; at += 8) {
    T values[8];
    std::memcpy(values, bytes + at * sizeof(T), sizeof values);
    uint64_t bits = 0;
    for (size_t i = 0; i < 8; i++) {
      bits |= static_cast<uint64_t>(values[i] - low <= high - low) << i;
    }
    mask |= bits << at;
  }
  return mask;
}

}  // namespace

uint64_t code_of(double value) {
  if (value == 0) value = 0;  // -0 is 0
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

double number_of(FieldType type, uint64_t code) {
  switch (type) {
    case FieldType::kI64:
      return static_cast<double>(integer_of(code));
    case FieldType::kDate:
      return static_cast<double>(integer_of(code)) / 1000;
    case FieldType::kF64: {
      const uint64_t bits = (code & kSign) != 0 ? code & ~kSign : ~code;
      double value;
      std::memcpy(&value, &bits, sizeof value);
      return value;
    }
    default:
      return static_cast<double>(code);
  }
}

Column::Column(Heap& heap, FieldType type)
    : heap_(heap),
      type_(type),
      width_(width_of(type)),
      chunks_(HeapAllocator<Chunk*>(heap)),
      more_(HeapAllocator<More>(heap)) {}

Column::~Column() { release_chunks(); }

void Column::release_chunks() {
  for (Chunk* chunk : chunks_) {
    if (chunk != nullptr) heap_.release(chunk, chunk_bytes());
  }
  chunks_.clear();
}

size_t Column::count(DocNumber doc) const {
  size_t count = 0;
  each(doc, [&count](uint64_t) { count++; });
  return count;
}

size_t Column::more_begin(DocNumber at) const {
  const auto found = std::lower_bound(more_.begin(), more_.end(), at,
                                      [](const More& more, DocNumber a) { return more.at < a; });
  return found - more_.begin();
}

bool Column::more_between(DocNumber at, uint64_t low, uint64_t high) const {
  for (size_t i = more_begin(at); i < more_.size() && more_[i].at == at; i++) {
    if (low <= more_[i].code && more_[i].code <= high) return true;
  }
  return false;
}

uint64_t Column::mask_between(size_t word, uint64_t low, uint64_t high) const {
  if (low > high) return 0;
  const DocNumber first = static_cast<DocNumber>(word * 64);
  if (old_numbers_ != nullptr) {
    uint64_t mask = 0;
    const DocNumber end = std::min(first + 64, static_cast<DocNumber>(old_numbers_->size()));
    for (DocNumber doc = first; doc < end; doc++) {
      mask |= static_cast<uint64_t>(has_between(doc, low, high)) << (doc - first);
    }
    return mask;
  }
  const Chunk* chunk = chunk_of(first);
  if (chunk == nullptr) return 0;
  const uint64_t present = chunk->present[first % kChunk / 64];
  if (present == 0) return 0;
  const uint8_t* bytes = chunk->bytes + first % kChunk * width_;
  uint64_t mask = width_ == 8   ? mask_of<uint64_t>(bytes, low, high)
                  : width_ == 4 ? mask_of<uint32_t>(bytes, low, high)
                                : mask_of<uint8_t>(bytes, low, high);
  mask &= present;
  if (more_.empty()) return mask;
  for (size_t i = more_begin(first); i < more_.size() && more_[i].at - first < 64; i++) {
    if (low <= more_[i].code && more_[i].code <= high) {
      mask |= uint64_t{1} << (more_[i].at - first);
    }
  }
  return mask;
}

Column::Chunk* Column::chunk_for(DocNumber at) {
  const size_t chunk = at / kChunk;
  if (chunk >= chunks_.size()) chunks_.resize(chunk + 1);
  if (chunks_[chunk] == nullptr) {
    chunks_[chunk] = static_cast<Chunk*>(heap_.allocate(chunk_bytes()));
    std::memset(chunks_[chunk], 0, chunk_bytes());
  }
  return chunks_[chunk];
}

void Column::append(DocNumber doc, uint64_t code) {
  const DocNumber at = place(doc);
  if (has_at(at)) {
    more_.push_back({at, code});
  } else {
    put(at, code);
  }
}

void Column::put(DocNumber at, uint64_t code) { store(chunk_for(at), at % kChunk, code); }

void Column::store(Chunk* chunk, size_t i, uint64_t code) {
  chunk->present[i / 64] |= uint64_t{1} << i % 64;
  if (width_ == 8) {
    std::memcpy(chunk->bytes + i * 8, &code, 8);
  } else if (width_ == 4) {
    const auto low = static_cast<uint32_t>(code);
    std::memcpy(chunk->bytes + i * 4, &low, 4);
  } else {
    chunk->bytes[i] = static_cast<uint8_t>(code);
  }
}

void Column::renew(const HeapVector<DocNumber>& numbers) {
  old_numbers_ = nullptr;
  HeapVector<Chunk*> old{HeapAllocator<Chunk*>(heap_)};
  old.swap(chunks_);
  Chunk* to = nullptr;
  size_t to_chunk = SIZE_MAX;  // which one that is
  for (size_t c = 0; c < old.size(); c++) {
    if (old[c] == nullptr) continue;
    for (size_t w = 0; w < kChunk / 64; w++) {
      for (uint64_t bits = old[c]->present[w]; bits != 0; bits &= bits - 1) {
        const size_t i = w * 64 + __builtin_ctzll(bits);
        const DocNumber number = numbers[c * kChunk + i];
        if (number == kNoDoc) continue;
        if (number / kChunk != to_chunk) {
          to = chunk_for(number);
          to_chunk = number / kChunk;
        }
        store(to, number % kChunk, load(*old[c], i));
      }
    }
    heap_.release(old[c], chunk_bytes());
  }
  HeapVector<More> old_more{HeapAllocator<More>(heap_)};
  old_more.swap(more_);
  for (const More& more : old_more) {
    if (numbers[more.at] != kNoDoc) more_.push_back({numbers[more.at], more.code});
  }
}

}  // namespace redstart::search
