#include "search/date.h"

#include "base/ascii.h"

namespace redstart::search {

namespace {

constexpr int64_t kMicros = 1000000;
constexpr int64_t kDay = 86400;  // seconds

// Days since 1970-01-01 in the Gregorian calendar, reckoned from March so that leap days come last.
int64_t days_of(int64_t year, int month, int day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719468;
}

struct Civil {
  int64_t year;
  int month, day;
};

Civil civil_of(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t of_era = days - era * 146097;
  const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int64_t day_of_year = of_era - (365 * year + year / 4 - year / 100);
  const int64_t month = (5 * day_of_year + 2) / 153;  // from March
  Civil civil;
  civil.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  civil.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  civil.year = year + era * 400 + (civil.month <= 2);
  return civil;
}

int days_in_month(int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leap);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool read(int64_t* micros) {
    int year, month, day;
    if (!digits(4, &year) || !is('-') || !digits(2, &month) || !is('-') || !digits(2, &day)) {
      return false;
    }
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return false;
    *micros = days_of(year, month, day) * kDay * kMicros;
    if (done()) return true;
    if (!is('T') && !is('t') && !is(' ')) return false;
    return time(micros) && zone(micros) && done();
  }

 private:
  bool done() const { return at_ == text_.size(); }
  bool is(char c) {
    if (done() || text_[at_] != c) return false;
    at_++;
    return true;
  }
  bool digits(int count, int* number) {
    *number = 0;
    for (; count > 0; count--, at_++) {
      if (done() || !ascii_digit(text_[at_])) return false;
      *number = *number * 10 + (text_[at_] - '0');
    }
    return true;
  }

  bool time(int64_t* micros) {
    int hour, minute, second = 0, fraction = 0;
    if (!digits(2, &hour) || !is(':') || !digits(2, &minute)) return false;
    if (is(':')) {
      if (!digits(2, &second)) return false;
      if ((is('.') || is(',')) && !fraction_of_second(&fraction)) return false;
    }
    // 60 is a leap second: it counts as the second after it.
    if (hour > 23 || minute > 59 || second > 60) return false;
    *micros += (hour * 3600 + minute * 60 + second) * kMicros + fraction;
    return true;
  }
  bool fraction_of_second(int* micros) {
    int weight = 100000;
    const size_t begin = at_;
    for (; !done() && ascii_digit(text_[at_]); at_++, weight /= 10) {
      *micros += (text_[at_] - '0') * weight;
    }
    return at_ > begin;
  }
  bool zone(int64_t* micros) {
    if (done() || is('Z') || is('z')) return true;
    const bool west = is('-');
    int hours, minutes = 0;
    if ((!west && !is('+')) || !digits(2, &hours)) return false;
    if (!done()) {
      is(':');
      if (!digits(2, &minutes)) return false;
    }
    if (hours > 23 || minutes > 59) return false;
    const int64_t offset = (hours * 3600 + minutes * 60) * kMicros;
    *micros += west ? offset : -offset;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
};

void append_digits(std::string* out, int64_t number, size_t width) {
  const std::string text = std::to_string(number);
  out->append(width > text.size() ? width - text.size() : 0, '0');
  *out += text;
}

}  // namespace

bool parse_date(std::string_view text, int64_t* micros) { return Reader(text).read(micros); }

std::string date_text(int64_t micros) {
  int64_t seconds = micros / kMicros;
  int64_t fraction = micros % kMicros;
  if (fraction < 0) fraction += kMicros, seconds--;
  int64_t days = seconds / kDay;
  int64_t of_day = seconds % kDay;
  if (of_day < 0) of_day += kDay, days--;
  const Civil civil = civil_of(days);
  std::string out = civil.year < 0 ? "-" : "";
  append_digits(&out, civil.year < 0 ? -civil.year : civil.year, 4);
  const std::pair<char, int64_t> parts[] = {{'-', civil.month},
                                            {'-', civil.day},
                                            {'T', of_day / 3600},
                                            {':', of_day / 60 % 60},
                                            {':', of_day % 60}};
  for (const auto& part : parts) {
    out += part.first;
    append_digits(&out, part.second, 2);
  }
  if (fraction != 0) {
    out += '.';
    append_digits(&out, fraction, 6);
    while (out.back() == '0') out.pop_back();
  }
  return out + 'Z';
}

}  // namespace redstart::search
