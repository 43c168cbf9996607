// The SEARCH family, part 1: indexes and their aliases.
#include <string>
#include <vector>

#include "commands/families.h"
#include "commands/search_access.h"
#include "commands/search_args.h"
#include "core/glob.h"
#include "engine/arg_reader.h"
#include "keyspace/entry.h"
#include "types/stream.h"

namespace redstart {

namespace event {
inline constexpr Event kSearchCreate{EventClass::kModule, "search.create"};
inline constexpr Event kSearchDrop{EventClass::kModule, "search.drop"};
}  // namespace event

namespace {

constexpr uint16_t kAskedOf = kKeyRead;

// ---- SEARCH.CREATE

struct CreateCall {
  search::Definition definition;
  bool has_source = false;
  bool skip_scan = false;
  bool exists_ok = false;
};

bool option_given_twice(ArgReader& a, bool given, std::string_view word) {
  if (given) a.fail("ERR Option " + std::string(word) + " is repeated");
  return given;
}

void read_prefixes(ArgReader& a, std::vector<std::string>* prefixes) {
  if (option_given_twice(a, !prefixes->empty(), "PREFIX")) return;
  const int64_t count = a.integer();
  if (!a.ok()) return;
  if (count < 1 || static_cast<uint64_t>(count) > a.left()) {
    return a.fail("ERR PREFIX needs the number of prefixes and as many of them");
  }
  for (int64_t i = 0; i < count; i++) prefixes->emplace_back(a.next());
}

void read_source(ArgReader& a, CreateCall* call) {
  if (option_given_twice(a, call->has_source, "ON")) return;
  const std::string_view word = a.next();
  call->has_source = true;
  if (!search::parse_source(word, &call->definition.source)) {
    return a.fail("ERR Unknown data type '" + std::string(word) +
                  "', expected HASH, JSON, STRING or STREAM");
  }
  if (call->definition.source != search::Source::kStream) return;
  if (option_given_twice(a, !call->definition.prefixes.empty(), "PREFIX")) return;
  call->definition.prefixes.emplace_back(a.next());
}

void read_language(ArgReader& a, search::Language* language) {
  const std::string_view word = a.next();
  if (!search::parse_language(word, language)) {
    a.fail("ERR Unknown language '" + std::string(word) + "', expected one of " +
           search::language_names());
  }
}

// False: the error has been answered.
bool read_create(Context& c, CreateCall* call) {
  ArgReader a(c.args, 2);
  std::string error;
  search::Definition& definition = call->definition;
  bool has_schema = false;
  while (a.more() && !has_schema) {
    if (a.flag("SKIPINITIALSCAN")) {
      call->skip_scan = true;
    } else if (a.flag("EXISTSOK")) {
      call->exists_ok = true;
    } else if (a.option("ON")) {
      read_source(a, call);
    } else if (a.option("PREFIX", 2)) {
      read_prefixes(a, &definition.prefixes);
    } else if (a.option("LANGUAGE")) {
      read_language(a, &definition.language);
    } else if (a.flag("SCHEMA")) {
      has_schema = true;
      const Args words = a.rest();
      if (!definition.schema.parse(words, &error)) a.fail(error);
    } else {
      fail_at_word(a);
    }
  }
  if (a.ok() && !call->has_source) a.fail("ERR Missing ON with the data type of the index");
  if (a.ok() && !has_schema) a.fail("ERR Missing SCHEMA of the index");
  if (a.ok() && !search::check_prefixes(definition.prefixes, &error)) a.fail(error);
  if (!a.ok()) c.reply.error(a.error());
  return a.ok();
}

void answer_existing(Context& c, const CreateCall& call, const Entry& entry) {
  if (entry.type() != Type::kIndex) return c.reply.error(err::kWrongType);
  const bool same = index_of(entry.object()).definition().same(call.definition);
  if (call.exists_ok && same) return c.reply.integer(0);
  std::string text = "ERR Index " + std::string(c.arg(1)) + " already exists";
  if (call.exists_ok) text += " with a different configuration";
  c.reply.error(text);
}

// What is in the stream stays out; what comes does not.
void begin_at_the_end(Context& c, IndexValue* index) {
  const Entry* entry = c.keys.peek(c.keys.key(index->definition().prefixes.front()));
  if (!entry || entry->type() != Type::kStream) return;
  const EntryStreamView stream(c.engine.type_env(), Held{entry->object(), entry->encoding()});
  const StreamId last = stream.marks().last_id;
  index->followed = {
      .stream = entry->object(), .begin = last, .last = last, .length = stream.size()};
}

void search_create(Context& c) {
  CreateCall call;
  if (!read_create(c, &call)) return;
  WriteGuard guard = c.keys.write(c.key(1));
  if (guard.exists()) return answer_existing(c, call, *guard.entry());
  auto* index = new IndexValue(c.engine.type_env(), std::move(call.definition));
  guard.put_object(Type::kIndex, 0, index->as_object());
  Indexing& indexing = c.engine.indexing();
  indexing.place(c.tenant, c.keys, c.arg(1), *index);
  if (!call.skip_scan) {
    indexing.start_over(*index);
  } else if (index->of_stream()) {
    begin_at_the_end(c, index);
  }
  guard.commit(event::kSearchCreate);
  c.reply.integer(1);
}
constexpr CommandSpec kSearchCreate = search_row(
    "search.create", -7, kWrite | kDenyOom, one_key(kKeyOw | kKeyInsert),
    "index:key [SKIPINITIALSCAN] [EXISTSOK] ON source=(HASH|JSON|STRING|STREAM stream) "
    "[PREFIX count:integer prefix+] [LANGUAGE language] "
    "SCHEMA fields=(field type=(TEXT|U64|I64|F64|BOOL|DATE|KEYWORD|FACET) [FAST] [NOSTEM] "
    "[NOTOKENIZE] [FROM path])+",
    "Makes an index of the values of all keys that begin with a prefix.",
    "O(1); existing keys are read later", search_create);

// ---- what becomes of an index

// An alias is not resolved: one that has been switched must not cost its new index.
void search_drop(Context& c) {
  WriteGuard guard = c.keys.write(c.key(1));
  if (!guard.exists()) return c.reply.integer(0);
  if (!guard.fits(Type::kIndex)) return c.reply.error(err::kWrongType);
  guard.erase();
  guard.commit(event::kSearchDrop);
  c.reply.integer(1);
}
constexpr CommandSpec kSearchDrop =
    search_row("search.drop", 2, kWrite, one_key(kKeyRm | kKeyDelete), "index:key",
               "Deletes an index; the keys that it was made of stay.",
               "O(1); a large index is freed in slices", search_drop);

void search_waitindexing(Context& c) {
  IndexValue* index;
  if (find_index_up_to_date(c, c.arg(1), &index)) c.reply.integer(index != nullptr);
}
constexpr CommandSpec kSearchWaitindexing =
    search_row("search.waitindexing", 2, kReadonly, one_key(kAskedOf), "index:key",
               "Answers once an index has read all changes.",
               "O(N) for N keys that it has still to read", search_waitindexing);

// It is made anew at the end of turns, and by whoever asks it before that is done.
void search_reindex(Context& c) {
  IndexValue* index;
  if (!find_index(c, c.arg(1), &index)) return;
  if (!index) return c.reply.integer(0);
  c.engine.indexing().start_over(*index);
  c.unit.count_change();
  c.propagate_verbatim();
  c.reply.integer(1);
}
constexpr CommandSpec kSearchReindex = search_row(
    "search.reindex", 2, kWrite, one_key(kKeyRw | kKeyUpdate), "index:key",
    "Makes an index anew of the keys that are there.", "O(1); keys are read later", search_reindex);

void answer_schema(Reply& reply, const search::Schema& schema) {
  reply.array(schema.fields().size());
  for (const search::Field& field : schema.fields()) {
    const std::vector<std::string_view> words = search::words_of(field);
    reply.array(1 + words.size());
    reply.bulk(field.name);
    for (std::string_view word : words) reply.bulk(word);
  }
}

void search_describe(Context& c) {
  IndexValue* index;
  if (!find_index(c, c.arg(1), &index)) return;
  if (!index) return c.reply.null_array();
  const search::Definition& definition = index->definition();
  c.reply.map(7);
  c.reply.bulk("name");
  c.reply.bulk(index->name());
  c.reply.bulk("type");
  c.reply.bulk(search::source_name(definition.source));
  c.reply.bulk("prefixes");
  c.reply.array(definition.prefixes.size());
  for (const std::string& prefix : definition.prefixes) c.reply.bulk(prefix);
  c.reply.bulk("language");
  c.reply.bulk(search::language_name(definition.language));
  c.reply.bulk("indexSize");
  c.reply.integer(static_cast<int64_t>(index->index().size()));
  c.reply.bulk("pendingUpdates");
  c.reply.integer(static_cast<int64_t>(index->pending.size() + index->scanning));
  c.reply.bulk("schema");
  answer_schema(c.reply, definition.schema);
}
constexpr CommandSpec kSearchDescribe =
    search_row("search.describe", 2, kReadonly, one_key(kAskedOf), "index:key",
               "Answers what an index is made of, and how many documents it has.",
               "O(N) for N fields", search_describe);

struct ListCall {
  std::string_view pattern = "*";
  int64_t limit = 0;  // 0: all
  int64_t offset = 0;
};

bool read_list(Context& c, ListCall* call) {
  ArgReader a(c.args, 1);
  while (a.more()) {
    if (a.option("MATCH")) {
      call->pattern = a.next();
    } else if (a.option("LIMIT")) {
      call->limit = a.integer_in(0, INT64_MAX, err::kOutOfRange);
    } else if (a.option("OFFSET")) {
      call->offset = a.integer_in(0, INT64_MAX, err::kOutOfRange);
    } else {
      fail_at_word(a);
    }
  }
  if (!a.done()) c.reply.error(a.error());
  return a.ok();
}

// By name. Looking an index up may be what ends it, so that names come first.
std::vector<const IndexValue*> living_indexes(Context& c, std::string_view pattern) {
  std::vector<std::string> names;
  if (const Indexing::Indexes* indexes = c.engine.indexing().indexes(c.keys)) {
    for (auto& [name, index] : *indexes) {
      // As with KEYS, "*" is every name, the empty one too, which no glob matches.
      if (pattern == "*" || glob_match(pattern, name)) names.push_back(name);
    }
  }
  std::vector<const IndexValue*> living;
  for (const std::string& name : names) {
    const Entry* entry = c.keys.peek(c.keys.key(name));
    if (entry && entry->type() == Type::kIndex) living.push_back(&index_of(entry->object()));
  }
  return living;
}

void search_listindexes(Context& c) {
  ListCall call;
  if (!read_list(c, &call)) return;
  const std::vector<const IndexValue*> living = living_indexes(c, call.pattern);
  const size_t from = std::min(living.size(), static_cast<size_t>(call.offset));
  size_t count = living.size() - from;
  if (call.limit > 0) count = std::min(count, static_cast<size_t>(call.limit));
  c.reply.array(count);
  for (size_t i = from; i < from + count; i++) {
    c.reply.map(2);
    c.reply.bulk("name");
    c.reply.bulk(living[i]->name());
    c.reply.bulk("type");
    c.reply.bulk(search::source_name(living[i]->definition().source));
  }
}
constexpr CommandSpec kSearchListindexes = search_row(
    "search.listindexes", -1, kReadonly, no_keys(),
    "[MATCH pattern:pattern] [LIMIT limit:integer] [OFFSET offset:integer]",
    "Answers which indexes there are, by name.", "O(N) for N indexes", search_listindexes);

// ---- aliases

void search_aliasadd(Context& c) {
  const bool is_new = c.engine.indexing().add_alias(c.tenant, c.keys, c.arg(1), c.arg(2));
  c.unit.count_change();
  c.propagate_verbatim();
  c.reply.integer(is_new ? 1 : 2);
}
constexpr CommandSpec kSearchAliasadd =
    search_row("search.aliasadd", 3, kWrite, one_key(kKeyRw | kKeyUpdate, 2), "alias index:key",
               "Gives an index another name, which may have been that of another one.",
               "O(log(N)) for N aliases", search_aliasadd);

void search_aliasdel(Context& c) {
  const bool removed = c.engine.indexing().remove_alias(c.keys, c.arg(1));
  if (removed) {
    c.unit.count_change();
    c.propagate_verbatim();
  }
  c.reply.integer(removed);
}
constexpr CommandSpec kSearchAliasdel =
    search_row("search.aliasdel", 2, kWrite, no_keys(), "alias", "Takes an alias away.",
               "O(log(N)) for N aliases", search_aliasdel);

void search_listaliases(Context& c) {
  const Indexing::Aliases* aliases = c.engine.indexing().aliases(c.keys);
  if (!aliases) return c.reply.array(0);
  c.reply.array(aliases->size());
  for (auto& [alias, index] : *aliases) {
    c.reply.array(2);
    c.reply.bulk(alias);
    c.reply.bulk(index);
  }
}
constexpr CommandSpec kSearchListaliases = search_row(
    "search.listaliases", 1, kReadonly, no_keys(), "",
    "Answers all aliases with what they stand for.", "O(N) for N aliases", search_listaliases);

constexpr const CommandSpec* kCommands[] = {
    &kSearchCreate,      &kSearchDrop,     &kSearchDescribe, &kSearchWaitindexing, &kSearchReindex,
    &kSearchListindexes, &kSearchAliasadd, &kSearchAliasdel, &kSearchListaliases};

}  // namespace

std::span<const CommandSpec* const> search_commands() { return kCommands; }

}  // namespace redstart
