#include "core/listpack.h"

#include <bit>
#include <cassert>
#include <cstring>
#include <utility>

#include "base/slab.h"

namespace redstart {

namespace {

constexpr size_t kHeaderBytes = kListpackHeaderBytes;
constexpr size_t kEmptyBytes = kListpackEmptyBytes;
constexpr uint8_t kEnd = 0xff;
constexpr uint16_t kCountUnknown = 0xffff;

// First bytes of items. Those up to kNumber7Max are the number itself.
constexpr uint8_t kNumber7Max = 0x7f;
constexpr uint8_t kString6 = 0x80;   // 10llllll
constexpr uint8_t kNumber13 = 0xc0;  // 110vvvvv vvvvvvvv
constexpr uint8_t kString12 = 0xe0;  // 1110llll llllllll
constexpr uint8_t kString32 = 0xf0;
constexpr uint8_t kNumber16 = 0xf1;
constexpr uint8_t kNumber24 = 0xf2;
constexpr uint8_t kNumber32 = 0xf3;
constexpr uint8_t kNumber64 = 0xf4;

// Sizes are constants at nearly all places, where each of these becomes one or two instructions.
[[gnu::always_inline]] inline uint64_t load_little(const uint8_t* at, size_t size) {
  uint64_t value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    memcpy(&value, at, size);
  } else {
    for (size_t i = size; i-- > 0;) value = value << 8 | at[i];
  }
  return value;
}

[[gnu::always_inline]] inline void store_little(uint8_t* at, uint64_t value, size_t size) {
  if constexpr (std::endian::native == std::endian::little) {
    memcpy(at, &value, size);
  } else {
    for (size_t i = 0; i < size; i++, value >>= 8) at[i] = static_cast<uint8_t>(value);
  }
}

int64_t sign_extended(uint64_t value, int bits) {
  return static_cast<int64_t>(value << (64 - bits)) >> (64 - bits);
}

size_t total_bytes(const uint8_t* bytes) { return load_little(bytes, 4); }
uint16_t stored_count(const uint8_t* bytes) {
  return static_cast<uint16_t>(load_little(bytes + 4, 2));
}

// The bytes of an item before its string: enough to know its size. 0 for no item at all.
size_t header_size(uint8_t first) {
  if (first < kNumber13) return 1;
  if (first < kString32) return 2;
  switch (first) {
    case kString32:
      return 5;
    case kNumber16:
      return 3;
    case kNumber24:
      return 4;
    case kNumber32:
      return 5;
    case kNumber64:
      return 9;
    default:
      return 0;
  }
}

bool is_string(uint8_t first) {
  return (first >= kString6 && first < kNumber13) || (first >= kString12 && first <= kString32);
}

// REQUIRES: is_string(*item), its header readable.
size_t string_size(const uint8_t* item) {
  if (*item < kNumber13) return *item & 0x3f;
  if (*item < kString32) return static_cast<size_t>(*item & 0x0f) << 8 | item[1];
  return load_little(item + 1, 4);
}

// Header and string, without the back length.
size_t body_size(const uint8_t* item) {
  return header_size(*item) + (is_string(*item) ? string_size(item) : 0);
}

// The limits are one less than seven bits a byte would allow; other readers insist on them.
size_t back_length_size(size_t body) {
  if (body <= 127) return 1;
  if (body < (1 << 14) - 1) return 2;
  if (body < (1 << 21) - 1) return 3;
  if (body < (1 << 28) - 1) return 4;
  return 5;
}

size_t item_size(const uint8_t* item) {
  // Nearly all items: small numbers and short strings.
  if (*item <= kNumber7Max) return 2;
  if (*item < kNumber13) return 2 + (*item & 0x3f);
  const size_t body = body_size(item);
  return body + back_length_size(body);
}

// Seven bits a byte, the highest first; bit 7 says that another byte stands before.
void write_back_length(uint8_t* at, size_t body) {
  const size_t size = back_length_size(body);
  for (size_t i = size; i-- > 0; body >>= 7) {
    at[i] = static_cast<uint8_t>((body & 0x7f) | (i > 0 ? 0x80 : 0));
  }
}

// `end` points behind the last byte. Valid listpacks need no limit of steps.
size_t read_back_length(const uint8_t* end) {
  size_t body = 0;
  int shift = 0;
  do {
    end--;
    body |= static_cast<size_t>(*end & 0x7f) << shift;
    shift += 7;
  } while (*end & 0x80);
  return body;
}

// Growing a large block byte by byte must not copy it every time.
size_t block_size(size_t bytes) {
  if (bytes <= Slab::kLargest) return Slab::class_size(bytes);
  const size_t step = bytes < 64 * 1024 ? 1024 : std::bit_floor(bytes) / 8;
  return (bytes + step - 1) / step * step;
}

uint8_t* new_block(Slab& slab, size_t bytes) {
  return static_cast<uint8_t*>(slab.allocate(block_size(bytes)));
}

}  // namespace

bool listpack_valid(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  if (text.size() < kEmptyBytes || text.size() > kListpackMaxBytes) return false;
  if (total_bytes(bytes) != text.size() || bytes[text.size() - 1] != kEnd) return false;

  const uint8_t* const end = bytes + text.size() - 1;
  size_t count = 0;
  for (const uint8_t* item = bytes + kHeaderBytes; item != end; count++) {
    const auto room = static_cast<size_t>(end - item);
    const size_t header = header_size(*item);
    if (header == 0 || header > room || item_size(item) > room) return false;
    const size_t body = body_size(item);
    uint8_t back_length[5];
    write_back_length(back_length, body);
    if (memcmp(item + body, back_length, back_length_size(body)) != 0) return false;
    item += item_size(item);
  }
  return stored_count(bytes) == kCountUnknown || stored_count(bytes) == count;
}

// ---- an item, ready to be copied ----------------------------------------------------------------

EncodedItem::EncodedItem(std::string_view text) {
  int64_t number;
  if (parse_int64(text, &number)) {
    encode(number);
  } else {
    encode(text);
  }
}

void EncodedItem::encode(std::string_view text) {
  tail_ = text;
  if (text.size() < 64) {
    put(kString6 | text.size(), 1);
  } else if (text.size() < 4096) {
    put((kString12 | text.size() >> 8) | (text.size() & 0xff) << 8, 2);
  } else {
    put(kString32 | uint64_t{text.size()} << 8, 5);
  }
}

void EncodedItem::encode(int64_t number) {
  const auto bits = static_cast<uint64_t>(number);
  if (number >= 0 && number <= kNumber7Max) {
    put(bits, 1);
  } else if (number == sign_extended(bits, 13)) {
    put((kNumber13 | (bits >> 8 & 0x1f)) | (bits & 0xff) << 8, 2);
  } else if (number == sign_extended(bits, 16)) {
    put(kNumber16 | bits << 8, 3);
  } else if (number == sign_extended(bits, 24)) {
    put(kNumber24 | bits << 8, 4);
  } else if (number == sign_extended(bits, 32)) {
    put(kNumber32 | bits << 8, 5);
  } else {
    put(kNumber64, 1);
    store_little(head_ + 1, bits, 8);
    head_size_ = 9;
  }
}

void EncodedItem::put(uint64_t little, size_t size) {
  store_little(head_, little, size);
  head_size_ = static_cast<uint8_t>(size);
}

size_t EncodedItem::size() const { return body() + back_length_size(body()); }

void EncodedItem::write(uint8_t* at) const {
  memcpy(at, head_, head_size_);
  if (!tail_.empty()) memcpy(at + head_size_, tail_.data(), tail_.size());
  write_back_length(at + body(), body());
}

void write_listpack_frame(uint8_t* bytes, size_t byte_size, size_t count) {
  store_little(bytes, byte_size, 4);
  store_little(bytes + 4, count < kCountUnknown ? count : kCountUnknown, 2);
  bytes[byte_size - 1] = kEnd;
}

size_t listpack_item_size(std::string_view text) {
  size_t body = text.size();
  int64_t number;
  if (!parse_int64(text, &number)) {
    body += body < 64 ? 1 : body < 4096 ? 2 : 5;
    return body + back_length_size(body);
  }
  const auto bits = static_cast<uint64_t>(number);
  if (number >= 0 && number <= kNumber7Max) return 2;
  if (number == sign_extended(bits, 13)) return 3;
  if (number == sign_extended(bits, 16)) return 4;
  if (number == sign_extended(bits, 24)) return 5;
  if (number == sign_extended(bits, 32)) return 6;
  return 10;
}

bool ListpackItem::equals(std::string_view other) const {
  if (!is_number) return text == other;
  int64_t value;
  return parse_int64(other, &value) && value == number;
}

// ---- reading ------------------------------------------------------------------------------------

size_t ListpackView::byte_size() const { return total_bytes(bytes_); }

std::string_view ListpackView::bytes() const {
  return {reinterpret_cast<const char*>(bytes_), byte_size()};
}

size_t ListpackView::count() const {
  const uint16_t stored = stored_count(bytes_);
  if (stored != kCountUnknown) return stored;
  size_t count = 0;
  for (uint32_t pos = first(); pos != end(); pos = next(pos)) count++;
  return count;
}

uint32_t ListpackView::first() const { return kHeaderBytes; }
uint32_t ListpackView::end() const { return static_cast<uint32_t>(byte_size() - 1); }

uint32_t ListpackView::next(uint32_t pos) const {
  return pos + static_cast<uint32_t>(item_size(bytes_ + pos));
}

uint32_t ListpackView::prev(uint32_t pos) const {
  const size_t body = read_back_length(bytes_ + pos);
  return pos - static_cast<uint32_t>(body + back_length_size(body));
}

uint32_t ListpackView::skip(uint32_t pos, size_t items) const {
  const uint32_t stop = end();
  for (; items > 0 && pos != stop; items--) pos = next(pos);
  return pos;
}

uint32_t ListpackView::seek(int64_t index) const {
  const uint16_t stored = stored_count(bytes_);
  if (stored != kCountUnknown) {
    const int64_t count = stored;
    if (index >= count || index < -count) return end();
    // The nearer end is the cheaper start.
    if (index >= 0 && index > count / 2) index -= count;
    if (index < 0 && index < -count / 2) index += count;
  }
  if (index >= 0) return skip(first(), static_cast<size_t>(index));
  uint32_t pos = end();
  for (; index < 0; index++) {
    if (pos == first()) return end();
    pos = prev(pos);
  }
  return pos;
}

ListpackItem ListpackView::at(uint32_t pos) const {
  const uint8_t* item = bytes_ + pos;
  const uint8_t first = *item;
  if (is_string(first)) {
    const auto* text = reinterpret_cast<const char*>(item + header_size(first));
    return {false, 0, {text, string_size(item)}};
  }
  if (first <= kNumber7Max) return {true, first, {}};
  switch (first) {
    case kNumber16:
      return {true, sign_extended(load_little(item + 1, 2), 16), {}};
    case kNumber24:
      return {true, sign_extended(load_little(item + 1, 3), 24), {}};
    case kNumber32:
      return {true, sign_extended(load_little(item + 1, 4), 32), {}};
    case kNumber64:
      return {true, static_cast<int64_t>(load_little(item + 1, 8)), {}};
    default:
      return {true, sign_extended((first & 0x1fu) << 8 | item[1], 13), {}};
  }
}

uint32_t ListpackView::find(uint32_t pos, std::string_view text, size_t skipped) const {
  int64_t number = 0;
  const bool is_number = parse_int64(text, &number);
  const uint32_t stop = end();
  while (pos != stop) {
    const uint8_t first = bytes_[pos];
    if (first >= kString6 && first < kNumber13) {
      // Short strings, nearly all there are, are told apart by their length alone.
      if ((first & 0x3fu) == text.size() &&
          memcmp(bytes_ + pos + 1, text.data(), text.size()) == 0) {
        return pos;
      }
    } else if (is_string(first) ? at(pos).text == text : is_number && at(pos).number == number) {
      return pos;
    }
    pos = skip(next(pos), skipped);
  }
  return stop;
}

// ---- changing -----------------------------------------------------------------------------------

Listpack::Listpack(Slab& slab) : slab_(&slab), bytes_(new_block(slab, kEmptyBytes)) {
  write_listpack_frame(bytes_, kEmptyBytes, 0);
}

Listpack::Listpack(Slab& slab, std::string_view bytes)
    : slab_(&slab), bytes_(new_block(slab, bytes.size())) {
  memcpy(bytes_, bytes.data(), bytes.size());
}

Listpack::~Listpack() {
  if (bytes_ != nullptr) destroy(*slab_, bytes_);
}

Listpack::Listpack(Listpack&& other) noexcept : slab_(other.slab_), bytes_(other.release()) {}

Listpack& Listpack::operator=(Listpack&& other) noexcept {
  std::swap(slab_, other.slab_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

Listpack Listpack::adopt(Slab& slab, uint8_t* bytes) { return Listpack(slab, bytes); }
uint8_t* Listpack::release() { return std::exchange(bytes_, nullptr); }

void Listpack::destroy(Slab& slab, uint8_t* bytes) {
  slab.release(bytes, block_size(total_bytes(bytes)));
}

size_t Listpack::allocated_bytes(size_t byte_size) {
  return Slab::class_size(block_size(byte_size));
}

void Listpack::resize_gap(uint32_t pos, size_t old_bytes, size_t new_bytes, int64_t count_change) {
  const size_t old_total = byte_size();
  const size_t new_total = old_total - old_bytes + new_bytes;
  assert(new_total <= kListpackMaxBytes);
  const size_t behind = old_total - pos - old_bytes;
  uint8_t* target = bytes_;
  if (block_size(new_total) != block_size(old_total)) {
    target = new_block(*slab_, new_total);
    memcpy(target, bytes_, pos);
  }
  memmove(target + pos + new_bytes, bytes_ + pos + old_bytes, behind);
  if (target != bytes_) {
    slab_->release(bytes_, block_size(old_total));
    bytes_ = target;
  }
  store_little(bytes_, new_total, 4);
  // Once the count is unknown it stays so, even if the items become few again.
  if (stored_count(bytes_) == kCountUnknown) return;
  const int64_t count = stored_count(bytes_) + count_change;
  store_little(bytes_ + 4, count < kCountUnknown ? static_cast<uint64_t>(count) : kCountUnknown, 2);
}

void Listpack::insert_item(uint32_t pos, const EncodedItem& item) {
  resize_gap(pos, 0, item.size(), 1);
  item.write(bytes_ + pos);
}

void Listpack::replace_item(uint32_t pos, const EncodedItem& item) {
  resize_gap(pos, item_size(bytes_ + pos), item.size(), 0);
  item.write(bytes_ + pos);
}

void Listpack::append(std::string_view text) { insert(view().end(), text); }
void Listpack::append(int64_t number) { insert(view().end(), number); }
void Listpack::prepend(std::string_view text) { insert(view().first(), text); }
void Listpack::insert(uint32_t pos, std::string_view text) { insert_item(pos, EncodedItem(text)); }
void Listpack::insert(uint32_t pos, int64_t number) { insert_item(pos, EncodedItem(number)); }
void Listpack::replace(uint32_t pos, std::string_view text) {
  replace_item(pos, EncodedItem(text));
}
void Listpack::replace(uint32_t pos, int64_t number) { replace_item(pos, EncodedItem(number)); }

void Listpack::erase(uint32_t pos, size_t items) {
  const uint32_t stop = view().end();
  uint32_t behind = pos;
  int64_t erased = 0;
  for (; items > 0 && behind != stop; items--, erased++) behind = view().next(behind);
  resize_gap(pos, behind - pos, 0, -erased);
}

void Listpack::append_all(ListpackView other) {
  const uint32_t pos = view().end();
  const size_t size = other.end() - other.first();
  resize_gap(pos, 0, size, static_cast<int64_t>(other.count()));
  memcpy(bytes_ + pos, other.bytes().data() + kHeaderBytes, size);
}

void Listpack::clear() { erase(view().first(), SIZE_MAX); }

}  // namespace redstart
