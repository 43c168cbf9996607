// The scripts of a tenant: what EVAL has seen, by SHA1, and the libraries of functions.
//
// Scripts that came by EVAL alone are forgotten when more than kEvictableMax of them are known, the
// longest unused first; SCRIPT LOAD makes one stay. The interpreters are made at first use.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "base/ascii.h"
#include "base/hash.h"
#include "engine/scripting.h"
#include "script/library_load.h"
#include "script/machine.h"
#include "script/script_flags.h"

namespace redstart {

class Engine;
class Tenant;

struct Script {
  Script(lua::State& state, std::string_view text) : body(text), code(state) {}

  std::string sha;   // 40 hexadecimal digits
  std::string body;
  uint32_t flags = 0;  // ScriptFlag
  lua::Root code;
  bool evictable = true;
  std::list<Script*>::iterator age;  // its place among the evictable ones
};

class TenantScripts final : public Scripting {
 public:
  static constexpr size_t kEvictableMax = 500;

  TenantScripts(Engine& engine, Tenant& tenant) : engine_(engine), tenant_(tenant) {}
  ~TenantScripts() override;
  static TenantScripts& of(Tenant& tenant);

  // --- EVAL. Null: not known.
  Script* find(std::string_view sha);
  Script* find_body(std::string_view body);
  // Compiles it if it is new. Null and a whole error.
  Script* add(std::string_view body, bool evictable, std::string* error);
  void touch(Script& script);
  size_t script_count() const { return by_sha_.size(); }
  void flush_scripts();
  Machine& eval_machine();

  // --- functions
  const std::map<std::string, std::unique_ptr<Library>, std::less<>>& libraries() const {
    return libraries_;
  }
  size_t function_count() const { return functions_.size(); }
  ScriptFunction* find_function(std::string_view name) const;
  // FUNCTION LOAD. False and a reason without a code. A reason leaves everything as it was.
  bool load_library(std::string_view code, bool replace, bool timed, std::string* name,
                    std::string* error);
  bool delete_library(std::string_view name);
  // FUNCTION RESTORE: all of them or none.
  enum class Policy : uint8_t { kAppend, kReplace, kFlush };
  bool restore(const std::vector<std::string>& codes, Policy policy, std::string* error);
  Machine& function_machine();

  // Scripting
  uint32_t flags_of_call(const Command& command, Args args) override;
  ScriptFigures figures() const override;
  // FunctionSources
  void each(const std::function<void(std::string_view source)>& visit) const override;
  bool load(std::string_view source, bool replace, std::string* error) override;
  void clear() override;

 private:
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return hash_bytes(text, 0); }
  };
  // Functions are found in any letter case.
  struct FoldHash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const;
  };
  struct FoldEqual {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return equals_fold(a, b); }
  };
  using Functions = absl::flat_hash_map<std::string_view, ScriptFunction*, FoldHash, FoldEqual>;
  using Libraries = std::map<std::string, std::unique_ptr<Library>, std::less<>>;

  void forget(Script& script);
  std::unique_ptr<Library> run_library(std::string_view code, bool timed, std::string* error);
  void link(std::unique_ptr<Library> library);
  std::unique_ptr<Library> unlink(std::string_view name);

  Engine& engine_;
  Tenant& tenant_;
  std::unique_ptr<Machine> eval_machine_, function_machine_;
  absl::flat_hash_map<std::string, std::unique_ptr<Script>, TextHash, std::equal_to<>> by_sha_;
  absl::flat_hash_map<std::string_view, Script*, TextHash, std::equal_to<>> by_body_;
  std::list<Script*> by_age_;  // evictable ones, the longest unused first
  size_t script_bytes_ = 0;
  Libraries libraries_;
  Functions functions_;
};

}  // namespace redstart
