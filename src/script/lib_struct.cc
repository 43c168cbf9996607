// struct: packs values into binary strings by a format, as C lays out its structs.
//
//   > < !n        big-endian, little-endian, alignment to powers of two up to n (default: none)
//   b B h H l L T signed and unsigned integers of 1, 2, 8 bytes; T as size_t
//   i[n] I[n]     integers of n bytes, 4 by default, at most 32
//   f d           float and double
//   s cn c0       a string up to a zero; of n bytes; as long as the number before it says
//   x             a byte of padding
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "lua/call.h"
#include "script/libraries.h"

namespace redstart {
namespace {

using lua::Call;
using lua::kRaised;
using lua::Value;

constexpr int kIntegerMax = 32;    // bytes
constexpr int kAlignmentMax = 8;

// Reads a format, one option after the other.
class Format {
 public:
  Format(Call& call, std::string_view text)
      // As a C string: a zero ends it.
      : call_(call), text_(text.substr(0, text.find('\0'))) {}

  // False at the end and when the format is wrong; then failed() is true and an error is pending.
  bool next() {
    if (text_.empty()) return false;
    option_ = text_[0];
    text_.remove_prefix(1);
    return read_size();
  }
  bool failed() const { return failed_; }
  char option() const { return option_; }
  size_t size() const { return size_; }
  bool big_endian() const { return big_endian_; }
  bool is_integer() const { return strchr("bBhHlLTiI", option_) != nullptr; }

  size_t padding(size_t position) const {
    if (size_ == 0 || option_ == 'c') return 0;
    size_t step = std::min(size_, static_cast<size_t>(alignment_));
    return (step - (position & (step - 1))) & (step - 1);
  }
  // An option that moves no data.
  bool control() {
    switch (option_) {
      case ' ': return true;
      case '>': big_endian_ = true; return true;
      case '<': big_endian_ = false; return true;
      case '!': {
        int wanted;
        if (!read_number(kAlignmentMax, &wanted)) return false;
        if (wanted <= 0 || (wanted & (wanted - 1))) {
          failed_ = true;
          call_.fail("alignment %d is not a power of 2", wanted);
          return false;
        }
        alignment_ = wanted;
        return true;
      }
      default: {
        failed_ = true;
        std::string text = std::string("invalid format option '") + option_ + "'";
        call_.bad_argument(0, text.c_str());
        return false;
      }
    }
  }

 private:
  bool read_number(int fallback, int* number) {
    *number = fallback;
    if (text_.empty() || !ascii_digit(text_[0])) return true;
    int64_t value = 0;
    while (!text_.empty() && ascii_digit(text_[0])) {
      value = value * 10 + (text_[0] - '0');
      text_.remove_prefix(1);
      if (value > INT32_MAX) {
        failed_ = true;
        call_.fail("integral size overflow");
        return false;
      }
    }
    *number = static_cast<int>(value);
    return true;
  }
  bool read_size() {
    int number = 0;
    switch (option_) {
      case 'b': case 'B': case 'x': number = 1; break;
      case 'h': case 'H': number = sizeof(short); break;
      case 'l': case 'L': number = sizeof(long); break;
      case 'T': number = sizeof(size_t); break;
      case 'f': number = sizeof(float); break;
      case 'd': number = sizeof(double); break;
      case 'c': if (!read_number(1, &number)) return false; break;
      case 'i': case 'I':
        if (!read_number(sizeof(int), &number)) return false;
        if (number > kIntegerMax) {
          failed_ = true;
          call_.fail("integral size %d is larger than limit of %d", number, kIntegerMax);
          return false;
        }
        break;
      default: break;
    }
    size_ = static_cast<size_t>(number);
    return true;
  }

  Call& call_;
  std::string_view text_;
  char option_ = 0;
  size_t size_ = 0;
  int alignment_ = 1;
  bool big_endian_ = false;
  bool failed_ = false;
};

uint64_t integer_of(double number) {
  if (!(number >= -0x1p63)) return uint64_t{1} << 63;
  if (number < 0) return static_cast<uint64_t>(static_cast<int64_t>(number));
  if (number < 0x1p64) return static_cast<uint64_t>(number);
  return 0;
}

void append_integer(std::string* out, uint64_t value, size_t size, bool big_endian) {
  char bytes[kIntegerMax];
  for (size_t i = 0; i < size; i++, value >>= 8) {
    bytes[big_endian ? size - 1 - i : i] = static_cast<char>(value & 0xff);
  }
  out->append(bytes, size);
}

double read_integer(const char* bytes, size_t size, bool big_endian, bool is_signed) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; i++) {
    value = value << 8 | static_cast<uint8_t>(bytes[big_endian ? i : size - 1 - i]);
  }
  if (!is_signed) return static_cast<double>(value);
  if (size > 0 && size < 8 && (value >> (size * 8 - 1) & 1)) value |= ~uint64_t{0} << (size * 8);
  return static_cast<double>(static_cast<int64_t>(value));
}

template <class Float>
void append_float(std::string* out, Float number, bool big_endian) {
  char bytes[sizeof number];
  memcpy(bytes, &number, sizeof number);
  if (big_endian) std::reverse(bytes, bytes + sizeof number);
  out->append(bytes, sizeof number);
}

template <class Float>
double read_float(const char* data, bool big_endian) {
  char bytes[sizeof(Float)];
  memcpy(bytes, data, sizeof bytes);
  if (big_endian) std::reverse(bytes, bytes + sizeof bytes);
  Float number;
  memcpy(&number, bytes, sizeof bytes);
  return static_cast<double>(number);
}

// One option of pack() with its argument.
bool pack_one(Call& call, Format& format, int* argument, std::string* out) {
  if (format.is_integer() || format.option() == 'f' || format.option() == 'd') {
    double number;
    if (!call.number((*argument)++, &number)) return false;
    if (format.option() == 'f') {
      append_float(out, static_cast<float>(number), format.big_endian());
    } else if (format.option() == 'd') {
      append_float(out, number, format.big_endian());
    } else {
      append_integer(out, integer_of(number), format.size(), format.big_endian());
    }
    return true;
  }
  switch (format.option()) {
    case 'x':
      out->push_back('\0');
      return true;
    case 'c':
    case 's': {
      std::string_view text;
      if (!call.string((*argument)++, &text)) return false;
      size_t size = format.size() ? format.size() : text.size();
      if (text.size() < size) {
        call.bad_argument(*argument, "string too short");
        return false;
      }
      out->append(text.substr(0, size));
      if (format.option() == 's') out->push_back('\0');
      return true;
    }
    default:
      return format.control();
  }
}

int struct_pack(Call& call) {
  std::string_view text;
  if (!call.string(0, &text)) return kRaised;
  Format format(call, text);
  std::string out;
  int argument = 1;
  while (format.next()) {
    size_t padding = format.padding(out.size());
    if (!call.state.heap().grants(out.size() + padding + format.size())) {
      call.state.fail_out_of_memory();
      return kRaised;
    }
    out.append(padding, '\0');
    if (!pack_one(call, format, &argument, &out)) return kRaised;
  }
  return format.failed() ? kRaised : call.ret(std::string_view(out));
}

int struct_unpack(Call& call) {
  std::string_view text, data;
  int64_t offset;
  if (!call.string(0, &text) || !call.string(1, &data) || !call.integer_or(2, 1, &offset)) {
    return kRaised;
  }
  if (offset <= 0) return call.bad_argument(2, "offset must be 1 or greater");
  size_t position = static_cast<size_t>(offset) - 1;
  std::vector<Value> values;
  Format format(call, text);
  auto reaches = [&](size_t size) { return size <= data.size() && position <= data.size() - size; };
  while (format.next()) {
    size_t size = format.size();
    position += format.padding(position);
    if (!reaches(size)) return call.bad_argument(1, "data string too short");
    if (values.size() >= lua::kNativeStackMax) {
      return call.fail("stack overflow (%s)", "too many results");
    }
    const char* at = data.data() + position;
    switch (format.option()) {
      case 'x': break;
      case 'f': values.emplace_back(read_float<float>(at, format.big_endian())); break;
      case 'd': values.emplace_back(read_float<double>(at, format.big_endian())); break;
      case 'c':
        if (size == 0) {
          if (values.empty() || !values.back().is_number()) {
            return call.fail("format 'c0' needs a previous size");
          }
          double wanted = values.back().num;
          values.pop_back();
          if (!(wanted >= 0 && wanted <= 0x1p53) || !reaches(static_cast<size_t>(wanted))) {
            return call.bad_argument(1, "data string too short");
          }
          size = static_cast<size_t>(wanted);
        }
        values.push_back(call.state.string({at, size}));
        break;
      case 's': {
        size_t end = data.find('\0', position);
        if (end == data.npos) return call.fail("unfinished string in data");
        size = end - position + 1;
        values.push_back(call.state.string({at, size - 1}));
        break;
      }
      default:
        if (format.is_integer()) {
          bool is_signed = format.option() >= 'a';
          values.emplace_back(read_integer(at, size, format.big_endian(), is_signed));
        } else if (!format.control()) {
          return kRaised;
        }
    }
    position += size;
  }
  if (format.failed()) return kRaised;
  values.emplace_back(static_cast<int64_t>(position + 1));
  Value* results = call.results(static_cast<int>(values.size()));
  if (!results) return kRaised;
  std::copy(values.begin(), values.end(), results);
  return static_cast<int>(values.size());
}

int struct_size(Call& call) {
  std::string_view text;
  if (!call.string(0, &text)) return kRaised;
  Format format(call, text);
  size_t position = 0;
  while (format.next()) {
    position += format.padding(position);
    if (format.option() == 's') return call.bad_argument(0, "option 's' has no fixed size");
    if (format.option() == 'c' && format.size() == 0) {
      return call.bad_argument(0, "option 'c0' has no fixed size");
    }
    // Letters that mean nothing are passed over here, as in the reference.
    char folded = ascii_lower(format.option());
    bool letter = (folded >= 'a' && folded <= 'z') || ascii_digit(folded);
    if (!letter && !format.control()) return kRaised;
    position += format.size();
  }
  return format.failed() ? kRaised : call.ret(Value(static_cast<int64_t>(position)));
}

constexpr lua::Function kFunctions[] = {
    {"pack", struct_pack}, {"unpack", struct_unpack}, {"size", struct_size}};

}  // namespace

void open_struct(lua::State& state) { lua::open_library(state, "struct", kFunctions); }

}  // namespace redstart
