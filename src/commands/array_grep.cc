// The array family: elements that match.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "commands/array_access.h"
#include "commands/families.h"
#include "core/glob.h"
#include "core/regex.h"
#include "core/regex_automaton.h"
#include "engine/arg_reader.h"

namespace redstart {

namespace {

constexpr size_t kPredicatesMax = 250;
constexpr size_t kRegexMax = 2048;
// Instructions times bytes, as much as a few seconds: a pattern that has to be run an instruction
// at a time must not hold the server for minutes.
constexpr uint64_t kRegexWorkMax = uint64_t{1} << 32;

constexpr std::string_view kTooMuchWork =
    "ERR the regular expression takes too long for so much text: search a smaller range";

enum class Kind : uint8_t { kExact, kMatch, kGlob, kRegex };

struct Predicate {
  Kind kind;
  std::string_view pattern;
  // Of a regular expression. The automaton is many times as fast where it can be had.
  Regex regex = Regex();
  Regex with_surroundings = Regex();
  std::unique_ptr<RegexAutomaton> automaton = nullptr;
};

struct Search {
  std::vector<Predicate> predicates;
  uint64_t limit = UINT64_MAX;
  bool all = false;  // of the predicates have to match
  bool with_values = false;
  bool fold = false;
  uint64_t work = 0;  // of regular expressions without an automaton
};

bool contains(std::string_view text, std::string_view part, bool fold) {
  if (!fold) return text.find(part) != std::string_view::npos;
  auto same = [](char a, char b) { return ascii_lower(a) == ascii_lower(b); };
  return part.empty() ||
         std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

bool matches_regex(Predicate& predicate, std::string_view text, uint64_t* work) {
  if (predicate.automaton != nullptr && predicate.automaton->usable()) {
    const bool match = predicate.automaton->match(text);
    if (predicate.automaton->usable()) return match;
  }
  *work += predicate.regex.size() * text.size();
  return *work <= kRegexWorkMax && predicate.regex.search(text);
}

bool matches(Predicate& predicate, std::string_view text, Search& search) {
  const std::string_view pattern = predicate.pattern;
  const bool fold = search.fold;
  switch (predicate.kind) {
    case Kind::kExact:
      return fold ? equals_fold(text, pattern) : text == pattern;
    case Kind::kMatch:
      return contains(text, pattern, fold);
    case Kind::kGlob:
      return fold ? glob_match_fold(pattern, text) : glob_match(pattern, text);
    case Kind::kRegex:
      return matches_regex(predicate, text, &search.work);
  }
  return false;
}

bool matches(Search& search, std::string_view text) {
  auto matches_one = [&](Predicate& p) { return matches(p, text, search); };
  std::vector<Predicate>& all = search.predicates;
  return search.all ? std::all_of(all.begin(), all.end(), matches_one)
                    : std::any_of(all.begin(), all.end(), matches_one);
}

// ---- reading the call ---------------------------------------------------------------------------

// Where a search begins or ends; "-" and "+" are the ends of the array.
struct Bound {
  bool of_length = false;
  uint64_t index = 0;
};

bool read_bound(Context& c, std::string_view text, Bound* bound) {
  bound->of_length = text == "+";
  if (text == "-" || bound->of_length) return true;
  return array::read_index(c, text, &bound->index);
}

bool read_kind(ArgReader& args, Kind* kind) {
  constexpr std::string_view kNames[] = {"EXACT", "MATCH", "GLOB", "RE"};
  for (size_t i = 0; i < std::size(kNames); i++) {
    if (!args.option(kNames[i])) continue;
    *kind = static_cast<Kind>(i);
    return true;
  }
  return false;
}

void read_predicate(ArgReader& args, Kind kind, Search* search) {
  if (search->predicates.size() == kPredicatesMax) {
    return args.fail("ERR too many predicates, maximum is 250");
  }
  const std::string_view pattern = args.next();
  if (kind == Kind::kRegex && pattern.size() > kRegexMax) {
    return args.fail("ERR regular expression is too long, maximum is 2048 bytes");
  }
  search->predicates.push_back({.kind = kind, .pattern = pattern});
}

void read_limit(ArgReader& args, Search* search) {
  const int64_t limit = args.integer();
  if (args.ok() && limit <= 0) args.fail(array::kBadLimit);
  search->limit = static_cast<uint64_t>(limit);
}

// False: answered.
bool read_search(Context& c, Search* search) {
  ArgReader args(c.args, 4);
  while (args.more()) {
    Kind kind = Kind::kExact;
    if (read_kind(args, &kind)) {
      read_predicate(args, kind, search);
    } else if (args.option("LIMIT")) {
      read_limit(args, search);
    } else if (args.flag("WITHVALUES")) {
      search->with_values = true;
    } else if (args.flag("NOCASE")) {
      search->fold = true;
    } else if (args.flag("AND")) {
      search->all = true;
    } else if (args.flag("OR")) {
      search->all = false;
    } else {
      args.fail(err::kSyntax);
    }
  }
  if (!args.done()) {
    c.reply.error(args.error());
    return false;
  }
  if (search->predicates.empty()) c.reply.error(err::kSyntax);
  return !search->predicates.empty();
}

// Backslash and digit, outside of a class.
bool has_backreference(std::string_view pattern) {
  bool in_class = false;
  for (size_t i = 0; i < pattern.size(); i++) {
    if (in_class) {
      in_class = pattern[i] != ']';
    } else if (pattern[i] == '[') {
      in_class = true;
    } else if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      i++;
      if (pattern[i] >= '1' && pattern[i] <= '9') return true;
    }
  }
  return false;
}

bool compile_regex(Predicate& predicate, bool fold) {
  // A point stands for a line break as well, as in POSIX.
  const std::string flags = fold ? "(?si)" : "(?s)";
  const std::string pattern(predicate.pattern);
  if (!predicate.regex.compile(flags + pattern)) return false;
  if (predicate.with_surroundings.compile(flags + ".*(?:" + pattern + ").*")) {
    predicate.automaton = std::make_unique<RegexAutomaton>(predicate.with_surroundings);
  }
  return true;
}

// Once the whole call is read: NOCASE may stand behind a pattern. False: answered.
bool compile(Context& c, Search* search) {
  std::string_view error;
  for (Predicate& predicate : search->predicates) {
    if (predicate.kind != Kind::kRegex || !error.empty()) continue;
    if (predicate.pattern.empty()) {
      error = "ERR regular expression is empty";
    } else if (has_backreference(predicate.pattern)) {
      error = "ERR regular expression backreferences are not supported";
    } else if (!compile_regex(predicate, search->fold)) {
      error = "ERR invalid regular expression: it cannot be read or is too large";
    }
  }
  if (!error.empty()) c.reply.error(error);
  return error.empty();
}

// ---- the command --------------------------------------------------------------------------------

void argrep(Context& c) {
  Bound from, to;
  Search search;
  if (!read_bound(c, c.arg(2), &from) || !read_bound(c, c.arg(3), &to)) return;
  if (!read_search(c, &search) || !compile(c, &search)) return;
  ArrayView view;
  if (!find(c, c.key(1), &view)) return;
  if (!view.exists()) return c.reply.array(0);
  const uint64_t last = view.length() - 1;
  const array::Range range{from.of_length ? last : from.index, to.of_length ? last : to.index};
  std::vector<std::pair<uint64_t, ArrayWord>> found;
  ArrayText scratch;
  array::walk(view, range, [&](uint64_t index, ArrayWord word) {
    if (matches(search, array_word_text(word, scratch))) found.emplace_back(index, word);
    return found.size() < search.limit && search.work <= kRegexWorkMax;
  });
  if (search.work > kRegexWorkMax) return c.reply.error(kTooMuchWork);
  c.reply.array(found.size());
  for (const auto& [index, word] : found) {
    if (search.with_values) c.reply.array(2);
    c.reply.natural(index);
    if (search.with_values) array::answer_word(c.reply, word);
  }
}
constexpr CommandSpec kArgrep = array::reader(
    "argrep", -6,
    "key start end predicate=((EXACT string)|(MATCH string)|(GLOB pattern)|(RE pattern))+ "
    "options=[AND|OR|LIMIT limit:integer|WITHVALUES|NOCASE]+",
    "Finds the elements in a range of an array that match.",
    "O(N*M) for N elements in the range and M predicates", argrep);

constexpr const CommandSpec* kCommands[] = {&kArgrep};

}  // namespace

std::span<const CommandSpec* const> array_grep_commands() { return kCommands; }

}  // namespace redstart
