#include "lua/value.h"

#include "base/hash.h"

namespace redstart::lua {

uint32_t hash_long(String* string) {
  if (string->hash == 0) {
    const uint32_t hash = static_cast<uint32_t>(hash_bytes(string->text(), string->seed));
    string->hash = hash ? hash : 1;
  }
  return string->hash;
}

const char* type_name(const Value& value) {
  switch (value.tag()) {
    case Tag::kNil: return "nil";
    case Tag::kFalse:
    case Tag::kTrue: return "boolean";
    case Tag::kNumber: return "number";
    case Tag::kString: return "string";
    case Tag::kTable: return "table";
    case Tag::kClosure:
    case Tag::kNative: return "function";
    case Tag::kPointer:
    case Tag::kUserdata: return "userdata";
    case Tag::kThread: return "thread";
    case Tag::kProto:
    case Tag::kUpvalue:
    case Tag::kDeadKey: break;
  }
  return "no value";
}

}  // namespace redstart::lua
