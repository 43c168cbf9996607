// A value of a JSON document: 16 bytes, with what does not fit in them behind a pointer.
//
//   bytes 0..13          14              15
//   text of <= 14 bytes  its size        kShortText
//   pointer 8, size 4                    kLongText        -> the bytes
//   pointer 8, size 4, room 2            kArray           -> room x node
//   pointer 8, size 4, room 2            kObject          -> room x node, room x number of a name,
//                                                            from 64 members on: an index
//   number 8                             kInt, kNatural (above the largest int64), kReal
//                                        kNull, kFalse, kTrue
//
// The index of an object is a table of positions, open addressing, found by the number of a name
// (json_names.h). `room` is a code: up to 255 the number itself, above that steps of a quarter of a
// power of two, so that two bytes say how large a block is.
//
// A node is plain bytes, moved by copying them; whoever holds it last calls release(). Objects keep
// their members in the order in which they came. Nothing is nested deeper than kJsonDepthMax, which
// is what bounds every recursion over nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace redstart {

class JsonNames;
class Slab;

// Containers inside each other; a document that is a scalar has depth 0.
inline constexpr int kJsonDepthMax = 127;

// Where nodes live.
struct JsonHeap {
  Slab& slab;
  JsonNames& names;
};

class JsonNode {
 public:
  enum class Kind : uint8_t {
    kNull,
    kFalse,
    kTrue,
    kInt,
    kNatural,
    kReal,
    kShortText,
    kLongText,
    kArray,
    kObject,
  };
  static constexpr size_t kShortTextMax = 14;
  static constexpr uint32_t kNowhere = UINT32_MAX;

  JsonNode() : bytes_{} {}
  static JsonNode of(bool value) { return JsonNode(value ? Kind::kTrue : Kind::kFalse); }
  static JsonNode of(int64_t value) { return with_number(Kind::kInt, value); }
  static JsonNode of_natural(uint64_t value);
  static JsonNode of(double value) { return with_number(Kind::kReal, value); }
  static JsonNode of_text(JsonHeap heap, std::string_view text);
  static JsonNode empty_array() { return JsonNode(Kind::kArray); }
  static JsonNode empty_object() { return JsonNode(Kind::kObject); }
  // Both adopt what they are given. A name that comes twice keeps its place and takes the later
  // value.
  static JsonNode array_of(JsonHeap heap, std::span<const JsonNode> items);
  static JsonNode object_of(JsonHeap heap, std::span<const uint32_t> names,
                            std::span<const JsonNode> values);

  Kind kind() const { return static_cast<Kind>(bytes_[15]); }
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_bool() const { return kind() == Kind::kFalse || kind() == Kind::kTrue; }
  bool is_number() const { return kind() >= Kind::kInt && kind() <= Kind::kReal; }
  bool is_text() const { return kind() == Kind::kShortText || kind() == Kind::kLongText; }
  bool is_array() const { return kind() == Kind::kArray; }
  bool is_object() const { return kind() == Kind::kObject; }
  bool is_container() const { return is_array() || is_object(); }

  bool boolean() const { return kind() == Kind::kTrue; }
  int64_t integer() const { return load<int64_t>(0); }    // REQUIRES: kInt
  uint64_t natural() const { return load<uint64_t>(0); }  // REQUIRES: kNatural
  double real() const;                                    // REQUIRES: is_number()
  std::string_view text() const;                          // REQUIRES: is_text()

  // Of containers.
  uint32_t size() const { return load<uint32_t>(8); }
  JsonNode* items() const { return static_cast<JsonNode*>(block()); }
  JsonNode& item(uint32_t at) const { return items()[at]; }
  uint32_t name(uint32_t at) const { return names()[at]; }
  // The position of a member; kNowhere without one.
  uint32_t position_of(uint32_t name) const;
  JsonNode* find(uint32_t name) const {
    uint32_t at = position_of(name);
    return at == kNowhere ? nullptr : &item(at);
  }

  // Adopts the nodes. REQUIRES: is_array(), at <= size().
  void insert(JsonHeap heap, uint32_t at, std::span<const JsonNode> nodes);
  // Puts items [from, from + count) aside, in order, for the caller. REQUIRES: they are there.
  void take(JsonHeap heap, uint32_t from, uint32_t count, JsonNode* taken);
  // Adopts both. REQUIRES: is_object(), no member of this name.
  void add(JsonHeap heap, uint32_t name, JsonNode value);
  JsonNode take_member(JsonHeap heap, uint32_t at);
  // Many that leave at once: what is gone() is put in their places, then taken out in one pass.
  static JsonNode gone();
  void drop_gone(JsonHeap heap);

  // Adds to a text. REQUIRES: is_text().
  void append(JsonHeap heap, std::string_view more);

  JsonNode copy(JsonHeap heap) const;
  void release(JsonHeap heap);
  // Gives back as much as the budget allows and takes it off; true when nothing is left. Until then
  // nothing else may be asked of the node.
  bool release_some(JsonHeap heap, size_t* budget);
  // What the node has behind it, as the slab counts it; names of members apart. Looks at as many
  // values as the budget allows, and takes the rest to be like those.
  size_t weigh(size_t* budget) const;
  // How deep containers are nested in it; 0 for a scalar.
  int depth() const;

 private:
  explicit JsonNode(Kind kind) : bytes_{} { bytes_[15] = static_cast<uint8_t>(kind); }

  template <class T>
  static JsonNode with_number(Kind kind, T value) {
    JsonNode node(kind);
    std::memcpy(node.bytes_, &value, sizeof value);
    return node;
  }
  template <class T>
  T load(size_t at) const {
    T value;
    std::memcpy(&value, bytes_ + at, sizeof value);
    return value;
  }
  template <class T>
  void store(size_t at, T value) {
    std::memcpy(bytes_ + at, &value, sizeof value);
  }

  void* block() const { return load<void*>(0); }
  uint16_t room_code() const { return load<uint16_t>(12); }
  uint32_t room() const;
  uint32_t* names() const { return reinterpret_cast<uint32_t*>(items() + room()); }
  size_t block_size() const;
  // A block for so many elements at least, with what is there in it.
  void move_to_room(JsonHeap heap, uint32_t wanted);
  void make_room(JsonHeap heap, uint32_t size);
  void give_room_back(JsonHeap heap);
  void index(uint32_t at);
  void index_all();
  void unindex(uint32_t at);

  bool is_gone() const { return is_null() && bytes_[14] != 0; }

  uint8_t bytes_[16];
};
static_assert(sizeof(JsonNode) == 16);

// Whether both are the same value: numbers by kind and value, objects whatever their order.
bool equal(const JsonNode& a, const JsonNode& b);

}  // namespace redstart
