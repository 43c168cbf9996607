#include "engine/index_reader.h"

#include <string>
#include <utility>

#include "keyspace/entry.h"
#include "types/hash.h"
#include "types/json.h"
#include "types/stream.h"

namespace redstart {

Type type_of(search::Source source) {
  switch (source) {
    case search::Source::kHash:
      return Type::kHash;
    case search::Source::kString:
      return Type::kString;
    case search::Source::kJson:
      return Type::kJson;
    case search::Source::kStream:
      return Type::kStream;
  }
  return Type::kString;
}

bool parse_json_object(const TypeEnv& env, std::string_view text, JsonNode* node) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos || text[begin] != '{') return false;
  std::string error;
  return env.json->parser.parse(text, node, &error);
}

IndexReader::IndexReader(const TypeEnv& env, const search::Definition& definition)
    : env_(env),
      definition_(definition),
      document_(definition.schema),
      numbers_(definition.schema.fields().size()) {}

IndexReader::~IndexReader() { forget(); }

void IndexReader::forget() {
  document_.clear();
  texts_.clear();
  std::exchange(parsed_, JsonNode()).release(env_.json->heap);
}

bool IndexReader::read(const Entry& entry) {
  forget();
  if (entry.type() != type_of(definition_.source)) return false;
  if (entry.type() == Type::kHash) {
    read_hash(entry);
    return true;
  }
  if (entry.type() == Type::kString) return read_text(entry);
  const JsonView json(env_, Held{entry.object(), entry.encoding()});
  document_.add_json_document(*json.root(), json.names());
  return true;
}

void IndexReader::read_hash(const Entry& entry) {
  const HashView hash(Held{entry.object(), entry.encoding()});
  const auto fields = definition_.schema.fields();
  for (search::FieldNumber i = 0; i < fields.size(); i++) {
    HashItem item;
    if (hash.find(fields[i].source(), &item) && !item.expired(env_.now_ms)) add(i, item.value);
  }
}

void IndexReader::add(search::FieldNumber field, const ListpackItem& value) {
  if (!value.is_number) return document_.add_text(field, value.text);
  char* text = numbers_[field].data();
  document_.add_text(field, {text, write_int64(text, value.number)});
}

bool IndexReader::read_text(const Entry& entry) {
  IntText scratch;
  if (!parse_json_object(env_, entry.string(scratch), &parsed_)) return false;
  document_.add_json_document(parsed_, env_.json->names);
  return true;
}

void IndexReader::read(const StreamEntry& entry) {
  forget();
  const auto fields = definition_.schema.fields();
  entry.for_each_field([&](std::string_view name, std::string_view value) {
    for (search::FieldNumber i = 0; i < fields.size(); i++) {
      if (fields[i].source() == name) document_.add_text(i, texts_.emplace_back(value));
    }
  });
}

}  // namespace redstart
