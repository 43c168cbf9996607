#include "script/convert.h"

#include <string>

namespace redstart {
namespace {

using lua::Table;
using lua::Tag;
using lua::Value;

// About as deep as the reference's stack goes.
constexpr int kDepthMax = 4000;

int64_t truncated(double number) {
  // As the machine casts: what does not fit is the lowest integer.
  if (!(number >= -0x1p63 && number < 0x1p63)) return INT64_MIN;
  return static_cast<int64_t>(number);
}

std::string without_line_breaks(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (c == '\r' || c == '\n') c = ' ';
  }
  return line;
}

class Answer {
 public:
  Answer(lua::State& state, int resp, Reply& reply) : state_(state), resp_(resp), reply_(reply) {}

  bool counted_error() const { return counted_error_; }

  void give(const Value& value, int depth) {
    if (depth > kDepthMax) return reply_.error("ERR reached lua stack limit");
    switch (value.tag()) {
      case Tag::kString: return reply_.bulk(value.text());
      case Tag::kNumber: return reply_.integer(truncated(value.num));
      case Tag::kTrue: return resp_ == 2 ? reply_.integer(1) : reply_.boolean(true);
      case Tag::kFalse: return resp_ == 2 ? reply_.null() : reply_.boolean(false);
      case Tag::kTable: return give_table(value.table(), depth);
      default: return reply_.null();
    }
  }

 private:
  const Value& field(Table* table, std::string_view name) { return state_.get(table, name); }

  // Tables with one of these fields are more than a list, in this order.
  void give_table(Table* table, int depth) {
    // A plain list has no fields at all.
    if (table->node_count > 0 && give_tagged(table, depth)) return;
    int64_t length = 0;
    while (!table->get_index(length + 1).is_nil()) length++;
    reply_.array(static_cast<size_t>(length));
    for (int64_t i = 1; i <= length; i++) give(table->get_index(i), depth + 1);
  }

  bool give_tagged(Table* table, int depth) {
    const Value& error = field(table, "err");
    if (error.is_string()) {
      counted_error_ |= field(table, "ignore_error_stats_update").is(Tag::kTrue);
      reply_.error(error.text());
      return true;
    }
    const Value& ok = field(table, "ok");
    if (ok.is_string()) {
      reply_.status(without_line_breaks(ok.text()));
      return true;
    }
    const Value& number = field(table, "double");
    if (number.is_number()) {
      reply_.dbl(number.num);
      return true;
    }
    const Value& big = field(table, "big_number");
    if (big.is_string()) {
      reply_.big_number(without_line_breaks(big.text()));
      return true;
    }
    const Value& verbatim = field(table, "verbatim_string");
    if (verbatim.is_table()) {
      const Value& format = field(verbatim.table(), "format");
      const Value& text = field(verbatim.table(), "string");
      if (format.is_string() && text.is_string()) {
        std::string three(format.text().substr(0, 3));
        three.resize(3, ' ');
        reply_.verbatim(three, text.text());
        return true;
      }
    }
    const Value& map = field(table, "map");
    if (map.is_table()) return give_map(map.table(), depth), true;
    const Value& set = field(table, "set");
    if (set.is_table()) return give_set(set.table(), depth), true;
    return false;
  }

  static size_t entries(const Table* table) {
    size_t count = 0;
    uint32_t position = 0;
    Value key, value;
    while (table->next(&position, &key, &value)) count++;
    return count;
  }

  void give_map(const Table* table, int depth) {
    reply_.map(entries(table));
    uint32_t position = 0;
    Value key, value;
    while (table->next(&position, &key, &value)) {
      give(key, depth + 1);
      give(value, depth + 1);
    }
  }

  void give_set(const Table* table, int depth) {
    reply_.set(entries(table));
    uint32_t position = 0;
    Value key, value;
    while (table->next(&position, &key, &value)) give(key, depth + 1);
  }

  lua::State& state_;
  const int resp_;
  Reply& reply_;
  bool counted_error_ = false;
};

}  // namespace

bool answer_value(lua::State& state, const Value& value, int resp, Reply& reply) {
  Answer answer(state, resp, reply);
  answer.give(value, 0);
  return answer.counted_error();
}

}  // namespace redstart
