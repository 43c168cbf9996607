// All targets, in one table.
#include "tests/fuzz/target.h"

namespace redstart::fuzz {

using namespace std::string_view_literals;

namespace {

constexpr std::string_view kRespSeeds[] = {
    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhello\r\n"sv,
    "*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"sv,
    "PING\r\nset a \"b c\"\r\n"sv,
    "*0\r\n*-1\r\n\r\n*2\r\n$0\r\n\r\n$12\r\nabcdefghijkl\r\n"sv,
    "*1\r\n$40000\r\nabc"sv,
};
constexpr std::string_view kInlineSeeds[] = {"set key \"va\\x41l\\n\""sv, "a 'b\\'c' \"d\""sv,
                                             "\"\\\"\" '' x"sv};
constexpr std::string_view kTextSeeds[] = {"OK"sv, "plain"sv, "\xe2\x82\xac\xf0\x90\x80\x80"sv,
                                           "\x00\"\\\n\xff\xed\xa0\x80"sv};
constexpr std::string_view kJsonSeeds[] = {R"(["SET","k",1.5e3,true,"a\"\u20ac\ud83d\ude00"])"sv,
                                           R"([["GET","k"],["PING"],[],null])"sv,
                                           R"([ "x" , {"a":[1,{}],"b":null} , [[]] ])"sv};
constexpr std::string_view kHttpSeeds[] = {
    "POST /x?y HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer t\r\nContent-Length: 5\r\n\r\nhello"sv,
    "GET /get/k HTTP/1.1\r\nConnection: close\r\n\r\nHEAD / HTTP/1.0\r\n\r\n"sv,
    "PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\nOrigin: o\r\n\r\n3\r\nabc\r\n0\r\n\r\n"sv};
constexpr std::string_view kPathSeeds[] = {"/set/foo/b%20r?EX=100&NX&_token=a%2Bb"sv,
                                           "http://h:1/get//k/?a=+&b"sv};
constexpr std::string_view kNumberSeeds[] = {"0"sv,
                                             "-1"sv,
                                             "9223372036854775807"sv,
                                             "-9223372036854775808"sv,
                                             "18446744073709551615"sv,
                                             "3.14"sv,
                                             "1e308"sv,
                                             "-inf"sv,
                                             "0x1p-3"sv,
                                             "nan"sv,
                                             "5e-324"sv,
                                             "+7"sv,
                                             "1e21"sv};
constexpr std::string_view kGlobSeeds[] = {"a*b?c\nabbxc"sv,   "[a-z]*[^x]\nfoo"sv, "\\*x\n*x"sv,
                                           "**a**b\nzzazzb"sv, "[z-a]\nm"sv,        "[\\]a]\n]"sv};
constexpr std::string_view kListpackSeeds[] = {
    "\x07\x00\x00\x00\x00\x00\xff"sv, "\x0d\x00\x00\x00\x02\x00\x01\x01\x82hi\x03\xff"sv,
    "\x15\x00\x00\x00\x03\x00\xf4\x01\x02\x03\x04\x05\x06\x07\x08\x09\xc1\x02\x02\xff"sv,
    "\x12\x00\x00\x00\x01\x00\xe0\x08"
    "abcdefgh\x0a\xff"sv};
constexpr std::string_view kConfigSeeds[] = {
    "# a comment\n\nport 7000\r\nLOGFILE ''\nrequirepass \"a \\x41\"\nsave 900 1\nsave \"300 10\"\n"sv,
    "bind 127.0.0.1 ::1\nmaxmemory 3gb\nmaxmemory-policy allkeys-lru\nappendonly yes\n"sv,
    "client-output-buffer-limit pubsub 32mb 8mb 60\nnotify-keyspace-events KEA\nhz 20\n"sv,
    "rename-command CONFIG \"\"\nuser default on nopass ~* +@all\ninclude other.conf\n"sv};
constexpr std::string_view kCanarySeeds[] = {"canary"sv};

constexpr Target kTargets[] = {
    // clang-format off: a row per target
    {"resp_parser", resp_parser, kRespSeeds},
    {"inline", inline_words, kInlineSeeds},
    {"json_reply", json_reply, kTextSeeds},
    {"http_request", http_request, kHttpSeeds},
    {"json_body", json_body, kJsonSeeds},
    {"path_args", path_args, kPathSeeds},
    {"integers", integers, kNumberSeeds},
    {"doubles", doubles, kNumberSeeds},
    {"glob", glob, kGlobSeeds},
    {"listpack", listpack, kListpackSeeds},
    {"config_file", config_file, kConfigSeeds},
    {"canary", canary, kCanarySeeds},
    // clang-format on
};

}  // namespace

std::span<const Target> targets() { return kTargets; }

void canary(std::string_view input) { check(input.find("!") == input.npos, "no '!' in the input"); }

}  // namespace redstart::fuzz
