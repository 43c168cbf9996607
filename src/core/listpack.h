// Many short strings and integers in one block of bytes: what small hashes, sets, sorted sets and
// the nodes of lists and streams are made of.
//
// The layout is that of the public listpack specification, so that memory, DUMP and RDB files hold
// the same bytes:
//
//   +----------+----------+------+------+-----+------+------+
//   | bytes u32| count u16| item | item | ... | item | 0xFF |      little endian
//   +----------+----------+------+------+-----+------+------+
//   item = header (type, length or number), string bytes, back length
//
// A text that is a canonical int64 ("42", not "042") is stored as a number of 1 to 9 bytes. The
// back length counts header and string; read from its end, it leads to the item before. A count of
// 65535 means "unknown, walk".
//
// ListpackView reads borrowed bytes; Listpack owns a block of a Slab and changes it. Positions are
// byte offsets: they stay right while the block moves, up to the first byte that a change touches.
// Both trust their bytes: what comes from outside passes listpack_valid() first.
//
// Cost: next, prev and at are O(1), seek and find walk, a change moves the bytes behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/numbers.h"

namespace redstart {

class Slab;

// The longest a listpack may become, so that positions and sizes fit 32 bits with room to spare.
inline constexpr size_t kListpackMaxBytes = size_t{1} << 30;

// Whether untrusted bytes are a listpack: sizes, every item, both directions, the count.
bool listpack_valid(std::string_view bytes);

// The bytes that a text takes as an item.
size_t listpack_item_size(std::string_view text);

struct ListpackItem {
  bool is_number;
  int64_t number;         // if is_number
  std::string_view text;  // otherwise; lies in the listpack

  // Either form as text. `buffer` must outlive the result.
  std::string_view view(char (&buffer)[kIntTextMax]) const {
    return is_number ? std::string_view(buffer, write_int64(buffer, number)) : text;
  }
  std::string to_string() const { return is_number ? int64_text(number) : std::string(text); }
  size_t text_size() const { return is_number ? int64_text_size(number) : text.size(); }
  bool equals(std::string_view other) const;
};

// An item in its bytes, ready to be written: for those who hold a listpack in a block of their own.
class EncodedItem {
 public:
  // REQUIRES: the text outlives this.
  explicit EncodedItem(std::string_view text);
  explicit EncodedItem(int64_t number) { encode(number); }

  size_t size() const;
  // Exactly size() bytes.
  void write(uint8_t* at) const;

 private:
  void encode(std::string_view text);
  void encode(int64_t number);
  void put(uint64_t little, size_t size);
  size_t body() const { return head_size_ + tail_.size(); }

  uint8_t head_[9];
  uint8_t head_size_;
  std::string_view tail_;
};

// The first and the last bytes of a listpack of this size.
inline constexpr size_t kListpackHeaderBytes = 6;
inline constexpr size_t kListpackEmptyBytes = kListpackHeaderBytes + 1;
void write_listpack_frame(uint8_t* bytes, size_t byte_size, size_t count);

class ListpackView {
 public:
  // REQUIRES: a valid listpack, which outlives the view.
  explicit ListpackView(const uint8_t* bytes) : bytes_(bytes) {}
  explicit ListpackView(std::string_view bytes)
      : bytes_(reinterpret_cast<const uint8_t*>(bytes.data())) {}

  size_t byte_size() const;
  std::string_view bytes() const;
  size_t count() const;
  bool empty() const { return first() == end(); }

  // From first() while not end():              pos = next(pos)
  // From end() while not first():              pos = prev(pos), then read
  uint32_t first() const;
  uint32_t end() const;
  uint32_t next(uint32_t pos) const;
  uint32_t prev(uint32_t pos) const;
  uint32_t last() const { return prev(end()); }
  // Negative indexes count from the end, -1 is the last item. Out of range: end().
  uint32_t seek(int64_t index) const;
  uint32_t skip(uint32_t pos, size_t items) const;

  ListpackItem at(uint32_t pos) const;
  // The first item from `pos` on that equals `text`, looking only at every (skipped + 1)th: 1 looks
  // at the fields of field-value pairs. end() if there is none.
  uint32_t find(uint32_t pos, std::string_view text, size_t skipped = 0) const;

 private:
  const uint8_t* bytes_;
};

class Listpack {
 public:
  // Empty.
  explicit Listpack(Slab& slab);
  // A copy. REQUIRES: valid bytes.
  Listpack(Slab& slab, std::string_view bytes);
  ~Listpack();
  Listpack(Listpack&& other) noexcept;
  Listpack& operator=(Listpack&& other) noexcept;

  // An owner elsewhere may hold the block as a bare pointer: adopt() takes it over for a change and
  // release() hands it back (it may have moved).
  static Listpack adopt(Slab& slab, uint8_t* bytes);
  uint8_t* release();
  static void destroy(Slab& slab, uint8_t* bytes);
  // What a block of this many bytes takes from the slab.
  static size_t allocated_bytes(size_t byte_size);

  ListpackView view() const { return ListpackView(bytes_); }
  size_t byte_size() const { return view().byte_size(); }
  size_t count() const { return view().count(); }
  bool empty() const { return view().empty(); }

  // REQUIRES below: the text lies elsewhere, for the block may move.
  void append(std::string_view text);
  void append(int64_t number);
  void prepend(std::string_view text);
  // The new item stands at `pos`, the one that stood there follows.
  void insert(uint32_t pos, std::string_view text);
  void insert(uint32_t pos, int64_t number);
  void replace(uint32_t pos, std::string_view text);
  void replace(uint32_t pos, int64_t number);
  // Afterwards `pos` is the item behind the erased ones. Stops at the end.
  void erase(uint32_t pos, size_t items = 1);
  // All items of `other`. REQUIRES: `other` is not this listpack.
  void append_all(ListpackView other);
  void clear();

 private:
  Listpack(Slab& slab, uint8_t* bytes) : slab_(&slab), bytes_(bytes) {}
  void insert_item(uint32_t pos, const EncodedItem& item);
  void replace_item(uint32_t pos, const EncodedItem& item);
  // Makes the bytes [pos, pos + old_bytes) new_bytes long and adjusts size and count.
  void resize_gap(uint32_t pos, size_t old_bytes, size_t new_bytes, int64_t count_change);

  Slab* slab_;
  uint8_t* bytes_;
};

}  // namespace redstart
