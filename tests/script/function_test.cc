#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

class Functions : public testing::Test {
 protected:
  std::string load(std::string body, std::string name = "lib") {
    return t.run({"FUNCTION", "LOAD", "#!lua name=" + name + "\n" + std::move(body)});
  }
  std::string register_one(const std::string& name, const std::string& code,
                           const std::string& library = "lib") {
    return load("redis.register_function('" + name + "', function(KEYS, ARGV) " + code + " end)",
                library);
  }

  CommandTest t;
};

TEST_F(Functions, LoadCallDelete) {
  EXPECT_EQ(register_one("get", "return {redis.call('GET', KEYS[1]), ARGV[1]}"), "\"lib\"");
  t.run("SET k v");
  EXPECT_EQ(t.run("FCALL get 1 k a"), "[\"v\", \"a\"]");
  EXPECT_EQ(t.run("FCALL nosuch 0"), "(error) ERR Function not found");
  EXPECT_EQ(t.run("FCALL get x"), "(error) ERR Bad number of keys provided");
  EXPECT_EQ(register_one("get", "return 1"), "(error) ERR Library 'lib' already exists");
  EXPECT_EQ(register_one("get", "return 1", "other"),
            "(error) ERR Function get already exists");
  EXPECT_EQ(t.run({"FUNCTION", "LOAD", "REPLACE",
                   "#!lua name=lib\nredis.register_function('other', function() return 2 end)"}),
            "\"lib\"");
  EXPECT_EQ(t.run("FCALL get 0"), "(error) ERR Function not found");
  EXPECT_EQ(t.run("FCALL other 0"), "2");
  EXPECT_EQ(t.run("FUNCTION DELETE lib"), "OK");
  EXPECT_EQ(t.run("FUNCTION DELETE lib"), "(error) ERR Library not found");
  EXPECT_EQ(t.run("FCALL other 0"), "(error) ERR Function not found");
}

TEST_F(Functions, NamesAreFoundInAnyCase) {
  register_one("get", "return 1");
  EXPECT_EQ(t.run("FCALL GeT 0"), "1");
  EXPECT_EQ(register_one("GET", "return 2", "other"), "(error) ERR Function GET already exists");
}

TEST_F(Functions, FlushCountsWhatIsFreedLater) {
  for (int i = 0; i < 65; i++) {
    const std::string name = "f" + std::to_string(i);
    register_one(name, "return 1", name);
  }
  EXPECT_EQ(t.run("FUNCTION FLUSH later"),
            "(error) ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
  EXPECT_EQ(t.run("FUNCTION FLUSH SYNC more"),
            "(error) ERR unknown subcommand or wrong number of arguments for 'FLUSH'. Try FUNCTION "
            "HELP.");
  EXPECT_EQ(t.run("FUNCTION FLUSH ASYNC"), "OK");
  EXPECT_NE(t.run("INFO memory").find("lazyfreed_objects:66"), std::string::npos);
  register_one("f", "return 1");
  EXPECT_EQ(t.run("FUNCTION FLUSH"), "OK");
  EXPECT_NE(t.run("INFO memory").find("lazyfreed_objects:66"), std::string::npos);
}

TEST_F(Functions, ReplacingALibraryLeavesNothingBehind) {
  auto used = [&] {
    const std::string info = t.run("INFO memory");
    const std::string_view field = "used_memory_vm_functions:";
    return std::stoull(info.substr(info.find(field) + field.size()));
  };
  register_one("f", "return 0");
  const uint64_t before = used();
  for (int i = 0; i < 2000; i++) {
    t.run({"FUNCTION", "LOAD", "REPLACE",
           "#!lua name=lib\nredis.register_function('f', function() return " +
               std::to_string(i) + " end)"});
  }
  EXPECT_LT(used(), before + 100 * 1024);
}

TEST_F(Functions, AFailedReplacementLeavesTheOld) {
  register_one("a", "return 1", "one");
  register_one("b", "return 2", "two");
  EXPECT_EQ(t.run({"FUNCTION", "LOAD", "REPLACE",
                   "#!lua name=two\nredis.register_function('a', function() end)"}),
            "(error) ERR Function a already exists");
  EXPECT_EQ(t.run("FCALL b 0"), "2");
}

TEST_F(Functions, LibrariesAreWrites) {
  register_one("f", "redis.call('SET', 'k', 1) return redis.call('INCR', 'k')");
  EXPECT_EQ(t.effects().substr(0, 29), "SELECT 0; FUNCTION LOAD #!lua");
  t.run("FCALL f 0");
  EXPECT_EQ(t.effects(), "MULTI; SET k 1; INCR k; EXEC");
  t.run("FUNCTION FLUSH");
  EXPECT_EQ(t.effects(), "FUNCTION FLUSH");
}

TEST_F(Functions, WhatLoadingMayDo) {
  EXPECT_EQ(load("local x = 1"), "(error) ERR No functions registered");
  EXPECT_EQ(t.run("FUNCTION LOAD code"), "(error) ERR Missing library metadata");
  EXPECT_EQ(t.run({"FUNCTION", "LOAD", "#!lua\nx"}), "(error) ERR Library name was not given");
  EXPECT_EQ(t.run({"FUNCTION", "LOAD", "#!js name=a\nx"}), "(error) ERR Engine 'js' not found");
  EXPECT_EQ(load("", "a-b"),
            "(error) ERR Library names can only contain letters, numbers, or underscores(_) and "
            "must be at least one character long");
  EXPECT_EQ(load("what is this").substr(0, 58),
            "(error) ERR Error compiling function: user_function:2: '='");
  EXPECT_NE(load("redis.call('PING')").find("nonexistent global variable 'call'"),
            std::string::npos);
  EXPECT_NE(load("math.random()").find("nonexistent global variable 'math'"), std::string::npos);
  EXPECT_NE(load("x = 1").find("Attempt to modify a readonly table"), std::string::npos);
  EXPECT_NE(load("redis.register_function('f')")
                .find("calling redis.register_function with a single argument"),
            std::string::npos);
  EXPECT_NE(load("redis.register_function{function_name='f', callback=1}")
                .find("callback argument given to redis.register_function must be a function"),
            std::string::npos);
  EXPECT_EQ(t.run("FUNCTION LIST"), "[]");
}

TEST_F(Functions, WhatCallsMayDo) {
  load("local count = 0\n"
       "redis.register_function('count', function() count = count + 1 return count end)\n"
       "redis.register_function{function_name = 'read', callback = function(keys)"
       " return redis.pcall('DEL', keys[1]) end, flags = {'no-writes'}, description = 'reads'}\n"
       "redis.register_function('global', function() x = 1 end)\n"
       "redis.register_function('late', function() redis.register_function('f', tostring) end)\n"
       "redis.register_function('lib', function() return cjson.encode({math.floor(1.5)}) end)");
  EXPECT_EQ(t.run("FCALL count 0"), "1");
  EXPECT_EQ(t.run("FCALL count 0"), "2");
  EXPECT_EQ(t.run("FCALL lib 0"), "\"[1]\"");
  EXPECT_EQ(t.run("FCALL read 1 k"),
            "(error) ERR Write commands are not allowed from read-only scripts.");
  EXPECT_EQ(t.run("FCALL_RO read 1 k"),
            "(error) ERR Write commands are not allowed from read-only scripts.");
  EXPECT_EQ(t.run("FCALL_RO count 0"),
            "(error) ERR Can not execute a script with write flag using *_ro command.");
  EXPECT_NE(t.run("FCALL global 0").find("Attempt to modify a readonly table script: global, on "
                                         "@user_function:5."),
            std::string::npos);
  EXPECT_NE(t.run("FCALL late 0").find("attempt to call field 'register_function' (a nil value)"),
            std::string::npos);
}

TEST_F(Functions, UpstashLetsThemReadWithoutTheFlag) {
  CommandTest upstash(CommandTest::test_settings(), Dialect::kUpstash);
  upstash.run({"FUNCTION", "LOAD",
               "#!lua name=lib\nredis.register_function('f', function() return 1 end)"});
  EXPECT_EQ(upstash.run("FCALL_RO f 0"), "1");
}

TEST_F(Functions, ListAndStats) {
  load("redis.register_function{function_name='f', callback=function() end,"
       " flags={'allow-oom', 'no-writes'}}");
  EXPECT_EQ(t.run("FUNCTION LIST"),
            "[[\"library_name\", \"lib\", \"engine\", \"LUA\", \"functions\", [[\"name\", \"f\", "
            "\"description\", nil, \"flags\", [no-writes, allow-oom]]]]]");
  EXPECT_EQ(t.run("FUNCTION LIST LIBRARYNAME x*"), "[]");
  EXPECT_NE(t.run("FUNCTION LIST LIBRARYNAME L* WITHCODE").find("library_code"),
            std::string::npos);
  EXPECT_EQ(t.run("FUNCTION LIST LIBRARYNAME"),
            "(error) ERR library name argument was not given");
  EXPECT_EQ(t.run("FUNCTION LIST x"), "(error) ERR Unknown argument x");
  EXPECT_EQ(t.run("FUNCTION STATS"),
            "[\"running_script\", nil, \"engines\", [\"LUA\", [\"libraries_count\", 1, "
            "\"functions_count\", 1]]]");
}

TEST_F(Functions, DumpAndRestore) {
  register_one("f", "return 1", "one");
  register_one("g", "return 2", "two");
  std::string raw = t.raw({"FUNCTION", "DUMP"});
  size_t head = raw.find("\r\n") + 2;
  const std::string payload = raw.substr(head, raw.size() - head - 2);
  EXPECT_EQ(t.run({"FUNCTION", "RESTORE", payload}), "(error) ERR Library one already exists");
  t.run("FUNCTION FLUSH");
  EXPECT_EQ(t.run({"FUNCTION", "RESTORE", payload}), "OK");
  EXPECT_EQ(t.run("FCALL g 0"), "2");
  EXPECT_EQ(t.run({"FUNCTION", "RESTORE", payload, "REPLACE"}), "OK");
  register_one("h", "return 3", "three");
  EXPECT_EQ(t.run({"FUNCTION", "RESTORE", payload, "FLUSH"}), "OK");
  EXPECT_EQ(t.run("FCALL h 0"), "(error) ERR Function not found");
  EXPECT_EQ(t.run({"FUNCTION", "RESTORE", payload, "later"}),
            "(error) ERR Wrong restore policy given, value should be either FLUSH, APPEND or "
            "REPLACE.");
  std::string broken = payload;
  broken[3] ^= 1;
  EXPECT_EQ(t.run({"FUNCTION", "RESTORE", broken}),
            "(error) ERR DUMP payload version or checksum are wrong");
}

TEST_F(Functions, ARestoreThatCollidesChangesNothing) {
  register_one("f", "return 'old'", "one");
  std::string raw = t.raw({"FUNCTION", "DUMP"});
  size_t head = raw.find("\r\n") + 2;
  const std::string payload = raw.substr(head, raw.size() - head - 2);
  t.run("FUNCTION FLUSH");
  register_one("f", "return 'new'", "other");
  EXPECT_EQ(t.run({"FUNCTION", "RESTORE", payload, "REPLACE"}),
            "(error) ERR Function f already exists");
  EXPECT_EQ(t.run("FCALL f 0"), "\"new\"");
}

}  // namespace
}  // namespace redstart
