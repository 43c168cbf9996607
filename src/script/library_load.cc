#include "script/library_load.h"

#include "script/script_flags.h"

namespace redstart {

size_t Library::bytes() const {
  size_t bytes = sizeof *this + name.capacity() + code.capacity();
  for (const auto& [function_name, function] : functions) {
    bytes += sizeof *function + 2 * function_name.size();
    if (function->description) bytes += function->description->size();
  }
  return bytes;
}

bool LibraryLoad::add(std::unique_ptr<ScriptFunction> function, std::string* error) {
  if (!is_library_name(function->name)) {
    *error = "Library names can only contain letters, numbers, or underscores(_) and must be at "
             "least one character long";
    return false;
  }
  std::string name = function->name;
  if (!library_->functions.emplace(std::move(name), std::move(function)).second) {
    *error = "Function already exists in the library";
    return false;
  }
  return true;
}

}  // namespace redstart
