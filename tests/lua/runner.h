// Runs Lua in a test: a machine whose output is gathered, under a host that counts.
#pragma once

#include <string>

#include "lua/call.h"
#include "lua/libs.h"
#include "lua/meta.h"

namespace redstart::lua {

class TestHost : public Host {
 public:
  bool keep_running() override { return ++asked < stop_after; }
  std::string_view stop_text() override { return "stopped by the test"; }
  double cpu_seconds() override { return 1.5; }
  uint64_t asked = 0;
  uint64_t stop_after = UINT64_MAX;
};

// With print() and io.write(), which append to `output`.
class Machine {
 public:
  explicit Machine(size_t memory_cap = SIZE_MAX) : state({memory_cap, 7}, host) {
    state.host_data = this;
    open_libraries(state);
    state.set(state.globals(), "print", state.native(print));
    constexpr Function kIo[] = {{"write", write}};
    open_library(state, "io", kIo);
  }

  // The text of what the chunk returns first, or of its error behind "error: ".
  std::string run(std::string_view source, std::string_view name = "=test") {
    Root function(state);
    Root result(state);
    if (!state.compile(source, name, &function.value)) return "error: " + text(state.error());
    if (!state.call(function.value, {}, &result.value)) return "error: " + text(state.error());
    return text(result.value);
  }

  std::string text(const Value& value) {
    return std::string(plain_text(state, value).text());
  }

  TestHost host;
  State state;
  std::string output;

 private:
  static int print(Call& call) {
    std::string& out = static_cast<Machine*>(call.state.host_data)->output;
    for (int i = 0; i < call.count(); i++) {
      Value text;
      if (!to_text(call.state, call[i], &text)) return kRaised;
      call.results(1);
      if (!text.is_string()) return call.fail("'tostring' must return a string to 'print'");
      if (i > 0) out += '\t';
      out += text.text();
    }
    out += '\n';
    return call.none();
  }
  static int write(Call& call) {
    std::string& out = static_cast<Machine*>(call.state.host_data)->output;
    for (int i = 0; i < call.count(); i++) {
      std::string_view text;
      if (!call.string(i, &text)) return kRaised;
      out += text;
    }
    return call.none();
  }
};

}  // namespace redstart::lua
