#include "script/function_dump.h"

#include "base/crc.h"
#include "engine/function_sources.h"

namespace redstart {
namespace {

// The parts of the RDB format that libraries need.
constexpr uint8_t kFunction = 245, kFunctionDraft = 246;
constexpr int kVersion = 10;        // the first with libraries
constexpr int kNewestVersion = 12;  // that can be read
constexpr size_t kFooterBytes = 10;
constexpr std::string_view kBroken = "DUMP payload version or checksum are wrong";

void append_little(std::string* out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) out->push_back(static_cast<char>(value >> (8 * i)));
}

uint64_t read_little(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

void append_length(std::string* out, uint64_t length) {
  if (length < 1 << 6) {
    out->push_back(static_cast<char>(length));
  } else if (length < 1 << 14) {
    out->push_back(static_cast<char>(0x40 | length >> 8));
    out->push_back(static_cast<char>(length));
  } else {
    out->push_back('\x80');
    for (int shift = 24; shift >= 0; shift -= 8) out->push_back(static_cast<char>(length >> shift));
  }
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool at_end() const { return bytes_.empty(); }
  bool byte(uint8_t* out) {
    if (bytes_.empty()) return false;
    *out = static_cast<uint8_t>(bytes_[0]);
    bytes_.remove_prefix(1);
    return true;
  }
  bool string(std::string* out) {
    uint8_t first;
    if (!byte(&first)) return false;
    if (first >> 6 == 3) return first == 0xc3 && compressed(out);
    uint64_t length;
    if (!rest_of_length(first, &length) || length > bytes_.size()) return false;
    out->assign(bytes_.substr(0, length));
    bytes_.remove_prefix(length);
    return true;
  }

 private:
  bool length(uint64_t* out) {
    uint8_t first;
    return byte(&first) && rest_of_length(first, out);
  }
  bool rest_of_length(uint8_t first, uint64_t* out) {
    int more = first >> 6 == 0 ? 0 : first >> 6 == 1 ? 1 : first == 0x80 ? 4 : first == 0x81 ? 8 : -1;
    if (more < 0) return false;
    *out = first >> 6 == 2 ? 0 : first & 0x3f;
    for (uint8_t next; more > 0; more--) {
      if (!byte(&next)) return false;
      *out = *out << 8 | next;
    }
    return true;
  }

  // LZF: runs of bytes as they are, and of bytes that were there before.
  bool compressed(std::string* out) {
    uint64_t size, full_size;
    if (!length(&size) || !length(&full_size) || size > bytes_.size()) return false;
    std::string_view packed = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    out->clear();
    size_t i = 0;
    while (i < packed.size()) {
      size_t control = static_cast<uint8_t>(packed[i++]);
      if (control < 32) {
        if (control + 1 > packed.size() - i) return false;
        out->append(packed.substr(i, control + 1));
        i += control + 1;
        continue;
      }
      size_t run = control >> 5;
      if (run == 7) {
        if (i == packed.size()) return false;
        run += static_cast<uint8_t>(packed[i++]);
      }
      if (i == packed.size()) return false;
      size_t back = ((control & 0x1f) << 8 | static_cast<uint8_t>(packed[i++])) + 1;
      if (back > out->size()) return false;
      for (run += 2; run > 0; run--) out->push_back((*out)[out->size() - back]);
      if (out->size() > full_size) return false;
    }
    return out->size() == full_size;
  }

  std::string_view bytes_;
};

}  // namespace

std::string make_function_dump(const FunctionSources& libraries) {
  std::string out;
  libraries.each([&](std::string_view source) {
    out.push_back(static_cast<char>(kFunction));
    append_length(&out, source.size());
    out.append(source);
  });
  append_little(&out, kVersion, 2);
  append_little(&out, crc64(0, out), 8);
  return out;
}

bool read_function_dump(std::string_view payload, std::vector<std::string>* codes,
                        std::string* error) {
  auto fail = [&](std::string_view text) {
    *error = text;
    return false;
  };
  if (payload.size() < kFooterBytes) return fail(kBroken);
  std::string_view footer = payload.substr(payload.size() - kFooterBytes);
  if (read_little(footer.substr(0, 2)) > kNewestVersion ||
      read_little(footer.substr(2)) != crc64(0, payload.substr(0, payload.size() - 8))) {
    return fail(kBroken);
  }
  Reader reader(payload.substr(0, payload.size() - kFooterBytes));
  while (!reader.at_end()) {
    uint8_t type;
    reader.byte(&type);
    if (type == kFunctionDraft) return fail("Pre-GA function format not supported");
    if (type != kFunction) return fail("given type is not a function");
    std::string code;
    if (!reader.string(&code)) return fail("Failed loading library name");
    codes->push_back(std::move(code));
  }
  return true;
}

}  // namespace redstart
