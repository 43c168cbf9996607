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
constexpr std::string_view kSearchWordSeeds[] = {
    "runing\nRunning shoes, for the runner"sv, "Gr\xc3\xb6\xc3\x9f.*\nGROESSE gr\xc3\xb6\xc3\x9f"sv,
    "(a|b)[c-f]{2,3}\nacd BEEF a\xff"sv,
    "\xd0\xb2\xd0\xb0\xd0\xb3\n\xd0\x92\xd0\xb0\xd0\xb3\xd0\xbe\xd0\xbd"sv};
constexpr std::string_view kAggregationSeeds[] = {
    R"({"a": {"$terms": {"field": "k", "size": 3, "segmentSize": 9, "minDocCount": 0,
        "order": {"m": "asc"}, "missing": "x", "include": "k.*", "exclude": ["key1"]},
        "$aggs": {"m": {"$avg": {"field": "f", "missing": 1}}}}})"sv,
    R"({"a": {"$histogram": {"field": "i", "interval": 7, "offset": 1.5, "keyed": true,
        "hardBounds": {"min": -20, "max": 20}, "extendedBounds": {"min": -9, "max": 9}},
        "$aggs": {"b": {"$terms": {"field": "b"}}}}})"sv,
    R"({"a": {"$range": {"field": "d", "ranges": [{"key": "x", "to": "2026-11-20"}, {"from": 5}]}},
        "b": {"$dateHistogram": {"field": "d", "fixedInterval": "2d", "offset": "-1h"}}})"sv,
    R"({"a": {"$facet": {"field": "c", "path": "/a", "depth": 2, "order": {"path": "desc"}}},
        "s": {"$extendedStats": {"field": "u", "sigma": 3}}, "n": {"$count": {"field": "k"}},
        "p": {"$percentiles": {"field": "f", "percents": [50, 99.9], "keyed": false}},
        "c": {"$cardinality": {"field": "u"}}})"sv};
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
constexpr std::string_view kAclRuleSeeds[] = {
    "on >p ~a* %R~b &c +get -@write +config|get"sv, "(+get ~a) (%W~b -@all +@read) clearselectors"sv,
    "allkeys allchannels +@all -config +select|0 nopass"sv, "+@read +GET -@READ resetkeys ~\"b"sv};
constexpr std::string_view kAclFileSeeds[] = {
    "user alice on nopass ~* &* +@all\nuser bob (+get ~a) resetchannels\n"sv,
    "\n user carol off >a %R~b\r\nuser carol\nuser  (~a +@read"sv};
// Octal, since hexadecimal escapes have no end.
constexpr std::string_view kRdbValueSeeds[] = {
    "\007\201\105\057\257\171\313\150\254\001\002\002\005\006\103\117\123\111\116\105\002\002"
    "\005\001\141\005\010\000\000\200\077\000\000\000\300\005\001\142\005\010\000\000\000\000"
    "\000\000\200\277\000"sv,
    "\020\022\022\000\000\000\004\000\201\146\002\201\166\002\201\156\002\014\001\377"sv,
    "\000\301\054\001"sv,
    "\000\013\061\062\063\064\065\066\067\070\071\060\061"sv,
    "\022\001\002\042\042\000\000\000\006\000\201\141\002\001\001\337\377\002\361\000\020\003"
    "\362\160\021\001\004\364\377\343\013\124\002\000\000\000\011\377"sv,
    "\000\303\011\100\310\001\141\141\340\273\000\001\141\141"sv,
    "\000\005\150\145\154\154\157"sv,
    "\013\303\051\060\004\010\000\000\000\005\040\003\003\220\356\376\377\100\000\000\001\040"
    "\013\100\000\000\002\100\004\040\000\000\003\040\003\140\000\002\362\005\052\040\033\000"
    "\000"sv,
    "\002\003\300\001\001\142\001\141"sv,
    "\021\034\034\000\000\000\006\000\201\141\002\203\061\056\065\004\201\142\002\002\001\201"
    "\143\002\203\151\156\146\004\377"sv,
    "\004\001\001\146\001\166"sv,
    "\005\001\001\141\000\000\000\000\000\000\000\000"sv,
    "\003\001\001\141\003\061\056\065"sv,
    "\001\002\001\141\300\005"sv,
    "\030\350\003\000\000\000\000\000\000\002\001\001\141\001\142\000\001\143\001\144"sv,
    "\023\001\020\000\000\000\000\000\000\000\005\000\000\000\000\000\000\000\001\035\035\000"
    "\000\000\011\000\001\001\000\001\001\001\201\146\002\000\001\002\001\000\001\000\001\201"
    "\166\002\004\001\377\001\005\001\005\001\000\000\001\001\001\147\005\001\001\001\000\000"
    "\000\000\000\000\000\005\000\000\000\000\000\000\000\001\115\000\000\000\000\000\000\000"
    "\001\001\001\143\116\000\000\000\000\000\000\000\001\000\000\000\000\000\000\000\005\000"
    "\000\000\000\000\000\000\001"sv,
    "\031\350\003\000\000\000\000\000\000\030\030\000\000\000\006\000\201\146\002\201\166\002"
    "\303\350\002\201\147\002\201\167\002\000\001\377"sv,
    "\011\016\002\001\146\001\000\166\001\147\002\001\061\062\041\377"sv,
    "\012\027\027\000\000\000\023\000\000\000\004\000\000\001\141\003\363\002\300\054\001\004"
    "\376\377\377"sv,
    "\015\027\027\000\000\000\023\000\000\000\004\000\000\001\141\003\363\002\300\054\001\004"
    "\376\377\377"sv,
    "\014\027\027\000\000\000\023\000\000\000\004\000\000\001\141\003\363\002\300\054\001\004"
    "\376\377\377"sv,
    "\016\001\027\027\000\000\000\023\000\000\000\004\000\000\001\141\003\363\002\300\054\001"
    "\004\376\377\377"sv,
    "\007\201\105\342\122\070\337\221\054\003\005\014\173\042\141\042\072\133\061\054\062"
    "\135\175\040\000"sv,
    "\007\201\105\342\122\070\337\221\054\000\002\040\002\001\002\100\200\005\001\141\002"
    "\100\100\002\003\002\010\002\007\002\020\005\001\061\002\001\000"sv,
    "\007\201\105\342\122\070\337\221\054\002\005\003\042\170\042\002\001\005\001\151\005"
    "\001\160\000"sv,
    "\007\201\105\057\254\171\252\334\204\001\005\004\112\123\117\116\005\007\145\156\147\154"
    "\151\163\150\002\002\005\001\141\005\001\142\002\007\005\001\170\005\004\124\105\130\124"
    "\005\001\156\005\003\125\066\064\005\004\106\101\123\124\005\004\106\122\117\115\005\001"
    "\155\002\000\002\001\005\001\141\000"sv,
    "\034\003\001\002\000\001\376\377\377\377\377\377\377\377\100\200\002\000\000\000\000\000"
    "\000\370\077\201\377\377\377\377\377\377\377\376\000\011\154\157\156\147\040\164\145\170"
    "\164"sv};
constexpr std::string_view kRdbFileSeeds[] = {
    "\122\105\104\111\123\060\060\061\062\372\011\162\145\144\151\163\055\166\145\162\005\067"
    "\056\064\056\061\365\013\043\041\154\165\141\040\156\141\155\145\075\376\000\373\003\001"
    "\374\377\077\172\020\363\132\000\000\370\005\000\001\141\001\142\371\007\023\001\163\001"
    "\020\000\000\000\000\000\000\000\005\000\000\000\000\000\000\000\001\035\035\000\000\000"
    "\011\000\001\001\000\001\001\001\201\146\002\000\001\002\001\000\001\000\001\201\166\002"
    "\004\001\377\001\005\001\005\001\000\000\001\001\001\147\005\001\001\001\000\000\000\000"
    "\000\000\000\005\000\000\000\000\000\000\000\001\115\000\000\000\000\000\000\000\001\001"
    "\001\143\116\000\000\000\000\000\000\000\001\000\000\000\000\000\000\000\005\000\000\000"
    "\000\000\000\000\001\031\001\150\350\003\000\000\000\000\000\000\030\030\000\000\000\006"
    "\000\201\146\002\201\166\002\303\350\002\201\147\002\201\167\002\000\001\377\376\003\364"
    "\001\002\000\022\001\154\001\002\042\042\000\000\000\006\000\201\141\002\001\001\337\377"
    "\002\361\000\020\003\362\160\021\001\004\364\377\343\013\124\002\000\000\000\011\377\377"
    "\000\000\000\000\000\000\000\000"sv,
    "\122\105\104\111\123\060\060\060\067\375\377\377\377\177\011\001\155\016\002\001\146\001"
    "\000\166\001\147\002\001\061\062\041\377\367\005\002\001\005\001\141\000\377\000\000\000"
    "\000\000\000\000\000"sv,
    "\126\101\114\113\105\131\060\070\060\026\001\150\001\001\141\001\061\377\377\377\377\377"
    "\377\377\377\377\000\000\000\000\000\000\000\000"sv};
constexpr std::string_view kLibrarySeeds[] = {
    R"({"a":[1,-2.5e3,true,null,"\u00e9\ud83d\ude00\n"],"b":{},"c":[[],[{}]]})"sv, "[1e5,0x10,NaN,-inf]"sv,
    "\x93\x01\xa1x\xcb\x3f\xf8\0\0\0\0\0\0"sv, "\x82\xa1k\xc0\xa1v\xdc\0\2\xcd\1\0\xd1\xff\0"sv,
    ">dLc0"sv, "<i4!8hBHlfsx=T"sv, "\xd9\3abc\xc4\1z\xce\0\1\0\0\xca\x3f\xc0\0\0"sv};
constexpr std::string_view kAofSeeds[] = {
    "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"
    "*3\r\n$9\r\nPEXPIREAT\r\n$1\r\nk\r\n$4\r\n1000\r\n"sv,
    "#TS:1628217473\r\n*4\r\n$5\r\nRPUSH\r\n$1\r\nl\r\n$1\r\na\r\n$2\r\n12\r\n"
    "*2\r\n$4\r\nLPOP\r\n$1\r\nl\r\n"sv,
    "*1\r\n$5\r\nMULTI\r\n*4\r\n$4\r\nHSET\r\n$1\r\nh\r\n$1\r\nf\r\n$1\r\n1\r\n"
    "*4\r\n$4\r\nZADD\r\n$1\r\nz\r\n$3\r\n1.5\r\n$1\r\nm\r\n*1\r\n$4\r\nEXEC\r\n"sv,
    "*5\r\n$4\r\nXADD\r\n$1\r\ns\r\n$3\r\n5-1\r\n$1\r\nf\r\n$1\r\nv\r\n"
    "*5\r\n$6\r\nXGROUP\r\n$6\r\nCREATE\r\n$1\r\ns\r\n$1\r\ng\r\n$1\r\n0\r\n"sv,
    "*3\r\n$4\r\nSADD\r\n$1\r\nk\r\n$1\r\n7\r\n*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n"
    "*1\r\n$8\r\nFLUSHALL\r\n"sv};
constexpr std::string_view kManifestSeeds[] = {
    "file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.1.incr.aof seq 1 type h\n"
    "file appendonly.aof.2.incr.aof seq 2 type i\n"sv,
    "# note\nfile \"a b\\x01\" seq 9 type i startoffset 4\n"sv};
constexpr std::string_view kDocumentSeeds[] = {
    R"({"a":[1,-2.5e3,true,null,false,"\u00e9\ud83d\ude00\n\\"],"b":{},"c":[[],[{}]],"a":"again"})"sv,
    "[18446744073709551615,18446744073709551616,-9223372036854775808,1e308,1e-400,-0,0.1]"sv,
    " [ \t\"a text of more than fourteen bytes\" , \"\xc3\xa9\"\r\n] "sv, "[[[[[[[[1]]]]]]]]"sv};
constexpr std::string_view kJsonPathSeeds[] = {
    "$..a\n{\"a\":[1,{\"a\":2}],\"b\":{\"c\":[1,2,3]}}"sv,
    "$['a','b\\'']..[0,-1]\n{\"a\":[1,[2]],\"b'\":3}"sv, "$.b.c[1:-1:2]\n{\"b\":{\"c\":[1,2,3,4]}}"sv,
    "$.*[?(@.x>=1.5&&!(@.y==\"t\")||@.z=~'^a.*')].x\n{\"l\":[{\"x\":2},{\"y\":\"t\"},{\"z\":\"ab\",\"x\":null}]}"sv,
    "a.b[*]\n{\"a\":{\"b\":[true,false,null]}}"sv, "$[?(@==$[0])]\n[1,2,1]"sv};
constexpr std::string_view kRegexSeeds[] = {"^(a|b)*c{2,3}$\nabcc"sv, "(?i)[^a-z\\d]+?\\b\nHello 5"sv,
                                           "\\w+@(?:x|\\.)\\x41[[:alpha:]]\na@A"sv, ".\\u{e9}?|\n\xc3\xa9"sv};
constexpr std::string_view kFilterSeeds[] = {
    R"({"t":"running größe","$should":[{"k":"key1"},{"u":{"$gte":3,"$lt":20}}]})"sv,
    R"({"$or":[{"n":{"$phrase":{"value":"a c","slop":2}}},{"t":{"$fuzzy":{"value":"runing","distance":2,"prefix":true}}}]})"sv,
    R"({"c":{"$eq":"/a/b1"},"$mustNot":{"b":false,"$boost":-1.5},"d":{"$gt":"2026-11-15T00:00:00Z"}})"sv,
    R"({"w":{"$regex":"whole .*[1-3]"},"i":{"$in":[1,-2,3.5]},"f":{"$lte":1e300}})"sv,
    R"({"t":{"$phrase":{"value":"running gr","prefix":true}},"$and":[{},{"t":"\"x y\""}]})"sv,
    R"({"k":{"$gt":"key2","$lte":"key5"},"$must":[{"t":{"$smart":"run"}}]})"sv};
constexpr std::string_view kSchemaSeeds[] = {
    "a TEXT NOSTEM NOTOKENIZE FROM x.y b U64 FAST"sv,
    "c.d F64 e BOOL FAST f DATE g KEYWORD h FACET i I64 FROM j"sv};
constexpr std::string_view kCanarySeeds[] = {"canary"sv};

const Target kTargets[] = {
    // clang-format off: a row per target
    {"resp_parser", resp_parser, kRespSeeds},
    {"inline", inline_words, kInlineSeeds},
    {"json_reply", json_reply, kTextSeeds},
    {"http_request", http_request, kHttpSeeds},
    {"json_body", json_body, kJsonSeeds},
    {"json_text", json_text, kDocumentSeeds},
    {"json_path", json_path, kJsonPathSeeds},
    {"search_words", search_words, kSearchWordSeeds},
    {"search_aggregation", search_aggregation, kAggregationSeeds},
    {"search_filter", search_filter, kFilterSeeds},
    {"search_schema", search_schema, kSchemaSeeds},
    {"regex", regex, kRegexSeeds},
    {"path_args", path_args, kPathSeeds},
    {"integers", integers, kNumberSeeds},
    {"doubles", doubles, kNumberSeeds},
    {"glob", glob, kGlobSeeds},
    {"listpack", listpack, kListpackSeeds},
    {"config_file", config_file, kConfigSeeds},
    {"acl_rules", acl_rules, kAclRuleSeeds},
    {"acl_file", acl_file, kAclFileSeeds},
    {"rdb_file", rdb_file, kRdbFileSeeds},
    {"rdb_value", rdb_value, kRdbValueSeeds},
    {"lua_bytes", lua_bytes, lua_seeds()},
    {"lua_program", lua_program, lua_seeds()},
    {"lua_libraries", lua_libraries, kLibrarySeeds},
    {"aof_file", aof_file, kAofSeeds},
    {"aof_manifest", aof_manifest, kManifestSeeds},
    {"canary", canary, kCanarySeeds},
    // clang-format on
};

}  // namespace

std::span<const Target> targets() { return kTargets; }

void canary(std::string_view input) { check(input.find("!") == input.npos, "no '!' in the input"); }

}  // namespace redstart::fuzz
