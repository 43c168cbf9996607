#include "persist/rdb_search.h"

#include <string>
#include <utility>
#include <vector>

#include "base/numbers.h"
#include "core/rdb_format.h"
#include "core/rdb_reader.h"
#include "core/rdb_writer.h"
#include "engine/index_value.h"
#include "keyspace/entry.h"
#include "persist/rdb_load_value.h"
#include "persist/rdb_module.h"

namespace redstart {

namespace {

constexpr std::string_view kWhat = "A search index";

void write_text(RdbWriter& out, std::string_view text) {
  out.length(rdb::kModuleString);
  out.string(text);
}

void write_number(RdbWriter& out, uint64_t number) {
  out.length(rdb::kModuleUnsigned);
  out.length(number);
}

void write_definition(RdbWriter& out, const search::Definition& definition) {
  write_text(out, search::source_name(definition.source));
  write_text(out, search::language_name(definition.language));
  write_number(out, definition.prefixes.size());
  for (const std::string& prefix : definition.prefixes) write_text(out, prefix);
  std::vector<std::string_view> words;
  for (const search::Field& field : definition.schema.fields()) {
    words.push_back(field.name);
    for (std::string_view word : search::words_of(field)) words.push_back(word);
  }
  write_number(out, words.size());
  for (std::string_view word : words) write_text(out, word);
}

std::vector<std::string> read_texts(ModuleReader& items) {
  std::vector<std::string> texts;
  for (uint64_t left = items.natural(); left > 0 && !items.failed(); left--) {
    texts.emplace_back(items.text());
  }
  return texts;
}

bool read_definition(ModuleReader& items, search::Definition* definition) {
  std::string error;
  if (!search::parse_source(items.text(), &definition->source) ||
      !search::parse_language(items.text(), &definition->language)) {
    items.fail_for("a kind or a language that is not known here");
    return false;
  }
  definition->prefixes = read_texts(items);
  const std::vector<std::string> words = read_texts(items);
  if (items.failed()) return false;
  const bool of_stream = definition->source == search::Source::kStream;
  if (of_stream && definition->prefixes.size() != 1) {
    error = "ERR not one stream";
  } else if (search::check_prefixes(definition->prefixes, &error)) {
    const std::vector<std::string_view> views(words.begin(), words.end());
    definition->schema.parse(views, &error);
  }
  if (!error.empty()) items.fail_for("a definition that is none: " + error);
  return !items.failed();
}

// Reads the keys of the documents, one element each.
class IndexElements final : public RdbElements {
 public:
  IndexElements(RdbReader& in, IndexValue* index) : items_(in, kWhat), index_(index) {
    index_->scanning = items_.natural() != 0;
    if (index_->of_stream()) {
      index_->scanning = true;
      index_->followed.any_stream = true;
      index_->followed.begin.ms = items_.natural();
      index_->followed.begin.seq = items_.natural();
    } else {
      left_ = items_.natural();
    }
  }
  ~IndexElements() override {
    if (index_) destroy();
  }

  bool read_one() override {
    if (left_ == 0 || items_.failed()) return false;
    left_--;
    const std::string_view key = items_.text();
    if (!items_.failed()) index_->pending.note(key);
    return !items_.failed();
  }

  Held take() override {
    if (!items_.failed()) items_.end();
    if (items_.failed()) return {};
    return {std::exchange(index_, nullptr)->as_object(), 0};
  }

 private:
  void destroy() {
    size_t all = SIZE_MAX;
    while (!index_->destroy_some(&all)) {
    }
  }

  ModuleReader items_;
  IndexValue* index_;
  uint64_t left_ = 0;
};

}  // namespace

std::unique_ptr<RdbElements> read_index(const TypeEnv& env, RdbReader& in, int version) {
  if (version != kSearchVersion) {
    in.fail("A search index is of version " + std::to_string(version) +
            ", which is not known here");
    return nullptr;
  }
  ModuleReader items(in, kWhat);
  search::Definition definition;
  if (!read_definition(items, &definition)) return nullptr;
  return std::make_unique<IndexElements>(in, new IndexValue(env, std::move(definition)));
}

std::string alias_text(const RdbAlias& alias) {
  return std::to_string(alias.db) + " " + std::to_string(alias.alias.size()) + " " +
         std::string(alias.alias) + std::string(alias.index);
}

bool parse_alias(std::string_view text, RdbAlias* alias) {
  auto take_number = [&](int64_t max, int64_t* number) {
    const size_t end = text.find(' ');
    if (end == std::string_view::npos || !parse_int64(text.substr(0, end), number)) return false;
    text.remove_prefix(end + 1);
    return *number >= 0 && *number <= max;
  };
  int64_t db = 0, size = 0;
  if (!take_number(INT32_MAX, &db) || !take_number(INT32_MAX, &size)) return false;
  if (static_cast<size_t>(size) > text.size()) return false;
  alias->db = static_cast<int>(db);
  alias->alias = text.substr(0, static_cast<size_t>(size));
  alias->index = text.substr(static_cast<size_t>(size));
  return true;
}

void write_index(RdbWriter& out, const Entry& entry) {
  const IndexValue& value = index_of(entry.object());
  out.length(module_id(kSearchModule, kSearchVersion));
  write_definition(out, value.definition());
  write_number(out, value.scanning);
  if (value.of_stream()) {
    write_number(out, value.followed.begin.ms);
    write_number(out, value.followed.begin.seq);
  } else {
    write_number(out, value.index().size() + value.pending.size());
    value.index().each_document(
        [&](search::DocNumber, std::string_view key) { write_text(out, key); });
    value.pending.each([&](std::string_view key) { write_text(out, key); });
  }
  out.length(rdb::kModuleEnd);
}

}  // namespace redstart
