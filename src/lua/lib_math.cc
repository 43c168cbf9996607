#include <cmath>
#include <limits>

#include "lua/call.h"
#include "lua/libs.h"
#include "lua/meta.h"
#include "lua/numbers.h"

namespace redstart::lua {

namespace {

constexpr double kPi = 3.14159265358979323846;

template <double (*function)(double)>
int unary(Call& call) {
  double x;
  if (!call.number(0, &x)) return kRaised;
  return call.ret(Value(function(x)));
}

template <double (*function)(double, double)>
int binary(Call& call) {
  double x, y;
  if (!call.number(0, &x) || !call.number(1, &y)) return kRaised;
  return call.ret(Value(function(x, y)));
}

double degrees(double x) { return x / (kPi / 180); }
double radians(double x) { return x * (kPi / 180); }

int math_frexp(Call& call) {
  double x;
  if (!call.number(0, &x)) return kRaised;
  int exponent;
  const double mantissa = std::frexp(x, &exponent);
  return call.ret(Value(mantissa), Value(exponent));
}

int math_ldexp(Call& call) {
  double x;
  int64_t exponent;
  if (!call.number(0, &x) || !call.integer(1, &exponent)) return kRaised;
  if (exponent > 100'000) exponent = 100'000;
  if (exponent < -100'000) exponent = -100'000;
  return call.ret(Value(std::ldexp(x, static_cast<int>(exponent))));
}

int math_modf(Call& call) {
  double x;
  if (!call.number(0, &x)) return kRaised;
  double whole;
  const double fraction = std::modf(x, &whole);
  return call.ret(Value(whole), Value(fraction));
}

int math_max(Call& call) {
  double most;
  if (!call.number(0, &most)) return kRaised;
  for (int i = 1; i < call.count(); i++) {
    double x;
    if (!call.number(i, &x)) return kRaised;
    if (x > most) most = x;
  }
  return call.ret(Value(most));
}

int math_min(Call& call) {
  double least;
  if (!call.number(0, &least)) return kRaised;
  for (int i = 1; i < call.count(); i++) {
    double x;
    if (!call.number(i, &x)) return kRaised;
    if (x < least) least = x;
  }
  return call.ret(Value(least));
}

int math_random(Call& call) {
  constexpr int32_t kRange = std::numeric_limits<int32_t>::max();
  const double unit = static_cast<double>(call.state.next_random() % kRange) / kRange;
  if (call.count() == 0) return call.ret(Value(unit));
  double low = 1, high;
  if (call.count() > 2) return call.fail("wrong number of arguments");
  int64_t whole;
  if (!call.integer(0, &whole)) return kRaised;
  high = static_cast<double>(static_cast<int>(whole));
  if (call.count() == 2) {
    low = high;
    if (!call.integer(1, &whole)) return kRaised;
    high = static_cast<double>(static_cast<int>(whole));
  }
  if (low > high) return call.bad_argument(call.count() - 1, "interval is empty");
  return call.ret(Value(std::floor(unit * (high - low + 1)) + low));
}

int math_randomseed(Call& call) {
  int64_t seed;
  if (!call.integer(0, &seed)) return kRaised;
  call.state.seed_random(static_cast<int32_t>(seed));
  return call.none();
}

constexpr Function kFunctions[] = {
    {"abs", unary<std::fabs>},     {"acos", unary<std::acos>},   {"asin", unary<std::asin>},
    {"atan", unary<std::atan>},    {"atan2", binary<std::atan2>}, {"ceil", unary<std::ceil>},
    {"cos", unary<std::cos>},      {"cosh", unary<std::cosh>},   {"deg", unary<degrees>},
    {"exp", unary<std::exp>},      {"floor", unary<std::floor>}, {"fmod", binary<std::fmod>},
    {"frexp", math_frexp},         {"ldexp", math_ldexp},        {"log", unary<std::log>},
    {"log10", unary<std::log10>},  {"max", math_max},            {"min", math_min},
    {"modf", math_modf},           {"pow", binary<power>},
    {"rad", unary<radians>},       {"random", math_random},      {"randomseed", math_randomseed},
    {"sin", unary<std::sin>},      {"sinh", unary<std::sinh>},   {"sqrt", unary<std::sqrt>},
    {"tan", unary<std::tan>},      {"tanh", unary<std::tanh>},
};

}  // namespace

void open_math(State& state) {
  Table* math = open_library(state, "math", kFunctions);
  state.set(math, "mod", state.get(math, "fmod"));  // its name in 5.0
  state.set(math, "pi", Value(kPi));
  state.set(math, "huge", Value(std::numeric_limits<double>::infinity()));
}

}  // namespace redstart::lua
