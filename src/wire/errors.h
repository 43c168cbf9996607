// Every fixed error text, once. Texts with a value in them are built by the small functions below,
// into the string that the caller passes on to Reply::error().
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace redstart::err {

inline constexpr std::string_view kSyntax = "ERR syntax error";
inline constexpr std::string_view kNotInteger = "ERR value is not an integer or out of range";
inline constexpr std::string_view kNotFloat = "ERR value is not a valid float";
inline constexpr std::string_view kOutOfRange = "ERR value is out of range";
inline constexpr std::string_view kNotPositive = "ERR value is out of range, must be positive";
inline constexpr std::string_view kWrongType =
    "WRONGTYPE Operation against a key holding the wrong kind of value";
inline constexpr std::string_view kNoSuchKey = "ERR no such key";
inline constexpr std::string_view kIndexOutOfRange = "ERR index out of range";
inline constexpr std::string_view kOverflow = "ERR increment or decrement would overflow";
inline constexpr std::string_view kNanOrInfinity =
    "ERR increment would produce NaN or Infinity";
inline constexpr std::string_view kScoreIsNan = "ERR resulting score is not a number (NaN)";
inline constexpr std::string_view kBadScoreRange = "ERR min or max is not a float";
inline constexpr std::string_view kBadLexRange = "ERR min or max not valid string range item";
inline constexpr std::string_view kStringTooLong =
    "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
inline constexpr std::string_view kOffsetOutOfRange = "ERR offset is out of range";
inline constexpr std::string_view kDbIndexOutOfRange = "ERR DB index is out of range";
inline constexpr std::string_view kInvalidDbIndex = "ERR invalid DB index";
inline constexpr std::string_view kInvalidCursor = "ERR invalid cursor";
inline constexpr std::string_view kNoAuth = "NOAUTH Authentication required.";
inline constexpr std::string_view kWrongPass =
    "WRONGPASS invalid username-password pair or user is disabled.";
inline constexpr std::string_view kOom =
    "OOM command not allowed when used memory > 'maxmemory'.";
inline constexpr std::string_view kLoading = "LOADING Redis is loading the dataset in memory";
inline constexpr std::string_view kReadonlyReplica =
    "READONLY You can't write against a read only replica.";
inline constexpr std::string_view kExecAbort =
    "EXECABORT Transaction discarded because of previous errors.";
inline constexpr std::string_view kNotInMulti = "ERR Command not allowed inside a transaction";

// "ERR wrong number of arguments for 'get' command" ("client|kill" for a subcommand).
std::string wrong_arity(std::string_view command);
// "ERR unknown command 'x', with args beginning with: 'a' 'b' ": name and arguments are cut at 128
// bytes. `args` are those after the name.
std::string unknown_command(std::string_view name, std::span<const std::string_view> args);
// "ERR unknown subcommand 'x'. Try CLIENT HELP."
std::string unknown_subcommand(std::string_view container, std::string_view name);
// "ERR unknown subcommand or wrong number of arguments for 'x'. Try CLIENT HELP."
std::string misused_subcommand(std::string_view container, std::string_view name);
// "ERR invalid expire time in 'set' command"
std::string invalid_expire(std::string_view command);

}  // namespace redstart::err
