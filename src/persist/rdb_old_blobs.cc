#include "persist/rdb_old_blobs.h"

#include <cstring>

namespace redstart {

namespace {

// Takes bytes off the front, as long as there are enough.
class Bytes {
 public:
  explicit Bytes(std::string_view text) : text_(text) {}

  size_t left() const { return text_.size(); }
  bool ok() const { return ok_; }
  std::string_view take(size_t size) {
    if (size > text_.size()) {
      ok_ = false;
      size = 0;
    }
    std::string_view part = text_.substr(0, size);
    text_.remove_prefix(size);
    return part;
  }
  uint64_t little(size_t size) {
    uint64_t value = 0;
    std::string_view part = take(size);
    part.copy(reinterpret_cast<char*>(&value), part.size());
    return value;
  }
  uint64_t big(size_t size) {
    uint64_t value = 0;
    for (char c : take(size)) value = value << 8 | static_cast<uint8_t>(c);
    return value;
  }

 private:
  std::string_view text_;
  bool ok_ = true;
};

int64_t signed_little(Bytes* in, size_t size) {
  int shift = static_cast<int>(64 - size * 8);
  return static_cast<int64_t>(in->little(size) << shift) >> shift;
}

// An item behind the length of the one before.
bool read_ziplist_item(Bytes* in, ListpackItem* item) {
  auto head = static_cast<uint8_t>(in->little(1));
  *item = {false, 0, {}};
  switch (head >> 6) {
    case 0:
      item->text = in->take(head & 0x3f);
      return in->ok();
    case 1:
      item->text = in->take(static_cast<size_t>(head & 0x3f) << 8 | in->little(1));
      return in->ok();
    case 2:
      if (head != 0x80) return false;
      item->text = in->take(in->big(4));
      return in->ok();
  }
  item->is_number = true;
  switch (head) {
    case 0xc0:
      item->number = signed_little(in, 2);
      break;
    case 0xd0:
      item->number = signed_little(in, 4);
      break;
    case 0xe0:
      item->number = signed_little(in, 8);
      break;
    case 0xf0:
      item->number = signed_little(in, 3);
      break;
    case 0xfe:
      item->number = signed_little(in, 1);
      break;
    default:
      if (head < 0xf1 || head > 0xfd) return false;
      item->number = (head & 15) - 1;
  }
  return in->ok();
}

}  // namespace

bool each_in_ziplist(std::string_view bytes,
                     const std::function<bool(const ListpackItem&)>& visit) {
  constexpr uint64_t kCountUnknown = 0xffff;
  constexpr size_t kHeader = 10;
  Bytes in(bytes);
  uint64_t size = in.little(4), tail = in.little(4), count = in.little(2);
  if (!in.ok() || size != bytes.size() || bytes.size() < kHeader + 1) return false;
  if (static_cast<uint8_t>(bytes.back()) != 0xff) return false;
  size_t before = 0;  // the bytes of the last item
  size_t last = kHeader;
  uint64_t seen = 0;
  while (in.left() > 1) {
    size_t begin = bytes.size() - in.left();
    uint64_t previous = in.little(1);
    if (previous == 0xff) return false;
    if (previous == 0xfe) previous = in.little(4);
    ListpackItem item;
    if (!in.ok() || previous != before || !read_ziplist_item(&in, &item)) return false;
    if (in.left() == 0) return false;
    if (!visit(item)) return false;
    last = begin;
    before = bytes.size() - in.left() - begin;
    seen++;
  }
  return tail == last && (count == kCountUnknown || count == seen);
}

bool each_in_zipmap(std::string_view bytes, const std::function<bool(const ListpackItem&)>& visit) {
  constexpr uint64_t kCountUnknown = 254;
  Bytes in(bytes);
  uint64_t count = in.little(1), seen = 0;
  auto read_length = [&](uint64_t* length) {
    *length = in.little(1);
    if (*length == 0xfe) *length = in.little(4);
    return in.ok() && *length != 0xff;
  };
  if (!in.ok()) return false;
  while (in.left() > 1) {
    uint64_t length;
    if (!read_length(&length)) return false;
    ListpackItem field{false, 0, in.take(length)};
    if (!read_length(&length)) return false;
    uint64_t unused = in.little(1);
    ListpackItem value{false, 0, in.take(length)};
    in.take(unused);
    if (!in.ok() || in.left() == 0) return false;
    if (!visit(field) || !visit(value)) return false;
    seen++;
  }
  if (in.little(1) != 0xff || !in.ok()) return false;
  // None is ever empty.
  return seen > 0 && (count >= kCountUnknown || count == seen);
}

}  // namespace redstart
