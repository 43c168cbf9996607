// cjson: JSON, as the library in Redis writes and reads it, with its settings and its quirks:
//
//  - the empty table is an object; a table whose keys are all positive integers is an array, with
//    null in its holes, unless that would be far more holes than elements
//  - '/' and DEL are escaped; null is read as a light userdata that equals cjson.null
//  - numbers may be NaN, infinite or hexadecimal when read, not when written
//
// Arrays that must stay arrays, as other builds of the library have it: cjson.empty_array,
// cjson.array_mt, cjson.empty_array_mt, decode_array_with_array_mt().
//
// The settings of an instance are a table that its functions share (upvalue 0) and scripts cannot
// see: the members of Setting are its indexes.
#include <charconv>
#include <cmath>
#include <cstring>
#include <string>

#include "base/ascii.h"
#include "base/hex.h"
#include "base/numbers.h"
#include "base/utf8.h"
#include "lua/buffer.h"
#include "lua/call.h"
#include "lua/numbers.h"
#include "script/libraries.h"

namespace redstart {
namespace {

using lua::Call;
using lua::kRaised;
using lua::Table;
using lua::Tag;
using lua::Value;

enum Setting {
  kSparseConvert = 1,
  kSparseRatio,
  kSparseSafe,
  kEncodeMaxDepth,
  kDecodeMaxDepth,
  kNumberPrecision,
  kKeepBuffer,
  kEncodeInvalidNumbers,  // 0 off, 1 on, 2 null
  kDecodeInvalidNumbers,
  kArrayMetatables,
  kSettingCount = kArrayMetatables,
};
constexpr int kDefaults[] = {0, 0, 2, 10, 1000, 1000, 14, 1, 0, 1, 0};

// Upvalues of the functions of an instance.
enum Upvalue { kSettings, kArrayMetatable, kEmptyArrayMetatable, kUpvalueCount };

// Marks that are addresses, like null.
char empty_array_mark;

Table* settings_of(Call& call) { return call.upvalue(kSettings).table(); }
int setting(Call& call, Setting which) {
  return static_cast<int>(settings_of(call)->get_index(which).num);
}

// ---- settings -----------------------------------------------------------------------------------

bool check_count(Call& call, int most) {
  if (call.count() <= most) return true;
  call.bad_argument(most, "found too many arguments");
  return false;
}

// Reads an argument if it is there; answers what holds now.
bool integer_setting(Call& call, int i, Setting which, int low, int high, Value* now) {
  if (!call[i].is_nil()) {
    int64_t wanted;
    if (!call.integer(i, &wanted)) return false;
    if (wanted < low || wanted > high) {
      std::string text = "expected integer between " + std::to_string(low) + " and " +
                         std::to_string(high);
      call.bad_argument(0, text.c_str());
      return false;
    }
    settings_of(call)->set_index(call.state.heap(), which, Value(wanted));
  }
  *now = settings_of(call)->get_index(which);
  return true;
}

// false, true and words for them; what is neither off nor on answers as its word.
bool switch_setting(Call& call, int i, Setting which, bool knows_null, Value* now) {
  if (call[i].is_boolean()) {
    settings_of(call)->set_index(call.state.heap(), which, Value(call[i].is(Tag::kTrue) ? 1 : 0));
  } else if (!call[i].is_nil()) {
    std::string_view word;
    if (!call.string(i, &word)) return false;
    int wanted = word == "off" ? 0 : word == "on" ? 1 : knows_null && word == "null" ? 2 : -1;
    if (wanted < 0) {
      call.bad_argument(i, ("invalid option '" + std::string(word) + "'").c_str());
      return false;
    }
    settings_of(call)->set_index(call.state.heap(), which, Value(wanted));
  }
  int value = setting(call, which);
  *now = value == 2 ? call.state.string("null") : Value(value == 1);
  return true;
}

template <Setting which, int low, int high>
int set_integer(Call& call) {
  Value now;
  if (!check_count(call, 1) || !integer_setting(call, 0, which, low, high, &now)) return kRaised;
  return call.ret(now);
}

template <Setting which, bool knows_null>
int set_switch(Call& call) {
  Value now;
  if (!check_count(call, 1) || !switch_setting(call, 0, which, knows_null, &now)) return kRaised;
  return call.ret(now);
}

int encode_sparse_array(Call& call) {
  Value convert, ratio, safe;
  if (!check_count(call, 3) || !switch_setting(call, 0, kSparseConvert, false, &convert) ||
      !integer_setting(call, 1, kSparseRatio, 0, INT32_MAX, &ratio) ||
      !integer_setting(call, 2, kSparseSafe, 0, INT32_MAX, &safe)) {
    return kRaised;
  }
  Value* results = call.results(3);
  if (!results) return kRaised;
  results[0] = convert;
  results[1] = ratio;
  results[2] = safe;
  return 3;
}

// ---- writing ------------------------------------------------------------------------------------

// What stands for a byte inside a string, null for itself.
struct Escapes {
  bool plain[256];
  constexpr Escapes() : plain() {
    for (int i = 0; i < 256; i++) {
      plain[i] = i >= 0x20 && i != '"' && i != '\\' && i != '/' && i != 0x7f;
    }
  }
};
constexpr Escapes kEscapes;

class Writer {
 public:
  explicit Writer(Call& call)
      : call_(call),
        out_(call.state.heap()),
        sparse_ratio_(setting(call, kSparseRatio)),
        sparse_safe_(setting(call, kSparseSafe)),
        depth_max_(setting(call, kEncodeMaxDepth)),
        precision_(setting(call, kNumberPrecision)),
        invalid_numbers_(setting(call, kEncodeInvalidNumbers)),
        sparse_convert_(setting(call, kSparseConvert)) {}

  // False with an error pending.
  bool write(const Value& value, int depth) {
    switch (value.tag()) {
      case Tag::kString: write_string(value.text()); break;
      case Tag::kNumber: return write_number(value);
      case Tag::kFalse: out_.append("false"); break;
      case Tag::kTrue: out_.append("true"); break;
      case Tag::kTable: return write_table(value, depth + 1);
      case Tag::kNil: out_.append("null"); break;
      case Tag::kPointer:
        if (value.pointer == nullptr) {
          out_.append("null");
          break;
        }
        if (value.pointer == &empty_array_mark) {
          out_.append("[]");
          break;
        }
        [[fallthrough]];
      default: return refuse(value, "type not supported");
    }
    return !out_.failed();
  }
  std::string_view text() const { return out_.text(); }

 private:
  bool refuse(const Value& value, const char* reason) {
    call_.fail("Cannot serialise %s: %s", lua::type_name(value), reason);
    return false;
  }

  void write_string(std::string_view text) {
    out_.append('"');
    size_t begin = 0;
    for (size_t i = 0; i < text.size(); i++) {
      uint8_t byte = static_cast<uint8_t>(text[i]);
      if (kEscapes.plain[byte]) continue;
      out_.append(text.substr(begin, i - begin));
      begin = i + 1;
      escape(byte);
    }
    out_.append(text.substr(begin));
    out_.append('"');
  }

  void escape(uint8_t byte) {
    out_.append('\\');
    switch (byte) {
      case '\b': return out_.append('b');
      case '\t': return out_.append('t');
      case '\n': return out_.append('n');
      case '\f': return out_.append('f');
      case '\r': return out_.append('r');
      case '"': case '\\': case '/': return out_.append(static_cast<char>(byte));
      default:
        out_.append("u00");
        out_.append(kHexDigits[byte >> 4]);
        out_.append(kHexDigits[byte & 15]);
    }
  }

  bool write_number(const Value& value) {
    double number = value.num;
    if (!std::isfinite(number)) {
      if (invalid_numbers_ == 0) return refuse(value, "must not be NaN or Inf");
      if (invalid_numbers_ == 2) {
        out_.append("null");
        return true;
      }
      out_.append(std::isnan(number) ? "nan" : number < 0 ? "-inf" : "inf");
      return true;
    }
    char text[40];
    size_t size;
    if (precision_ == 14) {
      size = lua::number_to_text(text, number);
    } else {
      auto end = std::to_chars(text, text + sizeof text, number, std::chars_format::general,
                               precision_);
      size = static_cast<size_t>(end.ptr - text);
    }
    out_.append(std::string_view(text, size));
    return true;
  }

  // The length of an array, 0 for an object, -1 with an error pending.
  int64_t array_length(const Table* table) {
    // The usual case: nothing but an array without holes.
    double largest = table->length();
    uint64_t items = 0;
    uint32_t position = 0;
    Value key, value;
    while (table->next(&position, &key, &value)) {
      if (!key.is_number() || !(key.num >= 1) || std::floor(key.num) != key.num) return 0;
      if (key.num > largest) largest = key.num;
      items++;
    }
    if (items == 0) return 0;
    // The reference counts in ints.
    if (largest > INT32_MAX) largest = INT32_MAX;
    if (sparse_ratio_ > 0 && largest > static_cast<double>(items) * sparse_ratio_ &&
        largest > sparse_safe_) {
      if (sparse_convert_) return 0;
      refuse(Value(table, Tag::kTable), "excessively sparse array");
      return -1;
    }
    return static_cast<int64_t>(largest);
  }

  bool write_table(const Value& value, int depth) {
    if (depth > depth_max_ || depth > kDepthMax) {
      call_.fail("Cannot serialise, excessive nesting (%d)", depth);
      return false;
    }
    if (out_.failed()) return false;
    const Table* table = value.table();
    int64_t length = array_length(table);
    if (length < 0) return false;
    if (length == 0 && is_array_by_metatable(table)) {
      out_.append("[]");
      return true;
    }
    return length > 0 ? write_array(table, length, depth) : write_object(table, depth);
  }

  bool is_array_by_metatable(const Table* table) {
    if (!table->metatable) return false;
    return table->metatable == call_.upvalue(kArrayMetatable).table() ||
           table->metatable == call_.upvalue(kEmptyArrayMetatable).table();
  }

  bool write_array(const Table* table, int64_t length, int depth) {
    out_.append('[');
    for (int64_t i = 1; i <= length; i++) {
      if (i > 1) out_.append(',');
      if (!write(table->get_index(i), depth)) return false;
    }
    out_.append(']');
    return !out_.failed();
  }

  bool write_object(const Table* table, int depth) {
    out_.append('{');
    uint32_t position = 0;
    Value key, value;
    bool first = true;
    while (table->next(&position, &key, &value)) {
      if (!first) out_.append(',');
      first = false;
      if (key.is_number()) {
        out_.append('"');
        if (!write_number(key)) return false;
        out_.append("\":");
      } else if (key.is_string()) {
        write_string(key.text());
        out_.append(':');
      } else {
        return refuse(key, "table key must be a number or string");
      }
      if (!write(value, depth)) return false;
    }
    out_.append('}');
    return !out_.failed();
  }

  // The C stack's, whatever the setting says.
  static constexpr int kDepthMax = 2000;

  Call& call_;
  lua::Buffer out_;
  int sparse_ratio_, sparse_safe_, depth_max_, precision_, invalid_numbers_;
  bool sparse_convert_;
};

int encode(Call& call) {
  if (call.count() != 1) return call.bad_argument(0, "expected 1 argument");
  Writer writer(call);
  if (!writer.write(call[0], 0)) {
    if (call.state.heap().refused()) call.state.fail_out_of_memory();
    return kRaised;
  }
  return call.ret(writer.text());
}

// ---- reading ------------------------------------------------------------------------------------

enum class Token : uint8_t {
  kObjectBegin, kObjectEnd, kArrayBegin, kArrayEnd, kString, kNumber, kBoolean, kNull, kColon,
  kComma, kEnd, kError,
};
constexpr const char* kTokenNames[] = {
    "T_OBJ_BEGIN", "T_OBJ_END", "T_ARR_BEGIN", "T_ARR_END", "T_STRING", "T_NUMBER",
    "T_BOOLEAN",   "T_NULL",    "T_COLON",     "T_COMMA",   "T_END",    "T_ERROR",
};

class Reader {
 public:
  Reader(Call& call, std::string_view text)
      : call_(call),
        begin_(text.data()),
        at_(text.data()),
        // Strings of Lua have a zero behind them, so that looking one byte ahead is harmless.
        end_(text.data() + text.size()),
        piece_(call.state.heap()),
        depth_max_(setting(call, kDecodeMaxDepth)),
        invalid_numbers_(setting(call, kDecodeInvalidNumbers)),
        array_metatables_(setting(call, kArrayMetatables)) {}

  // The whole text as one value. False with an error pending.
  bool read(Value* value) {
    next();
    if (!read_value(value)) return false;
    next();
    return token_ == Token::kEnd || unexpected("the end");
  }

 private:
  // --- tokens

  void next() {
    while (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r') at_++;
    token_at_ = at_;
    switch (*at_) {
      case '{': return single(Token::kObjectBegin);
      case '}': return single(Token::kObjectEnd);
      case '[': return single(Token::kArrayBegin);
      case ']': return single(Token::kArrayEnd);
      case ',': return single(Token::kComma);
      case ':': return single(Token::kColon);
      case '"': return string_token();
      // A zero ends the text, wherever it stands.
      case '\0': token_ = Token::kEnd; return;
      case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7':
      case '8': case '9':
        if (!invalid_numbers_ && is_invalid_number()) return error("invalid number");
        return number_token();
      default: return word_token();
    }
  }
  void single(Token token) {
    token_ = token;
    at_++;
  }
  void error(const char* what) {
    token_ = Token::kError;
    token_at_ = at_;
    error_ = what;
  }
  bool takes(std::string_view word) {
    if (static_cast<size_t>(end_ - at_) < word.size() || memcmp(at_, word.data(), word.size())) {
      return false;
    }
    at_ += word.size();
    return true;
  }
  void word_token() {
    if (takes("true")) {
      token_ = Token::kBoolean;
      truth_ = true;
    } else if (takes("false")) {
      token_ = Token::kBoolean;
      truth_ = false;
    } else if (takes("null")) {
      token_ = Token::kNull;
    } else if (invalid_numbers_ && strchr("iInN+", *at_) && is_invalid_number()) {
      number_token();
    } else {
      error("invalid token");
    }
  }

  // What strtod() takes beyond JSON: a plus, leading zeros, hexadecimal, inf and nan.
  bool is_invalid_number() const {
    const char* p = at_;
    if (*p == '+') return true;
    if (*p == '-') p++;
    if (*p == '0') return (p[1] | 0x20) == 'x' || ascii_digit(p[1]);
    if (*p <= '9') return false;
    std::string_view rest(p, std::min<size_t>(3, static_cast<size_t>(end_ - p)));
    return equals_fold(rest, "inf") || equals_fold(rest, "nan");
  }

  void number_token() {
    token_ = Token::kNumber;
    // Most numbers are short integers.
    const char* p = at_ + (*at_ == '-');
    int64_t value = 0;
    const char* digits = p;
    while (ascii_digit(*p) && p - digits < 15) value = value * 10 + (*p++ - '0');
    if (p > digits && !ascii_digit(*p) && *p != '.' && (*p | 0x20) != 'e' && (*p | 0x20) != 'x') {
      number_ = *at_ == '-' ? -static_cast<double>(value) : static_cast<double>(value);
      at_ = p;
      return;
    }
    if (!long_number()) error("invalid number");
  }

  bool long_number() {
    const char* p = at_;
    bool negative = *p == '-';
    if (*p == '-' || *p == '+') p++;
    double value = 0;
    if (p[0] == '0' && (p[1] | 0x20) == 'x') {
      const char* hex = p + 2;
      auto result = std::from_chars(hex, end_, value, std::chars_format::hex);
      // "0x" alone is a zero before an x.
      p = result.ptr == hex ? p + 1 : result.ptr;
    } else {
      if (*p == '-' || *p == '+') return false;
      auto result = std::from_chars(p, end_, value);
      if (result.ec == std::errc::invalid_argument) return false;
      if (result.ec == std::errc::result_out_of_range) {
        // Too small or too large is a question of the exponent's sign.
        bool small = std::string_view(p, static_cast<size_t>(result.ptr - p)).find("e-") !=
                         std::string_view::npos ||
                     *p == '0';
        value = small ? 0 : HUGE_VAL;
      }
      p = result.ptr;
    }
    number_ = negative ? -value : value;
    at_ = p;
    return true;
  }

  void string_token() {
    const char* begin = ++at_;
    while (*at_ != '"' && *at_ != '\\' && *at_ != '\0') at_++;
    if (*at_ == '"') {
      string_ = {begin, static_cast<size_t>(at_ - begin)};
      at_++;
      token_ = Token::kString;
      return;
    }
    piece_.clear();
    piece_.append(std::string_view(begin, static_cast<size_t>(at_ - begin)));
    while (*at_ != '"') {
      if (*at_ == '\0') return error("unexpected end of string");
      if (*at_ == '\\') {
        if (!unescape()) return;
        continue;
      }
      const char* from = at_;
      while (*at_ != '"' && *at_ != '\\' && *at_ != '\0') at_++;
      piece_.append(std::string_view(from, static_cast<size_t>(at_ - from)));
    }
    at_++;
    string_ = piece_.text();
    token_ = Token::kString;
  }

  bool unescape() {
    char c = at_[1];
    switch (c) {
      case '"': case '\\': case '/': break;
      case 'b': c = '\b'; break;
      case 't': c = '\t'; break;
      case 'n': c = '\n'; break;
      case 'f': c = '\f'; break;
      case 'r': c = '\r'; break;
      case 'u':
        if (unescape_unicode()) return true;
        error("invalid unicode escape code");
        return false;
      default:
        error("invalid escape code");
        return false;
    }
    piece_.append(c);
    at_ += 2;
    return true;
  }

  // -1: not four hexadecimal digits.
  int unit_at(const char* p) const {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int digit = p[i] == '\0' ? -1 : ascii_hex_value(p[i]);
      if (digit < 0) return -1;
      unit = unit << 4 | digit;
    }
    return unit;
  }
  bool unescape_unicode() {
    int code = unit_at(at_ + 2);
    if (code < 0) return false;
    const char* after = at_ + 6;
    if ((code & 0xf800) == 0xd800) {
      // Two units for one character: a high one, then a low one.
      if ((code & 0x400) || after[0] != '\\' || after[1] != 'u') return false;
      int low = unit_at(after + 2);
      if (low < 0 || (low & 0xfc00) != 0xdc00) return false;
      code = (((code & 0x3ff) << 10) | (low & 0x3ff)) + 0x10000;
      after += 6;
    }
    char bytes[4];
    const char* end = write_utf8(bytes, static_cast<uint32_t>(code));
    piece_.append(std::string_view(bytes, static_cast<size_t>(end - bytes)));
    at_ = after;
    return true;
  }
  // --- values

  bool unexpected(const char* expected) {
    const char* found = token_ == Token::kError ? error_ : kTokenNames[static_cast<int>(token_)];
    call_.fail("Expected %s but found %s at character %d", expected, found,
               static_cast<int>(token_at_ - begin_) + 1);
    return false;
  }
  bool descend() {
    if (++depth_ <= depth_max_ && depth_ <= kDepthMax) return true;
    call_.fail("Found too many nested data structures (%d) at character %d", depth_,
               static_cast<int>(at_ - begin_));
    return false;
  }

  bool read_value(Value* value) {
    switch (token_) {
      case Token::kString: return read_string(value);
      case Token::kNumber: *value = Value(number_); return true;
      case Token::kBoolean: *value = Value(truth_); return true;
      case Token::kNull: *value = Value::from_pointer(nullptr); return true;
      case Token::kObjectBegin: return read_object(value);
      case Token::kArrayBegin: return read_array(value);
      default: return unexpected("value");
    }
  }
  bool read_string(Value* value) {
    if (piece_.failed()) return false;
    *value = call_.state.string(string_);
    return !call_.state.heap().refused();
  }

  bool read_object(Value* value) {
    if (!descend()) return false;
    lua::Heap& heap = call_.state.heap();
    Table* table = call_.state.table();
    *value = Value(table);
    next();
    while (token_ != Token::kObjectEnd) {
      if (token_ != Token::kString) return unexpected("object key string");
      Value key, element;
      if (!read_string(&key)) return false;
      next();
      if (token_ != Token::kColon) return unexpected("colon");
      next();
      if (!read_value(&element) || !table->set(heap, key, element)) return false;
      next();
      if (token_ == Token::kObjectEnd) break;
      if (token_ != Token::kComma) return unexpected("comma or object end");
      next();
      if (token_ == Token::kObjectEnd) return unexpected("object key string");
    }
    depth_--;
    return true;
  }

  bool read_array(Value* value) {
    if (!descend()) return false;
    lua::Heap& heap = call_.state.heap();
    Table* table = call_.state.table();
    *value = Value(table);
    if (array_metatables_) table->metatable = call_.upvalue(kArrayMetatable).table();
    next();
    if (token_ == Token::kArrayEnd) {
      depth_--;
      return true;
    }
    while (true) {
      Value element;
      if (!read_value(&element) || !table->append(heap, element)) return false;
      next();
      if (token_ == Token::kArrayEnd) break;
      if (token_ != Token::kComma) return unexpected("comma or array end");
      next();
    }
    depth_--;
    return true;
  }

  // The C stack's, whatever the setting says; about where the reference's own stack ends.
  static constexpr int kDepthMax = 2000;

  Call& call_;
  const char* begin_;
  const char* at_;
  const char* end_;
  lua::Buffer piece_;  // of a string with escapes
  int depth_max_;
  bool invalid_numbers_;
  bool array_metatables_;
  int depth_ = 0;

  Token token_ = Token::kEnd;
  const char* token_at_ = nullptr;
  const char* error_ = nullptr;
  std::string_view string_;
  double number_ = 0;
  bool truth_ = false;
};

int decode(Call& call) {
  if (call.count() != 1) return call.bad_argument(0, "expected 1 argument");
  std::string_view text;
  if (!call.string(0, &text)) return kRaised;
  if (text.size() >= 2 && (text[0] == '\0' || text[1] == '\0')) {
    return call.fail("JSON parser does not support UTF-16 or UTF-32");
  }
  Reader reader(call, text);
  Value value;
  if (!reader.read(&value)) {
    if (call.state.heap().refused()) call.state.fail_out_of_memory();
    return kRaised;
  }
  return call.ret(value);
}

// ---- the library --------------------------------------------------------------------------------

int make_another(Call& call);

constexpr lua::Function kFunctions[] = {
    {"encode", encode},
    {"decode", decode},
    {"encode_sparse_array", encode_sparse_array},
    {"encode_max_depth", set_integer<kEncodeMaxDepth, 1, INT32_MAX>},
    {"decode_max_depth", set_integer<kDecodeMaxDepth, 1, INT32_MAX>},
    {"encode_number_precision", set_integer<kNumberPrecision, 1, 14>},
    {"encode_keep_buffer", set_switch<kKeepBuffer, false>},
    {"encode_invalid_numbers", set_switch<kEncodeInvalidNumbers, true>},
    {"decode_invalid_numbers", set_switch<kDecodeInvalidNumbers, false>},
    {"decode_array_with_array_mt", set_switch<kArrayMetatables, false>},
    {"new", make_another},
};

Table* make_instance(lua::State& state) {
  Table* settings = state.table(kSettingCount, 0);
  for (int i = 1; i <= kSettingCount; i++) settings->append(state.heap(), Value(kDefaults[i]));
  Value upvalues[kUpvalueCount];
  upvalues[kSettings] = Value(settings);
  upvalues[kArrayMetatable] = Value(state.table());
  upvalues[kEmptyArrayMetatable] = Value(state.table());
  Table* library = state.table();
  for (const lua::Function& f : kFunctions) {
    state.set(library, f.name, state.native(f.function, upvalues));
  }
  state.set(library, "null", Value::from_pointer(nullptr));
  state.set(library, "empty_array", Value::from_pointer(&empty_array_mark));
  state.set(library, "array_mt", upvalues[kArrayMetatable]);
  state.set(library, "empty_array_mt", upvalues[kEmptyArrayMetatable]);
  state.set(library, "_NAME", state.string("cjson"));
  state.set(library, "_VERSION", state.string("2.1.0"));
  return library;
}

int make_another(Call& call) { return call.ret(Value(make_instance(call.state))); }

}  // namespace

void open_cjson(lua::State& state) {
  state.set(state.globals(), "cjson", Value(make_instance(state)));
}

}  // namespace redstart
