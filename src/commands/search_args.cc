#include "commands/search_args.h"

#include <string>

namespace redstart {

void fail_at_word(ArgReader& a) {
  a.fail(std::string(err::kSyntax) + " near '" + std::string(a.next()) + "'");
}

namespace {

constexpr int64_t kLimitMax = 1000;
constexpr std::string_view kBadLimit = "ERR limit should be a positive number less than 1000";
constexpr std::string_view kBadOffset = "ERR offset should be a non-negative number";

std::string quoted(std::string_view word) { return "'" + std::string(word) + "'"; }

class QueryReader {
 public:
  QueryReader(Args args, const search::Schema& schema, QueryCall* call)
      : a_(args, 3), schema_(schema), call_(*call) {}

  // Empty: all went well.
  const std::string& read() {
    while (a_.more()) option();
    if (!a_.ok()) return a_.error();
    if (call_.without_content && (call_.selects || highlights_)) {
      a_.fail("ERR NOCONTENT cannot be combined with SELECT or HIGHLIGHT");
    } else if (call_.has_score_function && call_.find.order != search::kNoField) {
      a_.fail("ERR SCOREFUNC cannot be combined with ORDERBY");
    }
    return a_.error();
  }

 private:
  void option() {
    if (a_.option("LIMIT")) {
      call_.find.limit = static_cast<size_t>(number_in(1, kLimitMax, kBadLimit));
    } else if (a_.option("OFFSET")) {
      call_.find.offset = static_cast<size_t>(number_in(0, UINT32_MAX, kBadOffset));
    } else if (a_.option("ORDERBY")) {
      order();
    } else if (a_.flag("NOCONTENT")) {
      call_.without_content = true;
    } else if (a_.option("SELECT")) {
      call_.selects = true;
      call_.selected = names("SELECT");
    } else if (a_.option("HIGHLIGHT", 2)) {
      highlight();
    } else if (a_.option("SCOREFUNC", 2)) {
      score_function();
    } else {
      fail_at_word(a_);
    }
  }

  int64_t number_in(int64_t low, int64_t high, std::string_view error) {
    int64_t value = 0;
    if (!parse_int64(a_.next(), &value) || value < low || value > high) a_.fail(error);
    return value;
  }

  std::vector<std::string_view> names(std::string_view option) {
    std::vector<std::string_view> names;
    const int64_t count = a_.integer();
    if (!a_.ok()) return names;
    if (count < 0 || static_cast<uint64_t>(count) > a_.left()) {
      a_.fail("ERR " + std::string(option) + " needs the number of fields and as many of them");
      return names;
    }
    for (int64_t i = 0; i < count; i++) names.push_back(a_.next());
    return names;
  }

  void order() {
    const std::string_view name = a_.next();
    call_.find.order = schema_.find(name);
    if (call_.find.order == search::kNoField) {
      return a_.fail("ERR Unknown field " + quoted(name) + " in ORDERBY");
    }
    if (!schema_.field(call_.find.order).sortable()) {
      return a_.fail("ERR ORDERBY requires field " + quoted(name) + " to be FAST");
    }
    call_.find.ascending = a_.flag("ASC");
    if (!call_.find.ascending) a_.flag("DESC");
  }

  // By its own name, else the first that is read from there.
  search::FieldNumber field_of(std::string_view name) const {
    const search::FieldNumber field = schema_.find(name);
    if (field != search::kNoField) return field;
    for (search::FieldNumber i = 0; i < schema_.fields().size(); i++) {
      if (schema_.field(i).source() == name) return i;
    }
    return search::kNoField;
  }

  void highlight() {
    highlights_ = true;
    if (!a_.option("FIELDS")) return fail_at_word(a_);
    for (std::string_view name : names("HIGHLIGHT FIELDS")) {
      const search::FieldNumber field = field_of(name);
      if (field == search::kNoField) {
        return a_.fail("ERR Unknown field " + quoted(name) + " in HIGHLIGHT");
      }
      call_.highlighted.push_back(field);
    }
    if (!a_.option("TAGS", 2)) return;
    call_.tag_before = a_.next();
    call_.tag_behind = a_.next();
  }

  void score_function() {
    if (call_.has_score_function) return a_.fail("ERR SCOREFUNC is repeated");
    call_.has_score_function = true;
    search::ScoreBy& by = call_.score_by;
    while (a_.more()) {
      if (a_.option("COMBINEMODE")) {
        word("COMBINEMODE", search::parse_combine_mode, &by.combine);
      } else if (a_.option("SCOREMODE")) {
        word("SCOREMODE", search::parse_score_mode, &by.score);
      } else if (a_.option("FIELDVALUE")) {
        by.values.push_back(field_value());
      } else {
        break;
      }
    }
    if (a_.ok() && by.values.empty()) a_.fail("ERR SCOREFUNC needs a FIELDVALUE");
  }

  search::FieldValue field_value() {
    search::FieldValue value;
    const std::string_view name = a_.next();
    value.field = schema_.find(name);
    if (value.field == search::kNoField) {
      a_.fail("ERR Unknown field " + quoted(name) + " in SCOREFUNC");
    } else if (!search::can_score(schema_.field(value.field))) {
      a_.fail("ERR SCOREFUNC requires field " + quoted(name) + " to be a FAST number");
    }
    while (a_.more()) {
      if (a_.option("MODIFIER")) {
        word("MODIFIER", search::parse_modifier, &value.modifier);
      } else if (a_.option("FACTOR")) {
        value.factor = a_.number();
      } else if (a_.option("MISSING")) {
        value.missing = a_.number();
      } else {
        break;
      }
    }
    return value;
  }

  template <class T>
  void word(std::string_view option, bool (*parse)(std::string_view, T*), T* value) {
    const std::string_view word = a_.next();
    if (!parse(word, value)) a_.fail("ERR Unknown " + std::string(option) + " " + quoted(word));
  }

  ArgReader a_;
  const search::Schema& schema_;
  QueryCall& call_;
  bool highlights_ = false;
};

}  // namespace

bool read_query(Context& c, const search::Schema& schema, QueryCall* call) {
  QueryReader reader(c.args, schema, call);
  const std::string& error = reader.read();
  if (!error.empty()) c.reply.error(error);
  return error.empty();
}

}  // namespace redstart
