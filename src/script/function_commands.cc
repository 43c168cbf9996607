// FUNCTION and FCALL.
#include "base/ascii.h"
#include "core/glob.h"
#include "engine/arg_reader.h"
#include "engine/command_help.h"
#include "engine/engine.h"
#include "script/function_dump.h"
#include "script/script_args.h"
#include "script/script_commands.h"
#include "script/scripts.h"

namespace redstart {
namespace {

// ---- FCALL --------------------------------------------------------------------------------------

void run(Context& c, bool read_only) {
  TenantScripts& scripts = TenantScripts::of(c.tenant);
  ScriptFunction* function = scripts.find_function(c.arg(1));
  if (!function) return c.reply.error("ERR Function not found");
  ScriptCall call{.name = function->name,
                  .flags = function->flags,
                  .is_function = true,
                  .read_only = read_only};
  if (!split_arguments(c, "ERR Bad number of keys provided", &call)) return;
  run_script(c, scripts.function_machine(), function->code.value, call);
}

constexpr uint32_t kRunFlags = kNoScript | kSkipMonitor | kNoMandatoryKeys | kStale | kRunsScript;

void fcall(Context& c) { run(c, false); }
constexpr CommandSpec kFcall = {.name = "fcall",
                                .arity = -3,
                                .flags = kRunFlags | kMayReplicate,
                                .group = Group::kScripting,
                                .keys = counted_keys(kKeyRw | kKeyAccess | kKeyUpdate),
                                .args = "function numkeys:integer [key+] [arg+]",
                                .summary = "Calls a function.",
                                .since = "7.0.0",
                                .complexity = "Depends on the function.",
                                .run = fcall};

void fcall_ro(Context& c) { run(c, true); }
constexpr CommandSpec kFcallRo = {.name = "fcall_ro",
                                  .arity = -3,
                                  .flags = kRunFlags | kReadonly,
                                  .group = Group::kScripting,
                                  .keys = counted_keys(kKeyRead),
                                  .args = "function numkeys:integer [key+] [arg+]",
                                  .summary = "Calls a function that may not write.",
                                  .since = "7.0.0",
                                  .complexity = "Depends on the function.",
                                  .run = fcall_ro};

// ---- what changes the libraries -----------------------------------------------------------------

std::string wrong_arguments(Context& c) {
  return "ERR unknown subcommand or wrong number of arguments for '" + std::string(c.arg(1)) +
         "'. Try FUNCTION HELP.";
}

void function_load(Context& c) {
  ArgReader a(c.args, 2);
  bool replace = false;
  while (a.left() > 1 && a.ok()) {
    if (a.flag("REPLACE")) {
      replace = true;
    } else {
      a.fail("ERR Unknown option given: " + std::string(a.peek()));
    }
  }
  if (!a.ok()) return c.reply.error(a.error());
  std::string name, error;
  if (!TenantScripts::of(c.tenant).load_library(a.next(), replace, true, &name, &error)) {
    return c.reply.error("ERR " + error);
  }
  c.unit.count_change();
  c.reply.bulk(name);
}
constexpr CommandSpec kLoad = {.name = "load",
                               .arity = -3,
                               .flags = kNoScript | kWrite | kDenyOom,
                               .group = Group::kScripting,
                               .args = "[REPLACE] function-code",
                               .summary = "Makes a library of functions out of its source.",
                               .since = "7.0.0",
                               .complexity = "O(1), but for the source's length",
                               .tips = "request_policy:all_shards,response_policy:all_succeeded",
                               .run = function_load};

void function_delete(Context& c) {
  if (!TenantScripts::of(c.tenant).delete_library(c.arg(2))) {
    return c.reply.error("ERR Library not found");
  }
  c.unit.count_change();
  c.reply.ok();
}
constexpr CommandSpec kDelete = {.name = "delete",
                                 .arity = 3,
                                 .flags = kNoScript | kWrite,
                                 .group = Group::kScripting,
                                 .args = "library-name",
                                 .summary = "Deletes a library with its functions.",
                                 .since = "7.0.0",
                                 .tips = "request_policy:all_shards,response_policy:all_succeeded",
                                 .run = function_delete};

void function_flush(Context& c) {
  if (c.argc() > 3) return c.reply.error(wrong_arguments(c));
  bool later;
  if (!read_flush_mode(c, &later)) {
    return c.reply.error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
  }
  TenantScripts& scripts = TenantScripts::of(c.tenant);
  // The interpreter is one of them.
  count_flushed(c, later, scripts.function_count(), 1);
  scripts.clear();
  c.unit.count_change();
  c.reply.ok();
}
constexpr CommandSpec kFlush = {.name = "flush",
                                .arity = -2,
                                .flags = kNoScript | kWrite,
                                .group = Group::kScripting,
                                .args = "[ASYNC|SYNC]",
                                .summary = "Deletes all libraries.",
                                .since = "7.0.0",
                                .complexity = "O(N), N being the functions",
                                .tips = "request_policy:all_shards,response_policy:all_succeeded",
                                .run = function_flush};

void function_restore(Context& c) {
  using Policy = TenantScripts::Policy;
  if (c.argc() > 4) {
    return c.reply.error(wrong_arguments(c));
  }
  Policy policy = Policy::kAppend;
  if (c.argc() == 4) {
    if (equals_fold(c.arg(3), "replace")) {
      policy = Policy::kReplace;
    } else if (equals_fold(c.arg(3), "flush")) {
      policy = Policy::kFlush;
    } else if (!equals_fold(c.arg(3), "append")) {
      return c.reply.error(
          "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.");
    }
  }
  std::vector<std::string> codes;
  std::string error;
  if (!read_function_dump(c.arg(2), &codes, &error) ||
      !TenantScripts::of(c.tenant).restore(codes, policy, &error)) {
    return c.reply.error("ERR " + error);
  }
  c.unit.count_change();
  c.reply.ok();
}
constexpr CommandSpec kRestore = {.name = "restore",
                                  .arity = -3,
                                  .flags = kNoScript | kWrite | kDenyOom,
                                  .group = Group::kScripting,
                                  .args = "serialized-value [FLUSH|APPEND|REPLACE]",
                                  .summary = "Loads libraries from what FUNCTION DUMP answered.",
                                  .since = "7.0.0",
                                  .complexity = "O(N), N being the functions of the payload",
                                  .tips = "request_policy:all_shards,response_policy:all_succeeded",
                                  .run = function_restore};

// ---- what tells about them ----------------------------------------------------------------------

void answer_function(Reply& reply, const ScriptFunction& function) {
  reply.map(3);
  reply.bulk("name");
  reply.bulk(function.name);
  reply.bulk("description");
  if (function.description) {
    reply.bulk(*function.description);
  } else {
    reply.null();
  }
  reply.bulk("flags");
  size_t count = 0;
  for (const ScriptFlagName& known : kScriptFlagNames) count += (function.flags & known.flag) != 0;
  reply.set(count);
  for (const ScriptFlagName& known : kScriptFlagNames) {
    if (function.flags & known.flag) reply.status(known.name);
  }
}

void answer_library(Reply& reply, const Library& library, bool with_code) {
  reply.map(with_code ? 4 : 3);
  reply.bulk("library_name");
  reply.bulk(library.name);
  reply.bulk("engine");
  reply.bulk("LUA");
  reply.bulk("functions");
  reply.array(library.functions.size());
  for (const auto& [name, function] : library.functions) answer_function(reply, *function);
  if (!with_code) return;
  reply.bulk("library_code");
  reply.bulk(library.code);
}

void function_list(Context& c) {
  ArgReader a(c.args, 2);
  bool with_code = false;
  std::optional<std::string_view> pattern;
  while (a.more()) {
    if (!with_code && a.flag("WITHCODE")) {
      with_code = true;
    } else if (!pattern && a.flag("LIBRARYNAME")) {
      if (!a.more()) return c.reply.error("ERR library name argument was not given");
      pattern = a.next();
    } else {
      a.fail("ERR Unknown argument " + std::string(a.peek()));
    }
  }
  if (!a.done()) return c.reply.error(a.error());
  const auto& libraries = TenantScripts::of(c.tenant).libraries();
  auto wanted = [&](std::string_view name) {
    return !pattern || glob_match_fold(*pattern, name);
  };
  size_t count = 0;
  for (const auto& [name, library] : libraries) count += wanted(name);
  c.reply.array(count);
  for (const auto& [name, library] : libraries) {
    if (wanted(name)) answer_library(c.reply, *library, with_code);
  }
}
constexpr CommandSpec kList = {.name = "list",
                               .arity = -2,
                               .flags = kNoScript,
                               .group = Group::kScripting,
                               .args = "[LIBRARYNAME library-name-pattern] [WITHCODE]",
                               .summary = "Lists the libraries and their functions.",
                               .since = "7.0.0",
                               .complexity = "O(N), N being the functions",
                               .tips = "nondeterministic_output_order",
                               .run = function_list};

void answer_running(Context& c) {
  const RunningScript* running = c.engine.running_script;
  if (!running || running->caller.tenant != &c.tenant) return c.reply.null();
  c.reply.map(3);
  c.reply.bulk("name");
  c.reply.bulk(running->name);
  c.reply.bulk("command");
  c.reply.array(running->call.size());
  for (std::string_view word : running->call) c.reply.bulk(word);
  c.reply.bulk("duration_ms");
  c.reply.integer((c.engine.mono_us() - running->started_us) / 1000);
}

void function_stats(Context& c) {
  const RunningScript* running = c.engine.running_script;
  if (running && !running->is_function) return c.reply.error(running->busy_text());
  TenantScripts& scripts = TenantScripts::of(c.tenant);
  c.reply.map(2);
  c.reply.bulk("running_script");
  answer_running(c);
  c.reply.bulk("engines");
  c.reply.map(1);
  c.reply.bulk("LUA");
  c.reply.map(2);
  c.reply.bulk("libraries_count");
  c.reply.integer(static_cast<int64_t>(scripts.libraries().size()));
  c.reply.bulk("functions_count");
  c.reply.integer(static_cast<int64_t>(scripts.function_count()));
}
constexpr CommandSpec kStats = {
    .name = "stats",
    .arity = 2,
    .flags = kNoScript | kAllowBusy,
    .group = Group::kScripting,
    .summary = "Tells which function runs, and how many there are.",
    .since = "7.0.0",
    .tips = "nondeterministic_output,request_policy:all_shards,response_policy:special",
    .run = function_stats};

void function_dump(Context& c) {
  c.reply.bulk(
      make_function_dump(TenantScripts::of(c.tenant), c.engine.settings().rdbcompression));
}
constexpr CommandSpec kDump = {.name = "dump",
                               .arity = 2,
                               .flags = kNoScript,
                               .group = Group::kScripting,
                               .summary = "Answers all libraries as one payload.",
                               .since = "7.0.0",
                               .complexity = "O(N), N being the functions",
                               .run = function_dump};

void function_kill(Context& c) { kill_script(c, true); }
constexpr CommandSpec kKill = {.name = "kill",
                               .arity = 2,
                               .flags = kNoScript | kAllowBusy,
                               .group = Group::kScripting,
                               .summary = "Ends the function that is running, if it did not write.",
                               .since = "7.0.0",
                               .tips = "request_policy:all_shards,response_policy:one_succeeded",
                               .run = function_kill};

constexpr CommandSpec kHelp = help_row(Group::kScripting, "7.0.0");

constexpr const CommandSpec* kSubcommands[] = {&kDelete, &kDump, &kFlush,   &kHelp, &kKill,
                                               &kList,   &kLoad, &kRestore, &kStats};

constexpr CommandSpec kFunction = {.name = "function",
                                   .arity = -2,
                                   .group = Group::kScripting,
                                   .summary = "Libraries of functions.",
                                   .since = "7.0.0",
                                   .complexity = "Depends on the subcommand.",
                                   .subcommands = kSubcommands};

constexpr const CommandSpec* kFamily[] = {&kFcall, &kFcallRo, &kFunction};

}  // namespace

std::span<const CommandSpec* const> function_commands() { return kFamily; }

}  // namespace redstart
