// redstart-lua: a bare interpreter for tests. Runs files, or the text behind -e, one after the other
// in one machine, with print and io.write besides the library of the sandbox.
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include "base/hash.h"
#include "lua/call.h"
#include "lua/libs.h"
#include "lua/meta.h"

namespace redstart::lua {
namespace {

struct BareHost : Host {
  double cpu_seconds() override { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
};

int print(Call& call) {
  for (int i = 0; i < call.count(); i++) {
    Value text;
    if (!to_text(call.state, call[i], &text)) return kRaised;
    if (!text.is_string()) return call.fail("'tostring' must return a string to 'print'");
    if (i > 0) fputc('\t', stdout);
    fwrite(text.text().data(), 1, text.text().size(), stdout);
    call.results(1);
  }
  fputc('\n', stdout);
  return call.none();
}

int write(Call& call) {
  for (int i = 0; i < call.count(); i++) {
    std::string_view text;
    if (!call.string(i, &text)) return kRaised;
    fwrite(text.data(), 1, text.size(), stdout);
  }
  return call.none();
}

bool run(State& state, std::string_view source, const std::string& name) {
  Root function(state);
  Value result;
  if (state.compile(source, name, &function.value) && state.call(function.value, {}, &result)) {
    return true;
  }
  fflush(stdout);
  const Value error = state.error();
  const std::string text = error.is_string() || error.is_number()
                               ? std::string(plain_text(state, error).text())
                               : "(error object is a " + std::string(type_name(error)) + " value)";
  fprintf(stderr, "redstart-lua: %s\n", text.c_str());
  return false;
}

int main(int argc, char** argv) {
  BareHost host;
  State state({.hash_seed = 42}, host);
  open_libraries(state);
  state.set(state.globals(), "print", state.native(print));
  constexpr Function kIo[] = {{"write", write}};
  open_library(state, "io", kIo);
  for (int i = 1; i < argc; i++) {
    const std::string argument = argv[i];
    if (argument == "-e" && i + 1 < argc) {
      if (!run(state, argv[++i], "=(command line)")) return 1;
      continue;
    }
    std::ifstream file(argument, std::ios::binary);
    if (!file) {
      fprintf(stderr, "redstart-lua: cannot open %s\n", argument.c_str());
      return 1;
    }
    std::stringstream source;
    source << file.rdbuf();
    if (!run(state, source.str(), "@" + argument)) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace redstart::lua

int main(int argc, char** argv) { return redstart::lua::main(argc, argv); }
