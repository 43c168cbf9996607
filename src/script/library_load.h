// A library of functions while it is being loaded: what it registers is kept here until all of it
// has run, and only then becomes visible.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lua/state.h"

namespace redstart {

struct Library;

struct ScriptFunction {
  ScriptFunction(lua::State& state, std::string name, const lua::Value& code)
      : name(std::move(name)), code(state, code) {}

  std::string name;
  std::optional<std::string> description;
  uint32_t flags = 0;  // ScriptFlag
  lua::Root code;
  const Library* library = nullptr;
};

struct Library {
  std::string name;
  std::string code;
  std::map<std::string, std::unique_ptr<ScriptFunction>, std::less<>> functions;
  size_t bytes() const;
};

class LibraryLoad {
 public:
  // Monotonic; 0: it may take as long as it likes.
  explicit LibraryLoad(int64_t deadline_us) : deadline_us_(deadline_us) {}

  bool out_of_time(int64_t now_us) const { return deadline_us_ != 0 && now_us > deadline_us_; }
  // False and a reason.
  bool add(std::unique_ptr<ScriptFunction> function, std::string* error);
  Library& library() { return *library_; }
  std::unique_ptr<Library> take() { return std::move(library_); }

 private:
  int64_t deadline_us_;
  std::unique_ptr<Library> library_ = std::make_unique<Library>();
};

}  // namespace redstart
