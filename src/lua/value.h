// What a variable holds: sixteen bytes, a payload and a tag.
//
// Strings, tables, functions, userdata and coroutines are objects of the heap; the rest lives in the
// value itself. A Value is a plain copyable thing and keeps nothing alive: what the host holds
// across a call into Lua belongs in a Root (state.h).
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace redstart::lua {

struct Object;
struct String;
struct Table;
struct Closure;
struct Native;
struct Userdata;
class Thread;

// The order matters: false things first, objects last.
enum class Tag : uint32_t {
  kNil,
  kFalse,
  kTrue,
  kNumber,
  kPointer,  // light userdata: an address the host gave
  kString,
  kTable,
  kClosure,
  kNative,
  kUserdata,
  kThread,
  // Never in a variable:
  kProto,
  kUpvalue,
  kDeadKey,  // the key of a cleared entry of a weak table
};

struct Value {
  union {
    double num;
    Object* object;
    void* pointer;
    uint64_t payload;
  };
  // The tag in the low half. The high half belongs to the place the value is stored in (tables chain
  // their entries there, loops keep their position) and means nothing in a copy. Both halves are
  // always written together: a later load of the whole word then never waits for the store.
  uint64_t meta;

  Value() : payload(0), meta(0) {}
  explicit Value(double number) : num(number), meta(static_cast<uint64_t>(Tag::kNumber)) {}
  explicit Value(int number) : Value(static_cast<double>(number)) {}
  explicit Value(int64_t number) : Value(static_cast<double>(number)) {}
  explicit Value(bool truth) : payload(0), meta(uint64_t{1} + truth) {}
  explicit Value(String* string) : Value(string, Tag::kString) {}
  explicit Value(Table* table) : Value(table, Tag::kTable) {}
  explicit Value(Closure* function) : Value(function, Tag::kClosure) {}
  explicit Value(Native* function) : Value(function, Tag::kNative) {}
  explicit Value(Userdata* userdata) : Value(userdata, Tag::kUserdata) {}
  explicit Value(Thread* thread) : Value(thread, Tag::kThread) {}
  Value(const void* any_object, Tag tag)
      : pointer(const_cast<void*>(any_object)), meta(static_cast<uint64_t>(tag)) {}
  static Value from_pointer(void* address) { return Value(address, Tag::kPointer); }

  Tag tag() const { return static_cast<Tag>(static_cast<uint32_t>(meta)); }
  bool is(Tag which) const { return tag() == which; }
  bool is_nil() const { return is(Tag::kNil); }
  bool is_false() const { return tag() <= Tag::kFalse; }  // nil or false
  bool is_boolean() const { return is(Tag::kFalse) || is(Tag::kTrue); }
  bool is_number() const { return is(Tag::kNumber); }
  bool is_string() const { return is(Tag::kString); }
  bool is_table() const { return is(Tag::kTable); }
  bool is_function() const { return is(Tag::kClosure) || is(Tag::kNative); }
  bool is_object() const { return tag() >= Tag::kString; }

  // REQUIRES: the tag fits.
  String* string() const { return reinterpret_cast<String*>(object); }
  Table* table() const { return reinterpret_cast<Table*>(object); }
  Closure* closure() const { return reinterpret_cast<Closure*>(object); }
  Native* native() const { return reinterpret_cast<Native*>(object); }
  Userdata* userdata() const { return reinterpret_cast<Userdata*>(object); }
  Thread* thread() const { return reinterpret_cast<Thread*>(object); }
  inline std::string_view text() const;
};
static_assert(sizeof(Value) == 16);

// What every object of the heap begins with.
struct Object {
  Object* next;  // all objects, for the sweep
  Tag kind;
  uint8_t mark;  // colour, see heap.h
};

// Immutable bytes, with a zero behind them that does not count.
struct String : Object {
  uint8_t interned;
  uint32_t hash;  // 0 in a long string that was never looked for in a table
  uint32_t length;
  union {
    String* chain;  // the next interned string of the same bucket
    uint64_t seed;  // of a long string, for its hash
  };
  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  std::string_view text() const { return {data(), length}; }
};

// The hash of a long string, computed once.
uint32_t hash_long(String* string);

inline std::string_view Value::text() const { return string()->text(); }

struct Userdata : Object {
  Table* metatable;
};

// Equality without metamethods.
inline bool raw_equal(const Value& a, const Value& b) {
  if (a.tag() != b.tag()) return false;
  if (a.tag() <= Tag::kTrue) return true;
  if (a.is_number()) return a.num == b.num;
  if (a.payload == b.payload) return true;
  return a.is_string() && !a.string()->interned && !b.string()->interned && a.text() == b.text();
}

// "nil", "boolean", "number": as type() names them.
const char* type_name(const Value& value);

}  // namespace redstart::lua
