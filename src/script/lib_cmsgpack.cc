// cmsgpack: MessagePack, as Redis's library writes and reads it.
//
// Tables whose keys are 1..n become arrays, all others maps; the empty table is an array. Numbers
// take the smallest form that loses nothing. What is nested deeper than 16 becomes nil.
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "lua/buffer.h"
#include "lua/call.h"
#include "script/libraries.h"

namespace redstart {
namespace {

using lua::Call;
using lua::kRaised;
using lua::Table;
using lua::Tag;
using lua::Value;

constexpr int kNestingMax = 16;

// ---- writing ------------------------------------------------------------------------------------

class Packer {
 public:
  explicit Packer(lua::State& state) : out_(state.heap()) {}

  // False: out of memory.
  bool pack(const Value& value, int level) {
    switch (value.tag()) {
      case Tag::kString: return pack_string(value.text());
      case Tag::kFalse: byte(0xc2); return true;
      case Tag::kTrue: byte(0xc3); return true;
      case Tag::kNumber: pack_number(value.num); return true;
      case Tag::kTable:
        if (level < kNestingMax) return pack_table(value.table(), level);
        [[fallthrough]];
      default: byte(0xc0); return true;
    }
  }
  std::string_view text() const { return out_.text(); }

 private:
  void byte(uint8_t b) { out_.append(static_cast<char>(b)); }
  template <class Unsigned>
  void big_endian(Unsigned value) {
    for (int shift = 8 * (sizeof value - 1); shift >= 0; shift -= 8) {
      byte(static_cast<uint8_t>(value >> shift));
    }
  }
  template <class Unsigned>
  void tagged(uint8_t tag, uint64_t value) {
    byte(tag);
    big_endian(static_cast<Unsigned>(value));
  }

  bool pack_string(std::string_view text) {
    if (text.size() < 32) {
      byte(static_cast<uint8_t>(0xa0 | text.size()));
    } else if (text.size() <= 0xff) {
      tagged<uint8_t>(0xd9, text.size());
    } else if (text.size() <= 0xffff) {
      tagged<uint16_t>(0xda, text.size());
    } else {
      tagged<uint32_t>(0xdb, text.size());
    }
    out_.append(text);
    return !out_.failed();
  }

  void pack_number(double number) {
    if (number >= -0x1p63 && number < 0x1p63 && std::floor(number) == number) {
      return pack_integer(static_cast<int64_t>(number));
    }
    float shorter = static_cast<float>(number);
    if (static_cast<double>(shorter) == number) {
      tagged<uint32_t>(0xca, std::bit_cast<uint32_t>(shorter));
    } else {
      tagged<uint64_t>(0xcb, std::bit_cast<uint64_t>(number));
    }
  }

  void pack_integer(int64_t n) {
    uint64_t bits = static_cast<uint64_t>(n);
    if (n >= 0) {
      if (n <= 127) return byte(static_cast<uint8_t>(n));
      if (n <= 0xff) return tagged<uint8_t>(0xcc, bits);
      if (n <= 0xffff) return tagged<uint16_t>(0xcd, bits);
      if (n <= 0xffffffff) return tagged<uint32_t>(0xce, bits);
      return tagged<uint64_t>(0xcf, bits);
    }
    if (n >= -32) return byte(static_cast<uint8_t>(n));
    if (n >= INT8_MIN) return tagged<uint8_t>(0xd0, bits);
    if (n >= INT16_MIN) return tagged<uint16_t>(0xd1, bits);
    if (n >= INT32_MIN) return tagged<uint32_t>(0xd2, bits);
    tagged<uint64_t>(0xd3, bits);
  }

  bool pack_table(const Table* table, int level) {
    if (out_.failed()) return false;
    uint32_t position = 0;
    Value key, value;
    uint64_t count = 0;
    bool all_indexes = true;
    double largest = 0;
    while (table->next(&position, &key, &value)) {
      count++;
      all_indexes = all_indexes && key.is_number() && key.num > 0 && std::floor(key.num) == key.num;
      if (all_indexes && key.num > largest) largest = key.num;
    }
    if (all_indexes && largest == static_cast<double>(count)) {
      header(count, 0x90, 0xdc, 0xdd);
      for (uint64_t i = 1; i <= count; i++) {
        if (!pack(table->get_index(static_cast<int64_t>(i)), level + 1)) return false;
      }
      return true;
    }
    header(count, 0x80, 0xde, 0xdf);
    position = 0;
    while (table->next(&position, &key, &value)) {
      if (!pack(key, level + 1) || !pack(value, level + 1)) return false;
    }
    return true;
  }

  void header(uint64_t count, uint8_t tiny, uint8_t small, uint8_t large) {
    if (count <= 15) return byte(static_cast<uint8_t>(tiny | count));
    if (count <= 0xffff) return tagged<uint16_t>(small, count);
    tagged<uint32_t>(large, count);
  }

  lua::Buffer out_;
};

int pack(Call& call) {
  if (call.count() == 0) return call.bad_argument(-1, "MessagePack pack needs input.");
  Packer packer(call.state);
  for (const Value& argument : call.arguments()) {
    // There is no other reason.
    if (!packer.pack(argument, 0)) {
      call.state.fail_out_of_memory();
      return kRaised;
    }
  }
  return call.ret(packer.text());
}

// ---- reading ------------------------------------------------------------------------------------

class Unpacker {
 public:
  enum class Trouble : uint8_t { kNone, kMissing, kBadFormat, kMemory };

  Unpacker(lua::State& state, std::string_view bytes) : state_(state), bytes_(bytes) {}

  size_t left() const { return bytes_.size(); }
  Trouble trouble() const { return trouble_; }

  bool unpack(Value* value) { return unpack_one(value, 0); }

 private:
  // Tables in tables: the reference has no limit but its stack, which ends at about this depth.
  static constexpr int kDepthMax = 2000;

  bool fail(Trouble trouble) {
    trouble_ = trouble;
    return false;
  }
  bool take(size_t size, std::string_view* piece) {
    if (bytes_.size() < size) return fail(Trouble::kMissing);
    *piece = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return true;
  }
  template <class Unsigned>
  bool take_number(Unsigned* value) {
    std::string_view piece;
    if (!take(sizeof *value, &piece)) return false;
    uint64_t bits = 0;
    for (char c : piece) bits = bits << 8 | static_cast<uint8_t>(c);
    *value = static_cast<Unsigned>(bits);
    return true;
  }
  template <class Integer>
  bool integer(Value* value) {
    Integer number;
    if (!take_number(&number)) return false;
    *value = Value(static_cast<double>(number));
    return true;
  }
  template <class Float, class Bits>
  bool real(Value* value) {
    Bits bits;
    if (!take_number(&bits)) return false;
    *value = Value(static_cast<double>(std::bit_cast<Float>(bits)));
    return true;
  }
  bool text(size_t size, Value* value) {
    std::string_view piece;
    if (!take(size, &piece)) return false;
    *value = state_.string(piece);
    return !state_.heap().refused() || fail(Trouble::kMemory);
  }
  template <class Unsigned>
  bool sized_text(Value* value) {
    Unsigned size;
    return take_number(&size) && text(size, value);
  }
  template <class Unsigned>
  bool sized_array(Value* value, int depth) {
    Unsigned count;
    return take_number(&count) && array(count, value, depth);
  }
  template <class Unsigned>
  bool sized_map(Value* value, int depth) {
    Unsigned count;
    return take_number(&count) && map(count, value, depth);
  }

  bool array(size_t count, Value* value, int depth) {
    if (depth >= kDepthMax) return fail(Trouble::kBadFormat);
    // An element takes a byte at least: what is announced is not believed.
    Table* table = state_.table();
    if (!table->reserve_array(state_.heap(), static_cast<uint32_t>(std::min(count, left())))) {
      return fail(Trouble::kMemory);
    }
    *value = Value(table);
    for (size_t i = 1; i <= count; i++) {
      Value element;
      if (!unpack_one(&element, depth + 1)) return false;
      if (element.is_nil()) continue;
      if (!table->set_index(state_.heap(), static_cast<int64_t>(i), element)) {
        return fail(Trouble::kMemory);
      }
    }
    return true;
  }

  bool map(size_t count, Value* value, int depth) {
    if (depth >= kDepthMax) return fail(Trouble::kBadFormat);
    Table* table = state_.table();
    *value = Value(table);
    for (size_t i = 0; i < count; i++) {
      Value key, element;
      if (!unpack_one(&key, depth + 1) || !unpack_one(&element, depth + 1)) return false;
      if (key.is_nil() || (key.is_number() && std::isnan(key.num))) {
        return fail(Trouble::kBadFormat);
      }
      if (!table->set(state_.heap(), key, element)) return fail(Trouble::kMemory);
    }
    return true;
  }

  bool unpack_one(Value* value, int depth) {
    uint8_t tag;
    if (!take_number(&tag)) return false;
    if (tag < 0x80) return *value = Value(static_cast<int>(tag)), true;
    if (tag >= 0xe0) return *value = Value(static_cast<int>(static_cast<int8_t>(tag))), true;
    if (tag < 0x90) return map(tag & 0xf, value, depth);
    if (tag < 0xa0) return array(tag & 0xf, value, depth);
    if (tag < 0xc0) return text(tag & 0x1f, value);
    switch (tag) {
      case 0xc0: *value = Value(); return true;
      case 0xc2: *value = Value(false); return true;
      case 0xc3: *value = Value(true); return true;
      case 0xca: return real<float, uint32_t>(value);
      case 0xcb: return real<double, uint64_t>(value);
      case 0xcc: return integer<uint8_t>(value);
      case 0xcd: return integer<uint16_t>(value);
      case 0xce: return integer<uint32_t>(value);
      case 0xcf: return integer<int64_t>(value);  // as the reference has it
      case 0xd0: return integer<int8_t>(value);
      case 0xd1: return integer<int16_t>(value);
      case 0xd2: return integer<int32_t>(value);
      case 0xd3: return integer<int64_t>(value);
      case 0xd9: return sized_text<uint8_t>(value);
      case 0xda: return sized_text<uint16_t>(value);
      case 0xdb: return sized_text<uint32_t>(value);
      case 0xdc: return sized_array<uint16_t>(value, depth);
      case 0xdd: return sized_array<uint32_t>(value, depth);
      case 0xde: return sized_map<uint16_t>(value, depth);
      case 0xdf: return sized_map<uint32_t>(value, depth);
      default: return fail(Trouble::kBadFormat);
    }
  }

  lua::State& state_;
  std::string_view bytes_;
  Trouble trouble_ = Trouble::kNone;
};

// Without limit and offset all that is there, else first the offset where the rest begins, or -1.
int unpack_some(Call& call, int64_t limit, int64_t offset) {
  std::string_view bytes;
  if (!call.string(0, &bytes)) return kRaised;
  int size = static_cast<int>(bytes.size());
  if (offset < 0 || limit < 0) {
    return call.fail("Invalid request to unpack with offset of %d and limit of %d.",
                     static_cast<int>(offset), size);
  }
  if (static_cast<uint64_t>(offset) > bytes.size()) {
    return call.fail("Start offset %d greater than input length %d.", static_cast<int>(offset),
                     size);
  }
  bool all = limit == 0 && offset == 0;
  std::vector<Value> values;
  if (!all) values.emplace_back();
  Unpacker unpacker(call.state, bytes.substr(static_cast<size_t>(offset)));
  for (int64_t count = 0; unpacker.left() > 0 && (all || count < limit); count++) {
    if (values.size() >= lua::kNativeStackMax) {
      return call.fail(
          "stack overflow (too many return values at once; use unpack_one or unpack_limit "
          "instead.)");
    }
    Value value;
    if (!unpacker.unpack(&value)) {
      switch (unpacker.trouble()) {
        case Unpacker::Trouble::kMissing: return call.fail("Missing bytes in input.");
        case Unpacker::Trouble::kBadFormat: return call.fail("Bad data format in input.");
        default: return kRaised;
      }
    }
    values.push_back(value);
  }
  if (!all) {
    size_t next = bytes.size() - unpacker.left();
    values[0] = unpacker.left() == 0 ? Value(-1) : Value(static_cast<int64_t>(next));
  }
  Value* results = call.results(static_cast<int>(values.size()));
  if (!results) return kRaised;
  std::copy(values.begin(), values.end(), results);
  return static_cast<int>(values.size());
}

int unpack(Call& call) { return unpack_some(call, 0, 0); }

int unpack_one(Call& call) {
  int64_t offset;
  if (!call.integer_or(1, 0, &offset)) return kRaised;
  return unpack_some(call, 1, offset);
}

int unpack_limit(Call& call) {
  int64_t limit, offset;
  if (!call.integer(1, &limit) || !call.integer_or(2, 0, &offset)) return kRaised;
  return unpack_some(call, limit, offset);
}

constexpr lua::Function kFunctions[] = {{"pack", pack},
                                        {"unpack", unpack},
                                        {"unpack_one", unpack_one},
                                        {"unpack_limit", unpack_limit}};

}  // namespace

void open_cmsgpack(lua::State& state) {
  Table* library = lua::open_library(state, "cmsgpack", kFunctions);
  state.set(library, "_NAME", state.string("cmsgpack"));
  state.set(library, "_VERSION", state.string("lua-cmsgpack 0.4.0"));
  state.set(library, "_DESCRIPTION", state.string("MessagePack C implementation for Lua"));
}

}  // namespace redstart
