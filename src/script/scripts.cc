#include "script/scripts.h"

#include "base/digest.h"
#include "engine/context.h"
#include "engine/engine.h"

namespace redstart {
namespace {

// Of FUNCTION LOAD: code that only registers functions takes far less.
constexpr int64_t kLoadTimeoutUs = 500 * 1000;

size_t bytes_of(const Script& script) {
  return sizeof script + script.body.capacity() + script.sha.size() + 4 * sizeof(void*);
}

}  // namespace

TenantScripts::~TenantScripts() = default;

TenantScripts& TenantScripts::of(Tenant& tenant) {
  return static_cast<TenantScripts&>(*tenant.scripting());
}

Machine& TenantScripts::eval_machine() {
  if (!eval_machine_) eval_machine_ = std::make_unique<Machine>(engine_, Machine::Kind::kEval);
  return *eval_machine_;
}

Machine& TenantScripts::function_machine() {
  if (!function_machine_) {
    function_machine_ = std::make_unique<Machine>(engine_, Machine::Kind::kFunctions);
  }
  return *function_machine_;
}

// ---- EVAL ---------------------------------------------------------------------------------------

Script* TenantScripts::find(std::string_view sha) {
  if (sha.size() != 40) return nullptr;
  char folded[40];
  for (size_t i = 0; i < 40; i++) folded[i] = ascii_lower(sha[i]);
  auto found = by_sha_.find(std::string_view(folded, 40));
  return found == by_sha_.end() ? nullptr : found->second.get();
}

// By the text itself: comparing it costs less than its SHA1.
Script* TenantScripts::find_body(std::string_view body) {
  auto found = by_body_.find(body);
  return found == by_body_.end() ? nullptr : found->second;
}

Script* TenantScripts::add(std::string_view body, bool evictable, std::string* error) {
  if (Script* known = find_body(body)) return known;
  ScriptHead head;
  if (!read_script_head(body, &head, error)) {
    *error = "ERR " + *error;
    return nullptr;
  }
  lua::State& state = eval_machine().state();
  auto script = std::make_unique<Script>(state, body);
  // The end of the first line stays, so that lines keep their numbers.
  if (!state.compile(body.substr(head.size), "@user_script", &script->code.value)) {
    std::string why = eval_machine().failure().text;
    *error = "ERR Error compiling script (new function): " + why.substr(why.find(' ') + 1);
    return nullptr;
  }
  script->sha = sha1_hex(body);
  script->flags = head.flags;
  script->evictable = evictable;
  if (evictable) {
    while (by_age_.size() >= kEvictableMax) {
      tenant_.stats.evicted_scripts++;
      forget(*by_age_.front());
    }
    script->age = by_age_.insert(by_age_.end(), script.get());
  }
  script_bytes_ += bytes_of(*script);
  Script* added = script.get();
  by_body_.emplace(added->body, added);
  by_sha_.emplace(added->sha, std::move(script));
  return added;
}

void TenantScripts::forget(Script& script) {
  if (script.evictable) by_age_.erase(script.age);
  script_bytes_ -= bytes_of(script);
  by_body_.erase(std::string_view(script.body));
  by_sha_.erase(by_sha_.find(std::string_view(script.sha)));
}

void TenantScripts::touch(Script& script) {
  if (script.evictable) by_age_.splice(by_age_.end(), by_age_, script.age);
}

void TenantScripts::flush_scripts() {
  by_age_.clear();
  by_body_.clear();
  by_sha_.clear();
  script_bytes_ = 0;
  eval_machine_.reset();
}

// ---- functions ----------------------------------------------------------------------------------

size_t TenantScripts::FoldHash::operator()(std::string_view name) const {
  char folded[64];
  if (name.size() > sizeof folded) return hash_bytes(to_lower(name), 0);
  for (size_t i = 0; i < name.size(); i++) folded[i] = ascii_lower(name[i]);
  return hash_bytes({folded, name.size()}, 0);
}

ScriptFunction* TenantScripts::find_function(std::string_view name) const {
  auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : found->second;
}

// Runs the code, which registers its functions with a library of its own.
std::unique_ptr<Library> TenantScripts::run_library(std::string_view code, bool timed,
                                                    std::string* error) {
  LibraryHead head;
  if (!read_library_head(code, &head, error)) return nullptr;
  if (!is_library_name(head.name)) {
    *error = "Library names can only contain letters, numbers, or underscores(_) and must be at "
             "least one character long";
    return nullptr;
  }
  if (!equals_fold(head.engine, "lua")) {
    *error = "Engine '" + head.engine + "' not found";
    return nullptr;
  }
  Machine& machine = function_machine();
  LibraryLoad load(timed ? engine_.mono_us() + kLoadTimeoutUs : 0);
  lua::Root chunk(machine.state());
  machine.enter_load(&load);
  bool compiled = machine.state().compile(code.substr(head.size), "@user_function", &chunk.value);
  lua::Value unused;
  bool ran = compiled && machine.state().call(chunk.value, {}, &unused);
  Machine::Failure failure;
  if (!ran) failure = machine.failure();
  machine.leave_load();
  machine.collect_after_load();
  if (!compiled) {
    *error = "Error compiling function: " + failure.text.substr(failure.text.find(' ') + 1);
    return nullptr;
  }
  if (!ran) {
    *error = "Error registering functions: " + failure.text;
    return nullptr;
  }
  if (load.library().functions.empty()) {
    *error = "No functions registered";
    return nullptr;
  }
  std::unique_ptr<Library> library = load.take();
  library->name = head.name;
  library->code = code;
  for (auto& [name, function] : library->functions) function->library = library.get();
  return library;
}

void TenantScripts::link(std::unique_ptr<Library> library) {
  for (auto& [name, function] : library->functions) {
    functions_.emplace(function->name, function.get());
  }
  std::string name = library->name;
  libraries_.emplace(std::move(name), std::move(library));
}

std::unique_ptr<Library> TenantScripts::unlink(std::string_view name) {
  auto found = libraries_.find(name);
  if (found == libraries_.end()) return nullptr;
  std::unique_ptr<Library> library = std::move(found->second);
  for (auto& [function_name, function] : library->functions) {
    functions_.erase(std::string_view(function_name));
  }
  libraries_.erase(found);
  return library;
}

bool TenantScripts::load_library(std::string_view code, bool replace, bool timed,
                                 std::string* name, std::string* error) {
  LibraryHead head;
  std::string unread;
  if (read_library_head(code, &head, &unread) && is_library_name(head.name) &&
      equals_fold(head.engine, "lua") && !replace && libraries_.contains(head.name)) {
    *error = "Library '" + head.name + "' already exists";
    return false;
  }
  std::unique_ptr<Library> library = run_library(code, timed, error);
  if (!library) return false;
  std::unique_ptr<Library> replaced = unlink(library->name);
  for (auto& [function_name, function] : library->functions) {
    if (!functions_.contains(std::string_view(function_name))) continue;
    *error = "Function " + function_name + " already exists";
    if (replaced) link(std::move(replaced));
    return false;
  }
  *name = library->name;
  link(std::move(library));
  return true;
}

bool TenantScripts::delete_library(std::string_view name) { return unlink(name) != nullptr; }

// What comes is run first; what it replaces steps aside until nothing can fail any more.
bool TenantScripts::restore(const std::vector<std::string>& codes, Policy policy,
                            std::string* error) {
  Libraries coming;
  for (const std::string& code : codes) {
    std::unique_ptr<Library> library = run_library(code, false, error);
    if (!library) return false;
    std::string name = library->name;
    if (coming.contains(name)) {
      *error = "Library '" + name + "' already exists";
      return false;
    }
    if (policy == Policy::kAppend && libraries_.contains(name)) {
      *error = "Library " + name + " already exists";
      return false;
    }
    coming.emplace(std::move(name), std::move(library));
  }
  std::vector<std::unique_ptr<Library>> aside;
  std::vector<std::string> leaving;
  for (const auto& [name, library] : libraries_) {
    if (policy == Policy::kFlush || coming.contains(name)) leaving.push_back(name);
  }
  for (const std::string& name : leaving) aside.push_back(unlink(name));
  absl::flat_hash_map<std::string_view, const Library*, FoldHash, FoldEqual> names;
  for (const auto& [name, library] : coming) {
    for (const auto& [function_name, function] : library->functions) {
      bool taken = functions_.contains(std::string_view(function_name)) ||
                   !names.emplace(function_name, library.get()).second;
      if (!taken) continue;
      *error = "Function " + function_name + " already exists";
      for (auto& old : aside) link(std::move(old));
      return false;
    }
  }
  for (auto& [name, library] : coming) link(std::move(library));
  return true;
}

// ---- Scripting ----------------------------------------------------------------------------------

uint32_t TenantScripts::flags_of_call(const Command& command, Args args) {
  std::string_view name = command.spec->name;
  uint32_t script_flags = kCompatible;
  if (name.starts_with("fcall")) {
    ScriptFunction* function = find_function(args[1]);
    if (function) script_flags = function->flags;
  } else if (name.starts_with("evalsha")) {
    Script* script = find(args[1]);
    if (script) script_flags = script->flags;
  } else if (Script* script = find_body(args[1])) {
    script_flags = script->flags;
  } else {
    ScriptHead head;
    std::string unread;
    if (read_script_head(args[1], &head, &unread)) script_flags = head.flags;
  }
  return command_flags(command.flags, script_flags);
}

ScriptFigures TenantScripts::figures() const {
  ScriptFigures figures;
  figures.scripts = by_sha_.size();
  figures.script_bytes = script_bytes_;
  if (eval_machine_) figures.eval_vm_bytes = eval_machine_->memory();
  figures.libraries = libraries_.size();
  figures.functions = functions_.size();
  for (const auto& [name, library] : libraries_) figures.function_bytes += library->bytes();
  if (function_machine_) figures.function_vm_bytes = function_machine_->memory();
  return figures;
}

void TenantScripts::each(const std::function<void(std::string_view source)>& visit) const {
  for (const auto& [name, library] : libraries_) visit(library->code);
}

bool TenantScripts::load(std::string_view source, bool replace, std::string* error) {
  std::string name;
  return load_library(source, replace, false, &name, error);
}

void TenantScripts::clear() {
  functions_.clear();
  libraries_.clear();
  function_machine_.reset();
}

}  // namespace redstart
