#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

class Eval : public testing::Test {
 protected:
  std::string eval(std::string script, std::vector<std::string> rest = {"0"}) {
    std::vector<std::string> words{"EVAL", std::move(script)};
    words.insert(words.end(), rest.begin(), rest.end());
    return t.run(words);
  }
  std::string raw(std::string script) { return t.raw({"EVAL", std::move(script), "0"}); }

  CommandTest t;
};

// ---- values both ways ---------------------------------------------------------------------------

TEST_F(Eval, ValuesBecomeReplies) {
  EXPECT_EQ(eval("return 3.99"), "3");
  EXPECT_EQ(eval("return -3.99"), "-3");
  EXPECT_EQ(eval("return 1e20"), "-9223372036854775808");
  EXPECT_EQ(eval("return 0/0"), "-9223372036854775808");
  EXPECT_EQ(eval("return 'a'"), "\"a\"");
  EXPECT_EQ(eval("return true"), "1");
  EXPECT_EQ(eval("return false"), "nil");
  EXPECT_EQ(eval("return nil"), "nil");
  EXPECT_EQ(eval("return"), "nil");
  EXPECT_EQ(eval("return 1, 2"), "1");
  EXPECT_EQ(eval("return {1, 'b', {3, {}}}"), "[1, \"b\", [3, []]]");
  EXPECT_EQ(eval("return {1, 2, nil, 4}"), "[1, 2]");
  EXPECT_EQ(eval("return {a = 1}"), "[]");
  EXPECT_EQ(eval("return {ok = 'fine\\nhere'}"), "fine here");
  EXPECT_EQ(eval("return {err = 'MY code'}"), "(error) MY code");
  EXPECT_EQ(eval("return {double = 3.25}"), "\"3.25\"");
  EXPECT_EQ(eval("return {big_number = '123'}"), "\"123\"");
  EXPECT_EQ(eval("return {verbatim_string = {format = 'txt', string = 'v'}}"), "\"v\"");
  EXPECT_EQ(eval("return {map = {a = 1}}"), "[\"a\", 1]");
  EXPECT_EQ(eval("return {set = {a = true}}"), "[\"a\"]");
}

TEST_F(Eval, InResp3) {
  t.run("HELLO 3");
  EXPECT_EQ(raw("return {double = 3.25}"), ",3.25\r\n");
  EXPECT_EQ(raw("return {map = {a = 1}}"), "%1\r\n$1\r\na\r\n:1\r\n");
  EXPECT_EQ(raw("return {set = {a = true}}"), "~1\r\n$1\r\na\r\n");
  EXPECT_EQ(raw("return {big_number = '12'}"), "(12\r\n");
  EXPECT_EQ(raw("return {verbatim_string = {format = 'txt', string = 'v'}}"), "=5\r\ntxt:v\r\n");
  EXPECT_EQ(raw("return nil"), "_\r\n");
  // Booleans are the protocol's only once the script has asked for it.
  EXPECT_EQ(raw("return true"), ":1\r\n");
  EXPECT_EQ(raw("return false"), "_\r\n");
  EXPECT_EQ(raw("redis.setresp(3) return true"), "#t\r\n");
  EXPECT_EQ(raw("redis.setresp(3) return false"), "#f\r\n");
}

TEST_F(Eval, RepliesBecomeValues) {
  t.run("SET s text");
  t.run("HSET h f v");
  t.run("SADD m a");
  t.run("ZADD z 1.5 a");
  EXPECT_EQ(eval("return {type(redis.call('GET', 's')), type(redis.call('STRLEN', 's')),"
                 " tostring(redis.call('GET', 'no')), redis.call('SET', 'x', 1).ok,"
                 " redis.pcall('INCR', 's').err}"),
            "[\"string\", \"number\", \"false\", \"OK\", "
            "\"ERR value is not an integer or out of range\"]");
  EXPECT_EQ(eval("return redis.call('HGETALL', 'h')"), "[\"f\", \"v\"]");
  EXPECT_EQ(eval("return redis.call('ZRANGE', 'z', 0, -1, 'WITHSCORES')"), "[\"a\", \"1.5\"]");
  EXPECT_EQ(eval("redis.setresp(3) return {redis.call('HGETALL', 'h').map.f,"
                 " tostring(redis.call('SMEMBERS', 'm').set.a),"
                 " tostring(redis.call('ZSCORE', 'z', 'a').double),"
                 " tostring(redis.call('GET', 'no')),"
                 " redis.call('ZRANGE', 'z', 0, -1, 'WITHSCORES')[1][1]}"),
            "[\"v\", \"true\", \"1.5\", \"nil\", \"a\"]");
  // The last element of a list may be an answer that is a table itself.
  EXPECT_EQ(eval("redis.setresp(3) local r = redis.call('ZMSCORE', 'z', 'a', 'a')"
                 " return {#r, tostring(r[2].double)}"),
            "[2, \"1.5\"]");
}

TEST_F(Eval, NumbersAreArgumentsWithoutExponents) {
  EXPECT_EQ(eval("return {redis.call('ECHO', 1e15), redis.call('ECHO', 3.5),"
                 " redis.call('ECHO', 0.1), redis.call('ECHO', -0.0), redis.call('ECHO', 2^53),"
                 " redis.call('ECHO', 1e20)}"),
            "[\"1000000000000000\", \"3.5\", \"0.1\", \"-0\", \"9007199254740992\", \"1e+20\"]");
  EXPECT_EQ(eval("return redis.pcall('ECHO', {}).err"),
            "\"ERR Lua redis lib command arguments must be strings or integers\"");
  EXPECT_EQ(eval("return redis.pcall().err"),
            "\"ERR Please specify at least one argument for this redis lib call\"");
}

TEST_F(Eval, KeysAndArguments) {
  EXPECT_EQ(eval("return {KEYS[1], KEYS[2], ARGV[1], #KEYS, #ARGV}", {"2", "a", "b", "c"}),
            "[\"a\", \"b\", \"c\", 2, 1]");
  EXPECT_EQ(eval("KEYS[1] = 'x' return KEYS[1]", {"1", "a"}), "\"x\"");
  EXPECT_EQ(eval("return 1", {"x"}), "(error) ERR value is not an integer or out of range");
  EXPECT_EQ(eval("return 1", {"-1"}), "(error) ERR Number of keys can't be negative");
  EXPECT_EQ(eval("return 1", {"1"}),
            "(error) ERR Number of keys can't be greater than number of args");
}

// ---- errors -------------------------------------------------------------------------------------

TEST_F(Eval, ErrorsSayWhereTheyArose) {
  EXPECT_EQ(eval("\nerror('boom')"),
            "(error) ERR user_script:2: boom script: 402f9b12d119567a29d5d78e9b23da97dd318915, on "
            "@user_script:2.");
  t.run("SET s text");
  EXPECT_EQ(eval("return redis.call('LPUSH', 's', 1)").substr(0, 75),
            "(error) WRONGTYPE Operation against a key holding the wrong kind of value s");
  EXPECT_EQ(eval("error({err = 'CODE of mine'})").substr(0, 28), "(error) CODE of mine script:");
  EXPECT_EQ(eval("return nosuch.field").substr(0, 86),
            "(error) ERR user_script:1: Script attempted to access nonexistent global variable 'nos");
  EXPECT_EQ(eval("this is no script").substr(0, 66),
            "(error) ERR Error compiling script (new function): user_script:1: ");
  EXPECT_EQ(eval("return redis.call('NOSUCH')").substr(0, 55),
            "(error) ERR Unknown Redis command called from script sc");
  EXPECT_EQ(eval("return redis.call('GET')").substr(0, 68),
            "(error) ERR Wrong number of args calling Redis command from script s");
  EXPECT_EQ(eval("return redis.call('SUBSCRIBE', 'c')").substr(0, 56),
            "(error) ERR This Redis command is not allowed from scrip");
}

TEST_F(Eval, PcallGivesTheText) {
  EXPECT_EQ(eval("local ok, e = pcall(redis.call, 'NOSUCH') return {tostring(ok), e}"),
            "[\"false\", \"ERR Unknown Redis command called from script\"]");
  EXPECT_EQ(eval("local ok, e = pcall(error, {code = 5}) return e.code"), "5");
  EXPECT_EQ(eval("return {pcall(function(...) return ... end, 1, 2)}"), "[1, 1, 2]");
}

TEST_F(Eval, ErrorRepliesAreShaped) {
  EXPECT_EQ(eval("return redis.error_reply('MY Error')"), "(error) MY Error");
  EXPECT_EQ(eval("return redis.error_reply('-MY Error')"), "(error) MY Error");
  EXPECT_EQ(eval("return redis.error_reply('nocode')"), "(error) ERR nocode");
  EXPECT_EQ(eval("return redis.error_reply(1)"), "(error) ERR wrong number or type of arguments");
  EXPECT_EQ(eval("return redis.status_reply('fine')"), "fine");
}

// ---- what cannot be changed ---------------------------------------------------------------------

TEST_F(Eval, NothingCanBeChanged) {
  const std::string refused = "(error) ERR user_script:1: Attempt to modify a readonly table script";
  for (std::string script :
       {"x = 1", "redis.call = 1", "string.rep = nil", "_G.x = 1", "cjson.null = 1",
        "getmetatable(_G).__index = nil", "KEYS = {}",
        "getmetatable('').__index = nil"}) {
    EXPECT_EQ(eval(script).substr(0, refused.size()), refused) << script;
  }
  // A native that writes has no place in the script.
  const std::string by_native = "(error) ERR Attempt to modify a readonly table script";
  for (std::string script : {"table.insert(redis, 1)", "rawset(_G, 'x', 1)"}) {
    EXPECT_EQ(eval(script).substr(0, by_native.size()), by_native) << script;
  }
  EXPECT_EQ(eval("local t = {} t.x = 1 return t.x"), "1");
}

TEST_F(Eval, WhatCouldReachOutIsNotThere) {
  for (std::string name : {"io", "debug", "require", "package", "dofile", "loadfile", "print",
                           "module"}) {
    EXPECT_EQ(eval("return rawget(_G, '" + name + "')"), "nil") << name;
  }
  EXPECT_EQ(eval("return {type(os.clock), rawget(os, 'execute')}"), "[\"function\"]");
}

TEST_F(Eval, NumbersAsArgumentsLoseTheirFractionOnUpstashAlone) {
  const std::string script =
      "return {redis.call('ECHO', 3.7), redis.call('ECHO', -3.7), redis.call('ECHO', 2^53),"
      "redis.call('ECHO', '3.7')}";
  EXPECT_EQ(eval(script), "[\"3.7\", \"-3.7\", \"9007199254740992\", \"3.7\"]");
  auto upstash = t.connect(Dialect::kUpstash);
  EXPECT_EQ(upstash->run({"EVAL", script, "0"}), "[\"3\", \"-3\", \"9007199254740992\", \"3.7\"]");
}

// ---- what they do -------------------------------------------------------------------------------

TEST_F(Eval, EffectsAreOneUnit) {
  eval("redis.call('SET', KEYS[1], 1) redis.call('INCR', KEYS[1])", {"1", "k"});
  EXPECT_EQ(t.effects(), "MULTI; SELECT 0; SET k 1; INCR k; EXEC");
  eval("redis.call('SET', 'a', 1)");
  EXPECT_EQ(t.effects(), "SET a 1");
  eval("return redis.call('GET', 'a')");
  EXPECT_EQ(t.effects(), "");
  for (const char* where : {"redis.REPL_NONE", "redis.REPL_SLAVE", "redis.REPL_REPLICA"}) {
    eval("redis.set_repl(" + std::string(where) + ") redis.call('SET', 'a', 2)");
    EXPECT_EQ(t.effects(), "") << where;
  }
  for (const char* where : {"redis.REPL_AOF", "redis.REPL_ALL"}) {
    eval("redis.set_repl(redis.REPL_NONE) redis.call('SET', 'a', 2) redis.set_repl(" +
         std::string(where) + ") redis.call('SET', 'b', 2)");
    EXPECT_EQ(t.effects(), "SET b 2") << where;
  }
  eval("redis.call('SET', 'a', 3)");
  EXPECT_EQ(t.effects(), "SET a 3");
  EXPECT_EQ(eval("redis.call('SET', 'a', 4) error('late')").substr(0, 11), "(error) ERR");
  EXPECT_EQ(t.effects(), "SET a 4") << "what was done stays done";
}

TEST_F(Eval, InsideMulti) {
  t.run("MULTI");
  t.run("SET a 1");
  eval("return redis.call('INCR', 'a')");
  EXPECT_EQ(t.run("EXEC"), "[OK, 2]");
  EXPECT_EQ(t.effects(), "MULTI; SELECT 0; SET a 1; INCR a; EXEC");
}

TEST_F(Eval, ASelectedDatabaseIsTheScripts) {
  EXPECT_EQ(eval("redis.call('SELECT', 3) redis.call('SET', 'k', 'there') "
                 "return redis.call('GET', 'k')"),
            "\"there\"");
  EXPECT_EQ(t.run("GET k"), "nil");
  EXPECT_EQ(t.effects(), "SELECT 3; SET k there");
}

TEST_F(Eval, NothingWaits) {
  EXPECT_EQ(eval("return redis.call('BLPOP', 'none', 0)"), "nil");
  EXPECT_EQ(eval("return redis.call('XREAD', 'BLOCK', 0, 'STREAMS', 's', '$')"), "nil");
}

TEST_F(Eval, ReadOnlyRuns) {
  t.run("SET k v");
  EXPECT_EQ(t.run({"EVAL_RO", "return redis.call('GET', KEYS[1])", "1", "k"}), "\"v\"");
  EXPECT_EQ(t.run({"EVAL_RO", "return redis.pcall('DEL', KEYS[1])", "1", "k"}),
            "(error) ERR Write commands are not allowed from read-only scripts.");
  EXPECT_EQ(eval("#!lua flags=no-writes\nreturn redis.pcall('DEL', 'k')"),
            "(error) ERR Write commands are not allowed from read-only scripts.");
  EXPECT_EQ(t.run({"EVAL_RO", "#!lua\nreturn 1", "0"}),
            "(error) ERR Can not execute a script with write flag using *_ro command.");
}

TEST_F(Eval, FirstLines) {
  EXPECT_EQ(eval("#!lua\nreturn 1"), "1");
  EXPECT_EQ(eval("#!lua flags=\nreturn 1"), "1");
  EXPECT_EQ(eval("#!lua flags=allow-oom,no-cluster,allow-key-locking\nreturn 1"), "1");
  EXPECT_EQ(eval("#!lua flags=bad\nreturn 1"), "(error) ERR Unexpected flag in script shebang: bad");
  EXPECT_EQ(eval("#!lua name=x\nreturn 1"), "(error) ERR Unknown lua shebang option: name=x");
  EXPECT_EQ(eval("#!js\nreturn 1"), "(error) ERR Unexpected engine in script shebang: #!js");
  EXPECT_EQ(eval("#!lua"), "(error) ERR Invalid script shebang");
  EXPECT_NE(eval("#!lua\nerror('x')").find("user_script:2: x"), std::string::npos);
}

TEST_F(Eval, APauseHoldsOnlyTransactionsWithScriptsThatMayWrite) {
  auto writer = t.connect();
  writer->run("MULTI");
  EXPECT_EQ(writer->run({"EVAL", "#!lua\nreturn 13", "0"}), "QUEUED");
  t.run("CLIENT PAUSE 100000 WRITE");
  t.run("MULTI");
  EXPECT_EQ(eval("#!lua flags=no-writes\nreturn 12"), "QUEUED");
  EXPECT_EQ(t.run("EXEC"), "[12]");
  writer->run("EXEC");
  EXPECT_TRUE(writer->session().hold & kPaused);
}

TEST_F(Eval, LockedKeys) {
  const std::string head = "#!lua flags=allow-key-locking\n";
  EXPECT_EQ(eval(head + "return redis.call('SET', KEYS[1], 1)", {"1", "k"}), "OK");
  EXPECT_EQ(eval(head + "return redis.pcall('SET', 'other', 1)", {"1", "k"}),
            "(error) ERR Dynamic keys are not allowed in Lua scripts when 'allow-key-locking' flag "
            "is set. Key was: other");
}

TEST_F(Eval, WithoutMemory) {
  t.run("SET k v");
  t.run("CONFIG SET maxmemory 1");
  const std::string oom = "OOM command not allowed when used memory > 'maxmemory'.";
  EXPECT_EQ(eval("return redis.call('GET', 'k')"), "\"v\"");
  EXPECT_EQ(eval("return redis.pcall('SET', 'k', 1)"), "(error) " + oom);
  // Once it has written, it may go on.
  EXPECT_EQ(eval("redis.call('DEL', 'k') return redis.call('SET', 'k', 1)"), "OK");
  EXPECT_EQ(eval("#!lua\nreturn 1"), "(error) " + oom);
  EXPECT_EQ(eval("#!lua flags=allow-oom\nreturn redis.call('SET', 'k', 1)"), "OK");
  EXPECT_EQ(eval("#!lua flags=no-writes\nreturn 1"), "1");
}

TEST_F(Eval, ErrorsAreCountedOnce) {
  t.run("SET s text");
  t.run("CONFIG RESETSTAT");
  eval("return redis.call('INCR', 's')");
  eval("return redis.pcall('INCR', 's')");
  const std::string stats = t.run("INFO commandstats");
  EXPECT_NE(stats.find("cmdstat_incr:calls=2"), std::string::npos);
  // Both scripts failed, of what was counted with INCR.
  const size_t of_eval = stats.find("cmdstat_eval:");
  EXPECT_NE(stats.find("failed_calls=2", of_eval), std::string::npos);
  EXPECT_NE(t.run("INFO errorstats").find("errorstat_ERR:count=2"), std::string::npos);
  eval("return redis.error_reply('MINE x')");
  EXPECT_NE(t.run("INFO errorstats").find("errorstat_MINE:count=1"), std::string::npos);
}

TEST_F(Eval, EnvironmentsLastForOneRun) {
  for (int i = 0; i < 2; i++) {
    EXPECT_EQ(eval("local give = redis.call setfenv(1, {}) return give('PING')"), "PONG");
    EXPECT_EQ(eval("local type = type setfenv(0, {}) return type(_G)"), "\"table\"");
  }
}

TEST_F(Eval, SetsWithoutAnOrderComeInTheirs) {
  t.run("SADD s b aa a azz c aaa");
  EXPECT_EQ(eval("return redis.call('SORT', 's', 'BY', '_')"),
            "[\"a\", \"aa\", \"aaa\", \"azz\", \"b\", \"c\"]");
}

TEST_F(Eval, WhatIsLookedAtDoesNotExpire) {
  t.run("DEBUG SET-ACTIVE-EXPIRE 0");
  t.run("SET k v PX 1");
  t.advance_ms(2);
  EXPECT_NE(t.run("DEBUG OBJECT k").find("encoding:embstr"), std::string::npos);
  EXPECT_EQ(eval("return redis.call('EXISTS', 'k')"), "0");
  EXPECT_EQ(t.run("DEBUG OBJECT k"), "(error) ERR no such key");
}

// ---- the cache ----------------------------------------------------------------------------------

TEST_F(Eval, ScriptsAreKnownByTheirSha) {
  const std::string sha = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";  // of "return 1"
  EXPECT_EQ(t.run("EVALSHA " + sha + " 0"), "(error) NOSCRIPT No matching script. Please use EVAL.");
  EXPECT_EQ(t.run({"SCRIPT", "LOAD", "return 1"}), "\"" + sha + "\"");
  EXPECT_EQ(t.run("EVALSHA " + sha + " 0"), "1");
  EXPECT_EQ(t.run("EVALSHA E0E1F9FABFC9D4800C877A703B823AC0578FF8DB 0"), "1");
  EXPECT_EQ(t.run("SCRIPT EXISTS " + sha + " x"), "[1, 0]");
  EXPECT_EQ(t.run("SCRIPT SHOW " + sha), "\"return 1\"");
  EXPECT_EQ(t.run("SCRIPT FLUSH SYNC"), "OK");
  EXPECT_EQ(t.run("SCRIPT EXISTS " + sha), "[0]");
  EXPECT_EQ(t.run("SCRIPT FLUSH later"),
            "(error) ERR SCRIPT FLUSH only support SYNC|ASYNC option");
  EXPECT_EQ(t.run("SCRIPT KILL"), "(error) NOTBUSY No scripts in execution right now.");
}

TEST_F(Eval, ScriptsOfEvalAloneAreForgotten) {
  t.run({"SCRIPT", "LOAD", "return 'loaded'"});
  eval("return 'first'");
  eval("return 'used'");
  for (int i = 0; i < 499; i++) {
    eval("return " + std::to_string(i));
    eval("return 'used'");
  }
  const std::string info = t.run("INFO memory");
  EXPECT_NE(info.find("number_of_cached_scripts:501"), std::string::npos);
  EXPECT_NE(t.run("INFO stats").find("evicted_scripts:1"), std::string::npos);
}

TEST_F(Eval, WritesNeedTheReplicasThatAreAskedFor) {
  t.run("CONFIG SET min-replicas-to-write 1");
  EXPECT_TRUE(eval("return redis.call('SET', 'k', 1)")
                  .starts_with("(error) NOREPLICAS Not enough good replicas to write."));
  EXPECT_EQ(eval("return redis.call('GET', 'k')"), "nil");
}

}  // namespace
}  // namespace redstart
