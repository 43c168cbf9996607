// The reply of a command that a script has called, straight into values of its machine.
//
//              setresp(2)             setresp(3)
//   bulk       string                 string
//   integer    number                 number
//   status     {ok=}                  {ok=}
//   error      {err=}                 {err=}
//   null       false                  nil
//   dbl        string                 {double=}
//   boolean    1 or 0                 true or false
//   map        flat list              {map={}}
//   set        list                   {set={member=true}}
//   verbatim   string                 {verbatim_string={string=, format=}}
//   big number string                 {big_number=}
//
// Memory that is refused leaves holes; the machine raises when the call returns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lua/state.h"
#include "wire/reply.h"

namespace redstart {

class LuaReply final : public Reply {
 public:
  LuaReply(lua::State& state, int resp) : state_(state), resp3_(resp == 3) {}

  // REQUIRES: one whole reply was given.
  const lua::Value& value() const { return result_; }
  bool is_error() const { return is_error_; }

  void ok() override { status("OK"); }
  void status(std::string_view text) override;
  void integer(int64_t value) override { add(lua::Value(value)); }
  void bulk(std::string_view bytes) override { add(state_.string(bytes)); }
  void bulk_shared(BigBuf* buffer) override { bulk(buffer->view()); }
  void bulk_int(int64_t value) override;
  void null() override { add(resp3_ ? lua::Value() : lua::Value(false)); }
  void null_array() override { null(); }
  void dbl(double value) override;
  void dbl_text(std::string_view digits) override;
  void boolean(bool value) override {
    add(resp3_ ? lua::Value(value) : lua::Value(value ? 1 : 0));
  }
  void big_number(std::string_view digits) override;
  void verbatim(std::string_view format, std::string_view text) override;

  void array(size_t count) override { begin_list(count); }
  void map(size_t pair_count) override;
  void set(size_t count) override;
  void push(size_t count) override { begin_list(count); }
  void flat_pairs(size_t pair_count) override { begin_list(resp3_ ? pair_count : 2 * pair_count); }
  void flat_pair() override {
    if (resp3_) begin_list(2);
  }
  void map_pairs(size_t pair_count) override {
    if (resp3_) {
      map(pair_count);
    } else {
      begin_list(pair_count);
    }
  }
  void map_pair() override {
    if (!resp3_) begin_list(2);
  }
  Mark open(Shape shape) override;
  void close(Mark mark, size_t count) override;

 protected:
  void write_error(std::string_view text) override;

 private:
  enum class Kind : uint8_t { kList, kMap, kSet };
  // An aggregate that waits for elements.
  struct Open {
    lua::Table* table;
    size_t left;  // kUnknown until close()
    Kind kind;
    bool has_key;
    lua::Value key;
  };
  static constexpr size_t kUnknown = SIZE_MAX;

  // A scalar ends what it completes; an aggregate is placed before its own elements come.
  void add(const lua::Value& value) {
    place(value);
    if (!open_.empty()) close_full();
  }
  void place(const lua::Value& value);
  void begin_list(size_t count);
  void begin(lua::Table* table, Kind kind, size_t count);
  void close_full();
  // {name = value}
  lua::Value wrapped(std::string_view name, const lua::Value& value);

  lua::State& state_;
  const bool resp3_;
  bool is_error_ = false;
  lua::Value result_;
  std::vector<Open> open_;
};

}  // namespace redstart
