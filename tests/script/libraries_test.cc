#include <gtest/gtest.h>

#include "tests/commands/fixture.h"

namespace redstart {
namespace {

class Libraries : public testing::Test {
 protected:
  std::string eval(std::string script) { return t.run({"EVAL", std::move(script), "0"}); }
  // The message of the error that a call raises.
  std::string error(const std::string& script) {
    std::string shown =
        eval("local ok, e = pcall(function() " + script + " end) return tostring(e)");
    const std::string place = "user_script:1: ";
    size_t at = shown.find(place);
    return at == shown.npos ? shown : shown.substr(at + place.size(),
                                                   shown.size() - at - place.size() - 1);
  }

  CommandTest t;
};

TEST_F(Libraries, CjsonEncodes) {
  EXPECT_EQ(eval("return cjson.encode({})"), "\"{}\"");
  EXPECT_EQ(eval("return cjson.encode({1, 'a', true, cjson.null, 1.5})"),
            "\"[1,\\x22a\\x22,true,null,1.5]\"");
  EXPECT_EQ(eval("return cjson.encode({[1] = 1, [3] = 3})"), "\"[1,null,3]\"");
  EXPECT_EQ(eval("return cjson.encode({[1] = 1, a = 2})"), "\"{\\x221\\x22:1,\\x22a\\x22:2}\"");
  EXPECT_EQ(eval("return cjson.encode('a/b\\127\\0\\n\\\\')"),
            "\"\\x22a\\x5c/b\\x5cu007f\\x5cu0000\\x5cn\\x5c\\x5c\\x22\"");
  EXPECT_EQ(eval("return cjson.encode(1e15) .. ' ' .. cjson.encode(123456789012345)"),
            "\"1e+15 1.2345678901234e+14\"");
  EXPECT_EQ(eval("return cjson.encode(cjson.empty_array)"), "\"[]\"");
  EXPECT_EQ(eval("return cjson.encode(setmetatable({}, cjson.array_mt))"), "\"[]\"");
  EXPECT_EQ(error("cjson.encode({[1] = 1, [20] = 1})"),
            "Cannot serialise table: excessively sparse array");
  EXPECT_EQ(error("cjson.encode(cjson.encode)"),
            "Cannot serialise function: type not supported");
  EXPECT_EQ(error("cjson.encode(0/0)"), "Cannot serialise number: must not be NaN or Inf");
  EXPECT_EQ(error("cjson.encode({[true] = 1})"),
            "Cannot serialise boolean: table key must be a number or string");
  EXPECT_EQ(error("local t = {} t.t = t cjson.encode(t)"),
            "Cannot serialise, excessive nesting (1001)");
  EXPECT_EQ(error("cjson.encode()"), "bad argument #1 to 'encode' (expected 1 argument)");
}

TEST_F(Libraries, CjsonDecodes) {
  EXPECT_EQ(eval("local t = cjson.decode('{\"a\": [1, 2.5, -3e2, true, null, \"x\\\\n\"]}')"
                 " return {t.a[1], tostring(t.a[2]), t.a[3], tostring(t.a[4]),"
                 " tostring(t.a[5] == cjson.null), t.a[6]}"),
            "[1, \"2.5\", -300, \"true\", \"true\", \"x\\x0a\"]");
  EXPECT_EQ(eval("return cjson.encode(cjson.decode('[]'))"), "\"{}\"");
  EXPECT_EQ(eval("cjson.decode_array_with_array_mt(true)"
                 " local r = cjson.encode(cjson.decode('[]'))"
                 " cjson.decode_array_with_array_mt(false) return r"),
            "\"[]\"");
  EXPECT_EQ(eval("return cjson.decode('0x10') .. ' ' .. tostring(cjson.decode('nan')) .. ' ' .."
                 " tostring(cjson.decode('-infinity'))"),
            "\"16 nan -inf\"");
  EXPECT_EQ(eval("return cjson.decode('\"\\\\ud83d\\\\ude00\\\\u00e9\\\\u20ac\"')"),
            "\"\\xf0\\x9f\\x98\\x80\\xc3\\xa9\\xe2\\x82\\xac\"");
  EXPECT_EQ(error("cjson.decode('{')"),
            "Expected object key string but found T_END at character 2");
  EXPECT_EQ(error("cjson.decode('[1 2]')"),
            "Expected comma or array end but found T_NUMBER at character 4");
  EXPECT_EQ(error("cjson.decode('{\"a\" 1}')"),
            "Expected colon but found T_NUMBER at character 6");
  EXPECT_EQ(error("cjson.decode('{\"a\":1,}')"),
            "Expected object key string but found T_OBJ_END at character 8");
  EXPECT_EQ(error("cjson.decode('x')"), "Expected value but found invalid token at character 1");
  EXPECT_EQ(error("cjson.decode('\"\\\\x\"')"),
            "Expected value but found invalid escape code at character 2");
  EXPECT_EQ(error("cjson.decode('\"abc')"),
            "Expected value but found unexpected end of string at character 5");
  EXPECT_EQ(error("cjson.decode('1 2')"), "Expected the end but found T_NUMBER at character 3");
  EXPECT_EQ(error("cjson.decode(string.rep('[', 1001))"),
            "Found too many nested data structures (1001) at character 1001");
}

TEST_F(Libraries, CjsonHasSettings) {
  EXPECT_EQ(eval("local j = cjson.new() j.encode_number_precision(3)"
                 " return j.encode(3.14159) .. cjson.encode(3.14159)"),
            "\"3.143.14159\"");
  EXPECT_EQ(eval("local j = cjson.new() j.encode_invalid_numbers('null')"
                 " return j.encode({0/0, 1/0})"),
            "\"[null,null]\"");
  EXPECT_EQ(eval("local j = cjson.new() j.encode_sparse_array(true)"
                 " return j.encode({[1] = 1, [20] = 2})"),
            "\"{\\x221\\x22:1,\\x2220\\x22:2}\"");
  EXPECT_EQ(eval("local a, b, c = cjson.encode_sparse_array()"
                 " return {tostring(a), b, c, cjson.encode_max_depth(),"
                 " tostring(cjson.encode_invalid_numbers()), tostring(cjson.encode_keep_buffer())}"),
            "[\"false\", 2, 10, 1000, \"false\", \"true\"]");
  EXPECT_EQ(error("cjson.encode_number_precision(15)"),
            "bad argument #1 to 'encode_number_precision' (expected integer between 1 and 14)");
}

TEST_F(Libraries, Cmsgpack) {
  auto hex = [&](const std::string& value) {
    return eval("return (cmsgpack.pack(" + value +
                "):gsub('.', function(c) return string.format('%02x', c:byte()) end))");
  };
  EXPECT_EQ(hex("1, -1, 200, 70000, -129"), "\"01ffccc8ce00011170d1ff7f\"");
  EXPECT_EQ(hex("1.5"), "\"ca3fc00000\"");
  EXPECT_EQ(hex("0.1"), "\"cb3fb999999999999a\"");
  EXPECT_EQ(hex("2^53"), "\"cf0020000000000000\"");
  EXPECT_EQ(hex("{}"), "\"90\"");
  EXPECT_EQ(hex("{1, 2}, {a = 1}, nil, true, 'x'"), "\"92010281a16101c0c3a178\"");
  EXPECT_EQ(eval("local t = cmsgpack.unpack(cmsgpack.pack({a = {1, 2.5, 'x', false}}))"
                 " return {t.a[1], tostring(t.a[2]), t.a[3], tostring(t.a[4])}"),
            "[1, \"2.5\", \"x\", \"false\"]");
  EXPECT_EQ(eval("return {cmsgpack.unpack(cmsgpack.pack(1, 2, 3))}"), "[1, 2, 3]");
  EXPECT_EQ(eval("return {cmsgpack.unpack_one(cmsgpack.pack(1, 2), 1)}"), "[-1, 2]");
  EXPECT_EQ(eval("return {cmsgpack.unpack_limit(cmsgpack.pack(1, 2, 3), 2)}"), "[2, 1, 2]");
  EXPECT_EQ(error("cmsgpack.unpack('\\146\\1')"), "Missing bytes in input.");
  EXPECT_EQ(error("cmsgpack.unpack('\\193')"), "Bad data format in input.");
  EXPECT_EQ(error("cmsgpack.unpack('\\221\\255\\255\\255\\255')"), "Missing bytes in input.");
  EXPECT_EQ(eval("local t = {} local top = t for i = 1, 20 do t.x = {} t = t.x end"
                 " local u, n = cmsgpack.unpack(cmsgpack.pack(top)), 0"
                 " while u do u = u.x n = n + 1 end return n"),
            "16");
}

TEST_F(Libraries, Struct) {
  EXPECT_EQ(eval("return struct.pack('>I2i4s', 258, -2, 'ab')"),
            "\"\\x01\\x02\\xff\\xff\\xff\\xfeab\\x00\"");
  EXPECT_EQ(eval("return {struct.unpack('<hBc0', struct.pack('<hBc0', -2, 3, 'abc'))}"),
            "[-2, \"abc\", 7]");
  EXPECT_EQ(eval("return {struct.size('!8Bd'), struct.size('iI3x')}"), "[16, 8]");
  EXPECT_EQ(eval("return tostring(struct.unpack('d', struct.pack('d', 0.5)))"), "\"0.5\"");
  EXPECT_EQ(error("struct.unpack('i', 'ab')"),
            "bad argument #2 to 'unpack' (data string too short)");
  EXPECT_EQ(error("struct.pack('y', 1)"),
            "bad argument #1 to 'pack' (invalid format option 'y')");
  EXPECT_EQ(error("struct.pack('i99', 1)"), "integral size 99 is larger than limit of 32");
  EXPECT_EQ(error("struct.size('c0')"),
            "bad argument #1 to 'size' (option 'c0' has no fixed size)");
}

TEST_F(Libraries, Bit) {
  EXPECT_EQ(eval("return {bit.band(0xff, 0x0f), bit.bor(1, 2, 4), bit.bxor(3, 1), bit.bnot(0),"
                 " bit.lshift(1, 31), bit.rshift(-1, 28), bit.arshift(-8, 2), bit.rol(0x12345678, 8),"
                 " bit.ror(1, 1), bit.bswap(0x01020304), bit.tobit(2^32 + 5), bit.tohex(255),"
                 " bit.tohex(255, -4)}"),
            "[15, 7, 2, -1, -2147483648, 15, -2, 878082066, -2147483648, 67305985, 5, "
            "\"000000ff\", \"00FF\"]");
  EXPECT_EQ(error("bit.band('x')"), "bad argument #1 to 'band' (number expected, got string)");
}

TEST_F(Libraries, RedisItself) {
  EXPECT_EQ(eval("return redis.sha1hex('')"), "\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"");
  EXPECT_EQ(eval("return {redis.LOG_WARNING, redis.REPL_ALL, redis.REDIS_VERSION_NUM,"
                 " server == redis, tostring(redis.replicate_commands()),"
                 " tostring(redis.breakpoint())}"),
            "[3, 3, 459776, 1, \"true\", \"false\"]");
  EXPECT_EQ(eval("return redis.acl_check_cmd('SET', 'x', 1)"), "1");
  EXPECT_NE(eval("redis.acl_check_cmd('nosuch')").find("ERR Invalid command passed to"),
            std::string::npos);
  EXPECT_NE(eval("redis.setresp(4)").find("ERR RESP version must be 2 or 3."), std::string::npos);
  EXPECT_NE(eval("redis.set_repl(9)").find("ERR Invalid replication flags."), std::string::npos);
  EXPECT_NE(eval("redis.log('x')").find("ERR redis.log() requires two arguments or more."),
            std::string::npos);
  EXPECT_NE(eval("redis.log(9, 'x')").find("ERR Invalid log level."), std::string::npos);
}

}  // namespace
}  // namespace redstart
