#include "search/schema.h"

#include <algorithm>

#include "base/ascii.h"

namespace redstart::search {

namespace {

constexpr std::string_view kTypeNames[kFieldTypeCount] = {"TEXT", "U64",  "I64",     "F64",
                                                          "BOOL", "DATE", "KEYWORD", "FACET"};
constexpr std::string_view kSourceNames[] = {"HASH", "STRING", "JSON", "STREAM"};

std::string quoted(std::string_view word) { return "'" + std::string(word) + "'"; }

bool parse_type(std::string_view word, FieldType* type) {
  for (int i = 0; i < kFieldTypeCount; i++) {
    if (!equals_fold(word, kTypeNames[i])) continue;
    *type = static_cast<FieldType>(i);
    return true;
  }
  return false;
}

// Reads one field after the other.
class FieldReader {
 public:
  FieldReader(std::span<const std::string_view> words, std::string* error)
      : words_(words), error_(*error) {}

  bool more() const { return at_ < words_.size(); }

  bool field(Field* field) {
    const std::string_view name = words_[at_++];
    if (name.empty()) return fail("ERR A field has an empty name");
    field->name = name;
    if (!more()) return fail("ERR Missing type of field " + quoted(name));
    const std::string_view type = words_[at_++];
    if (equals_fold(type, "HYBRID")) {
      return fail("ERR Field " + quoted(name) +
                  " of type HYBRID needs embeddings made by a service, which is not here");
    }
    if (!parse_type(type, &field->type)) {
      return fail("ERR Unknown type " + quoted(type) + " of field " + quoted(name) +
                  ", expected TEXT, U64, I64, F64, BOOL, DATE, KEYWORD or FACET");
    }
    while (more() && modifier(field)) {
    }
    return error_.empty();
  }

 private:
  bool fail(std::string text) {
    error_ = std::move(text);
    return false;
  }

  // Whether the word at hand was a modifier, and one that this field can have.
  bool modifier(Field* field) {
    const std::string_view word = words_[at_];
    if (equals_fold(word, "FROM")) return from(field);
    const bool is_fast = equals_fold(word, "FAST");
    const bool is_nostem = equals_fold(word, "NOSTEM");
    if (!is_fast && !is_nostem && !equals_fold(word, "NOTOKENIZE")) return false;
    // A field may be called like a modifier: then its type follows. It may also be called like a
    // type ("date DATE"): an even run of types is made of such fields, behind a modifier.
    if (types_behind() % 2 == 1) return false;
    if (is_fast) {
      const bool fits = is_number(field->type) || field->type == FieldType::kBool ||
                        field->type == FieldType::kDate || field->type == FieldType::kKeyword;
      return set(&field->fast, fits, "FAST", *field);
    }
    const bool is_text = field->type == FieldType::kText;
    if (is_nostem) return set(&field->nostem, is_text, "NOSTEM", *field);
    return set(&field->notokenize, is_text, "NOTOKENIZE", *field);
  }

  bool from(Field* field) {
    if (at_ + 1 >= words_.size()) {
      return fail("ERR Missing path behind FROM of field " + quoted(field->name));
    }
    if (!field->from.empty()) return repeated("FROM", *field);
    const std::string_view path = words_[at_ + 1];
    if (path.empty()) return fail("ERR Empty path behind FROM of field " + quoted(field->name));
    field->from = path;
    at_ += 2;
    return true;
  }

  // How many names of types follow the word at hand without another word between them.
  size_t types_behind() const {
    FieldType type;
    size_t end = at_ + 1;
    while (end < words_.size() && parse_type(words_[end], &type)) end++;
    return end - at_ - 1;
  }

  bool set(bool* flag, bool fits, std::string_view word, const Field& field) {
    if (!fits) {
      return fail("ERR Option " + std::string(word) + " does not apply to field " +
                  quoted(field.name) + " of type " + std::string(field_type_name(field.type)));
    }
    if (*flag) return repeated(word, field);
    *flag = true;
    at_++;
    return true;
  }
  bool repeated(std::string_view word, const Field& field) {
    return fail("ERR Option " + std::string(word) + " is repeated for field " + quoted(field.name));
  }

  std::span<const std::string_view> words_;
  size_t at_ = 0;
  std::string& error_;
};

}  // namespace

std::string_view field_type_name(FieldType type) { return kTypeNames[static_cast<int>(type)]; }

std::vector<std::string_view> words_of(const Field& field) {
  std::vector<std::string_view> words{field_type_name(field.type)};
  if (field.notokenize) words.push_back("NOTOKENIZE");
  if (field.nostem) words.push_back("NOSTEM");
  if (field.fast) words.push_back("FAST");
  if (!field.from.empty()) words.insert(words.end(), {"FROM", field.from});
  return words;
}

bool Schema::parse(std::span<const std::string_view> words, std::string* error) {
  error->clear();
  fields_.clear();
  FieldReader reader(words, error);
  while (reader.more()) {
    Field field;
    if (!reader.field(&field)) return false;
    if (find(field.name) != kNoField) {
      *error = "ERR Field " + quoted(field.name) + " is defined twice";
      return false;
    }
    if (fields_.size() == kFieldsMax) {
      *error = "ERR Too many fields in the schema";
      return false;
    }
    fields_.push_back(std::move(field));
  }
  if (fields_.empty()) *error = "ERR The schema has no fields";
  return error->empty();
}

FieldNumber Schema::find(std::string_view name) const {
  for (FieldNumber i = 0; i < fields_.size(); i++) {
    if (fields_[i].name == name) return i;
  }
  return kNoField;
}

std::string_view source_name(Source source) { return kSourceNames[static_cast<int>(source)]; }

bool parse_source(std::string_view word, Source* source) {
  for (size_t i = 0; i < std::size(kSourceNames); i++) {
    if (!equals_fold(word, kSourceNames[i])) continue;
    *source = static_cast<Source>(i);
    return true;
  }
  return false;
}

bool Definition::takes(std::string_view key) const {
  if (source == Source::kStream) return key == prefixes.front();
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [key](const std::string& prefix) { return key.starts_with(prefix); });
}

bool Definition::same(const Definition& other) const {
  if (source != other.source || language != other.language || !(schema == other.schema)) {
    return false;
  }
  return std::is_permutation(prefixes.begin(), prefixes.end(), other.prefixes.begin(),
                             other.prefixes.end());
}

bool check_prefixes(std::span<const std::string> prefixes, std::string* error) {
  if (prefixes.empty()) {
    *error = "ERR An index needs at least one prefix";
    return false;
  }
  for (size_t i = 0; i < prefixes.size(); i++) {
    for (size_t j = 0; j < prefixes.size(); j++) {
      if (i == j || !prefixes[j].starts_with(prefixes[i])) continue;
      *error = prefixes[i] == prefixes[j] ? "ERR Prefix " + quoted(prefixes[i]) + " is repeated"
                                          : "ERR Prefixes " + quoted(prefixes[i]) + " and " +
                                                quoted(prefixes[j]) + " overlap";
      return false;
    }
  }
  return true;
}

}  // namespace redstart::search
