// EVAL and its kin, SCRIPT.
#include "base/ascii.h"
#include "engine/command_help.h"
#include "engine/engine.h"
#include "script/script_args.h"
#include "script/script_commands.h"
#include "script/scripts.h"

namespace redstart {
namespace {

constexpr std::string_view kNoSuchScript = "NOSCRIPT No matching script. Please use EVAL.";

void run(Context& c, Script& script, bool read_only) {
  ScriptCall call{.name = script.sha, .flags = script.flags, .read_only = read_only};
  if (!split_arguments(c, err::kNotInteger, &call)) return;
  TenantScripts& scripts = TenantScripts::of(c.tenant);
  run_script(c, scripts.eval_machine(), script.code.value, call);
  scripts.touch(script);
}

void run_text(Context& c, bool read_only) {
  // A wrong number of keys is told before the text is looked at.
  ScriptCall unused;
  if (!split_arguments(c, err::kNotInteger, &unused)) return;
  TenantScripts& scripts = TenantScripts::of(c.tenant);
  Script* script = scripts.find_body(c.arg(1));
  std::string error;
  if (!script) script = scripts.add(c.arg(1), true, &error);
  if (!script) return c.reply.error(error);
  run(c, *script, read_only);
}

void run_known(Context& c, bool read_only) {
  if (c.arg(1).size() == 40) {
    ScriptCall unused;
    if (!split_arguments(c, err::kNotInteger, &unused)) return;
    if (Script* script = TenantScripts::of(c.tenant).find(c.arg(1))) {
      return run(c, *script, read_only);
    }
  }
  c.reply.error(kNoSuchScript);
}

constexpr uint32_t kRunFlags = kNoScript | kSkipMonitor | kNoMandatoryKeys | kStale | kRunsScript;

void eval(Context& c) { run_text(c, false); }
constexpr CommandSpec kEval = {.name = "eval",
                               .arity = -3,
                               .flags = kRunFlags | kMayReplicate,
                               .group = Group::kScripting,
                               .keys = counted_keys(kKeyRw | kKeyAccess | kKeyUpdate),
                               .args = "script numkeys:integer [key+] [arg+]",
                               .summary = "Runs a script in Lua.",
                               .since = "2.6.0",
                               .complexity = "Depends on the script.",
                               .run = eval};

void eval_ro(Context& c) { run_text(c, true); }
constexpr CommandSpec kEvalRo = {.name = "eval_ro",
                                 .arity = -3,
                                 .flags = kRunFlags | kReadonly,
                                 .group = Group::kScripting,
                                 .keys = counted_keys(kKeyRead),
                                 .args = "script numkeys:integer [key+] [arg+]",
                                 .summary = "Runs a script in Lua that may not write.",
                                 .since = "7.0.0",
                                 .complexity = "Depends on the script.",
                                 .run = eval_ro};

void evalsha(Context& c) { run_known(c, false); }
constexpr CommandSpec kEvalsha = {.name = "evalsha",
                                  .arity = -3,
                                  .flags = kRunFlags | kMayReplicate,
                                  .group = Group::kScripting,
                                  .keys = counted_keys(kKeyRw | kKeyAccess | kKeyUpdate),
                                  .args = "sha1 numkeys:integer [key+] [arg+]",
                                  .summary = "Runs a script that is known, by its SHA1.",
                                  .since = "2.6.0",
                                  .complexity = "Depends on the script.",
                                  .run = evalsha};

void evalsha_ro(Context& c) { run_known(c, true); }
constexpr CommandSpec kEvalshaRo = {
    .name = "evalsha_ro",
    .arity = -3,
    .flags = kRunFlags | kReadonly,
    .group = Group::kScripting,
    .keys = counted_keys(kKeyRead),
    .args = "sha1 numkeys:integer [key+] [arg+]",
    .summary = "Runs a script that is known and may not write, by its SHA1.",
    .since = "7.0.0",
    .complexity = "Depends on the script.",
    .run = evalsha_ro};

// ---- SCRIPT -------------------------------------------------------------------------------------

void script_load(Context& c) {
  std::string error;
  TenantScripts& scripts = TenantScripts::of(c.tenant);
  Script* script = scripts.add(c.arg(2), false, &error);
  if (!script) return c.reply.error(error);
  c.reply.bulk(script->sha);
}
constexpr CommandSpec kLoad = {.name = "load",
                               .arity = 3,
                               .flags = kNoScript | kStale,
                               .group = Group::kScripting,
                               .args = "script",
                               .summary = "Makes a script known and answers its SHA1.",
                               .since = "2.6.0",
                               .complexity = "O(N), N being the length of the script",
                               .tips = "request_policy:all_nodes,response_policy:all_succeeded",
                               .run = script_load};

void script_exists(Context& c) {
  TenantScripts& scripts = TenantScripts::of(c.tenant);
  c.reply.array(c.argc() - 2);
  for (std::string_view sha : c.args.subspan(2)) c.reply.integer(scripts.find(sha) != nullptr);
}
constexpr CommandSpec kExists = {
    .name = "exists",
    .arity = -3,
    .flags = kNoScript,
    .group = Group::kScripting,
    .args = "sha1+",
    .summary = "Tells which scripts are known.",
    .since = "2.6.0",
    .complexity = "O(N), N being the scripts asked for",
    .tips = "request_policy:all_shards,response_policy:agg_logical_and",
    .run = script_exists};

void script_flush(Context& c) {
  bool later;
  if (c.argc() > 3 || !read_flush_mode(c, &later)) {
    return c.reply.error("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
  }
  TenantScripts& scripts = TenantScripts::of(c.tenant);
  count_flushed(c, later, scripts.script_count(), 0);
  scripts.flush_scripts();
  c.reply.ok();
}
constexpr CommandSpec kFlush = {.name = "flush",
                                .arity = -2,
                                .flags = kNoScript,
                                .group = Group::kScripting,
                                .args = "[ASYNC|SYNC]",
                                .summary = "Forgets all scripts.",
                                .since = "2.6.0",
                                .complexity = "O(N), N being the scripts known",
                                .tips = "request_policy:all_nodes,response_policy:all_succeeded",
                                .run = script_flush};

void script_kill(Context& c) { kill_script(c, false); }
constexpr CommandSpec kKill = {.name = "kill",
                               .arity = 2,
                               .flags = kNoScript | kAllowBusy,
                               .group = Group::kScripting,
                               .summary = "Ends the script that is running, if it did not write.",
                               .since = "2.6.0",
                               .tips = "request_policy:all_shards,response_policy:one_succeeded",
                               .run = script_kill};

void script_show(Context& c) {
  Script* script = TenantScripts::of(c.tenant).find(c.arg(2));
  if (!script) return c.reply.error(kNoSuchScript);
  c.reply.bulk(script->body);
}
constexpr CommandSpec kShow = {.name = "show",
                               .arity = 3,
                               .flags = kNoScript,
                               .group = Group::kScripting,
                               .args = "sha1",
                               .summary = "Answers the text of a script that is known.",
                               .since = "8.0.0",
                               .run = script_show};

void script_debug(Context& c) {
  if (equals_fold(c.arg(2), "no")) return c.reply.ok();
  if (equals_fold(c.arg(2), "yes") || equals_fold(c.arg(2), "sync")) {
    return c.reply.error("ERR There is no debugger for scripts here");
  }
  c.reply.error("ERR Use SCRIPT DEBUG YES/SYNC/NO");
}
constexpr CommandSpec kDebug = {
    .name = "debug",
    .arity = 3,
    .flags = kNoScript,
    .group = Group::kScripting,
    .args = "mode=(YES|SYNC|NO)",
    .summary = "Would start a debugger; there is none, so that only NO is accepted.",
    .since = "3.2.0",
    .run = script_debug};

constexpr CommandSpec kHelp = help_row(Group::kScripting, "5.0.0");

constexpr const CommandSpec* kSubcommands[] = {&kDebug, &kExists, &kFlush, &kHelp,
                                               &kKill,  &kLoad,   &kShow};

constexpr CommandSpec kScript = {.name = "script",
                                 .arity = -2,
                                 .group = Group::kScripting,
                                 .summary = "The scripts that are known.",
                                 .since = "2.6.0",
                                 .complexity = "Depends on the subcommand.",
                                 .subcommands = kSubcommands};

constexpr const CommandSpec* kFamily[] = {&kEval, &kEvalRo, &kEvalsha, &kEvalshaRo, &kScript};

}  // namespace

void kill_script(Context& c, bool of_functions) {
  RunningScript* running = c.engine.running_script;
  // That of another tenant is nobody's business.
  if (!running || running->caller.tenant != &c.tenant) {
    return c.reply.error("NOTBUSY No scripts in execution right now.");
  }
  if (running->has_written) {
    return c.reply.error(
        "UNKILLABLE Sorry the script already executed write commands against the dataset. You can "
        "either wait the script termination or kill the server in a hard way using the SHUTDOWN "
        "NOSAVE command.");
  }
  if (running->is_function != of_functions) return c.reply.error(running->busy_text());
  running->kill_asked = true;
  c.reply.ok();
}

bool read_flush_mode(Context& c, bool* later) {
  *later = c.engine.settings().lazyfree_lazy_user_flush;
  if (c.argc() == 2) return true;
  *later = equals_fold(c.arg(2), "async");
  return *later || equals_fold(c.arg(2), "sync");
}

void count_flushed(Context& c, bool later, size_t scripts, size_t machines) {
  constexpr size_t kFewFreedAtOnce = 64;
  if (later && scripts > kFewFreedAtOnce) {
    c.engine.keyspace_shared().freed_later += scripts + machines;
  }
}

std::span<const CommandSpec* const> eval_commands() { return kFamily; }

void add_script_commands(Engine& engine) {
  engine.add_commands(eval_commands());
  engine.add_commands(function_commands());
  engine.make_scripting = [&engine](Tenant& tenant) {
    return std::make_unique<TenantScripts>(engine, tenant);
  };
  for (const auto& tenant : engine.tenants()) {
    tenant->set_scripting(engine.make_scripting(*tenant));
  }
}

}  // namespace redstart
