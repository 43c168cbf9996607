#include <cmath>

#include "core/rdb_format.h"
#include "core/rdb_reader.h"
#include "persist/rdb_load_value.h"
#include "types/array.h"

namespace redstart::rdb_load {

namespace {

class ArrayElements final : public RdbElements {
 public:
  // An element takes at least a byte each for its index, what it is, and its text.
  ArrayElements(const TypeEnv& env, RdbReader& in)
      : in_(in), array_(env, Held()), left_(in.count(3)) {
    const uint64_t has_cursor = in_.length();
    if (has_cursor == 0) return;
    cursor_ = in_.length();
    if (has_cursor != 1 || cursor_ == kNoArrayCursor) in_.fail("The cursor of an array is broken");
  }
  ~ArrayElements() override { array_.drop(); }

  bool read_one() override {
    if (left_ == 0 || in_.failed()) return false;
    const uint64_t index = in_.length();
    const uint64_t form = in_.length();
    char scratch[kDoubleTextMax];
    const std::string_view text = read_text(form, scratch);
    if (index > kArrayIndexMax) in_.fail("An index of an array is too large");
    if (!in_.failed() && !array_.set(index, text)) in_.fail("An index of an array comes twice");
    return !in_.failed() && --left_ > 0;
  }
  Held take() override {
    if (!array_.empty()) array_.set_cursor(cursor_);
    const Held held = array_.held();
    array_ = Array(array_.env(), Held());
    return held;
  }

 private:
  std::string_view read_text(uint64_t form, char* scratch) {
    switch (form) {
      case rdb::kArrayText:
      case rdb::kArrayShortText:
        return in_.string();
      case rdb::kArrayInteger:
        return {scratch, write_int64(scratch, in_.little_int64())};
      case rdb::kArrayDouble:
        return real_text(in_.little_double(), scratch);
    }
    in_.fail("An array has an element of unknown kind");
    return {};
  }

  // As Redis prints it: with a point, for without one it would be an integer.
  std::string_view real_text(double value, char* scratch) {
    if (!std::isfinite(value)) in_.fail("An array has a number that is none");
    size_t size = write_double(scratch, value);
    if (std::string_view(scratch, size).find_first_of(".e") == std::string_view::npos) {
      scratch[size++] = '.';
      scratch[size++] = '0';
    }
    return {scratch, size};
  }

  RdbReader& in_;
  Array array_;
  uint64_t left_;
  uint64_t cursor_ = kNoArrayCursor;
};

}  // namespace

std::unique_ptr<RdbElements> array(const TypeEnv& env, RdbReader& in) {
  return std::make_unique<ArrayElements>(env, in);
}

}  // namespace redstart::rdb_load
