// JSON documents, paths into them, regular expressions in paths.
#include <string>

#include "base/random.h"
#include "base/slab.h"
#include "core/regex.h"
#include "tests/fuzz/target.h"
#include "types/json.h"
#include "types/json_print.h"
#include "types/json_reader.h"

namespace redstart::fuzz {

namespace {

struct JsonWorld {
  Slab slab;
  uint64_t seed = 7;
  JsonStore store{slab, seed};

  std::string print(const JsonNode& node) {
    JsonText text;
    JsonPrinter(store.names, &text).node(node);
    return std::string(text.view());
  }
  bool parse(std::string_view text, JsonNode* node) {
    std::string error;
    const bool good = store.parser.parse(text, node, &error);
    check(good == error.empty(), "who refuses says why");
    return good;
  }
};

}  // namespace

// The two roads agree on what JSON is and says, and what is printed reads back as the same.
void json_text(std::string_view input) {
  static JsonWorld world;
  const JsonHeap heap = world.store.heap;
  JsonNode fast;
  const bool good = world.parse(input, &fast);
  JsonBuilder builder(heap);
  std::string error;
  const bool read = read_json(input, &builder, &error);
  if (!good && error.empty() && read) {
    builder.clear();  // not UTF-8, which the reader does not look at
    return;
  }
  check(good == read, "both roads take the same texts");
  if (!good) return;
  JsonNode slow = builder.finish();
  const std::string text = world.print(fast);
  check(world.print(slow) == text, "and make the same of them");
  JsonNode again;
  check(world.parse(text, &again), "what is printed is JSON");
  check(world.print(again) == text, "and says the same");
  check(equal(fast, again), "and is the same");
  for (JsonNode node : {fast, slow, again}) node.release(heap);
  check(world.store.names.size() == 0, "no name stays behind");
}

// A path, a line break, a document.
void json_path(std::string_view input) {
  static JsonWorld world;
  const size_t line = input.find('\n');
  if (line == input.npos) return;
  JsonNode root;
  if (!world.parse(input.substr(line + 1), &root)) return;
  JsonStore& store = world.store;
  std::string error;
  // Each ".." multiplies the matches.
  const std::string_view path = input.substr(0, line);
  size_t descents = 0;
  for (size_t at = path.find(".."); at != path.npos; at = path.find("..", at + 2)) descents++;
  if (descents <= 3 && store.path.compile(path, store.names, &error)) {
    for (JsonOrder order : {JsonOrder::kOuterFirst, JsonOrder::kInnerFirst}) {
      select_json(store.path, root, order, &store.matches);
      select_json_places(store.path, store.path.end(), root, order, &store.places);
      check(store.matches.size() == store.places.size(), "a place for each value");
      for (size_t i = 0; i < store.matches.size(); i++) {
        check(follow_json(&root, store.places[i]) == store.matches[i], "and it is its own");
      }
    }
    check(!store.path.is_static() || store.matches.size() <= 1, "a static path has one match");
    check(outermost(store.places, root).size() <= store.places.size(), "some are inside of others");
  } else if (descents <= 3) {
    check(error.find(" position ") != error.npos, "an error says where");
  }
  root.release(store.heap);
}

// A pattern, a line break, a text.
void regex(std::string_view input) {
  const size_t line = input.find('\n');
  if (line == input.npos) return;
  Regex compiled;
  const std::string_view text = input.substr(line + 1);
  if (!compiled.compile(input.substr(0, line))) {
    check(!compiled.search(text), "what is no pattern is nowhere");
    return;
  }
  const bool found = compiled.search(text.substr(0, 2000));
  check(compiled.search(text.substr(0, 2000)) == found, "a search changes nothing");
}

}  // namespace redstart::fuzz
