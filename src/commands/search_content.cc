#include "commands/search_content.h"

#include "engine/index_reader.h"
#include "keyspace/entry.h"
#include "search/highlight.h"
#include "types/hash.h"
#include "types/stream.h"

namespace redstart {

namespace {

JsonNode* member(const JsonNode& object, std::string_view name, const JsonNames& names) {
  const uint32_t number = names.find(name);
  return number == JsonNames::kNone ? nullptr : object.find(number);
}

// The values at a path with points, as the index reads them: a list of objects on the way stands
// for each of them. visit(JsonNode*). Answers whether there was such a list.
template <class Visit>
bool visit_path(JsonNode* node, std::string_view path, const JsonNames& names, Visit&& visit) {
  if (node->is_array()) {
    for (uint32_t i = 0; i < node->size(); i++) visit_path(&node->item(i), path, names, visit);
    return true;
  }
  if (!node->is_object()) return false;
  // A member may have points in its own name.
  if (JsonNode* value = member(*node, path, names)) {
    visit(value);
    return false;
  }
  for (size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
    JsonNode* inner = member(*node, path.substr(0, dot), names);
    if (inner) return visit_path(inner, path.substr(dot + 1), names, visit);
  }
  return false;
}

}  // namespace

SearchContent::SearchContent(Context& c, IndexValue& index, const search::Query& query,
                             const QueryCall& call)
    : c_(c), index_(index), call_(call), store_(*c.engine.type_env().json) {
  for (search::FieldNumber field : call.highlighted) {
    Mark mark{field, {}};
    index.index().terms_of(query, field, &mark.terms);
    if (!mark.terms.empty()) marks_.push_back(std::move(mark));
  }
}

bool SearchContent::answer(std::string_view key) {
  if (index_.of_stream()) return answer_entry(key);
  const Entry* entry = c_.keys.peek(c_.keys.key(key));
  if (!entry || entry->type() != type_of(index_.definition().source)) return false;
  switch (entry->type()) {
    case Type::kHash:
      answer_hash(*entry);
      break;
    case Type::kString:
      answer_text(*entry);
      break;
    default:
      answer_json(*entry);
      break;
  }
  return true;
}

// ---- hashes and entries of streams: fields with texts

void SearchContent::answer_fields(const std::function<void(const Visit&)>& each) {
  const Reply::Mark list = c_.reply.open_array();
  size_t count = 0;
  auto answer_one = [&](std::string_view field, std::string_view value) {
    c_.reply.array(2);
    c_.reply.bulk(field);
    c_.reply.bulk(marked(field, value));
    count++;
  };
  if (!call_.selects) {
    each(answer_one);
  } else {
    for (std::string_view wanted : call_.selected) {
      each([&](std::string_view field, std::string_view value) {
        if (field == wanted) answer_one(field, value);
      });
    }
  }
  c_.reply.close(list, count);
}

void SearchContent::answer_hash(const Entry& entry) {
  const HashView hash(Held{entry.object(), entry.encoding()});
  answer_fields([&](const Visit& visit) {
    hash.for_each([&](const HashItem& item) {
      char field[kIntTextMax], value[kIntTextMax];
      if (!item.expired(c_.now_ms)) visit(item.field.view(field), item.value.view(value));
    });
  });
}

bool SearchContent::answer_entry(std::string_view id) {
  const std::string& key = index_.definition().prefixes.front();
  const Entry* entry = c_.keys.peek(c_.keys.key(key));
  if (!entry || entry->type() != Type::kStream) return false;
  const EntryStreamView stream(c_.engine.type_env(), Held{entry->object(), entry->encoding()});
  StreamId wanted;
  parse_stream_id(id, 0, &wanted);
  return stream.visit_entry(wanted, [&](const StreamEntry& found) {
    answer_fields([&](const Visit& visit) { found.for_each_field(visit); });
  });
}

// ---- JSON

void SearchContent::answer_text(const Entry& entry) {
  IntText scratch;
  const std::string_view text = entry.string(scratch);
  if (!call_.selects && marks_.empty()) {
    c_.reply.array(1);
    c_.reply.array(2);
    c_.reply.bulk("$");
    return c_.reply.bulk(text);
  }
  JsonNode root;
  parse_json_object(c_.engine.type_env(), text, &root);
  mark_document(&root);
  answer_document(root);
  root.release(store_.heap);
}

void SearchContent::answer_json(const Entry& entry) {
  const JsonView json(c_.engine.type_env(), Held{entry.object(), entry.encoding()});
  if (marks_.empty()) return answer_document(*json.root());
  JsonNode copy = json.root()->copy(store_.heap);
  mark_document(&copy);
  answer_document(copy);
  copy.release(store_.heap);
}

void SearchContent::answer_document(const JsonNode& root) {
  if (call_.selects) return answer_selected(root);
  c_.reply.array(1);
  c_.reply.array(2);
  c_.reply.bulk("$");
  JsonPrinter(store_.names, &store_.text).node(root);
  c_.reply.bulk(store_.text.view());
  store_.text.clear();
}

// Texts as they are, all else as JSON; of several values at a path a list.
void SearchContent::answer_selected(const JsonNode& root) {
  const Reply::Mark list = c_.reply.open_array();
  size_t count = 0;
  for (std::string_view path : call_.selected) {
    std::vector<const JsonNode*> values;
    const bool several = visit_path(const_cast<JsonNode*>(&root), path, store_.names,
                                    [&](JsonNode* value) { values.push_back(value); });
    if (values.empty()) continue;
    count++;
    c_.reply.array(2);
    c_.reply.bulk(path);
    if (!several && values[0]->is_text()) {
      c_.reply.bulk(values[0]->text());
      continue;
    }
    JsonPrinter printer(store_.names, &store_.text);
    if (several) printer.begin('[');
    for (const JsonNode* value : values) {
      if (several) printer.next();
      printer.node(*value);
    }
    if (several) printer.end(']');
    c_.reply.bulk(store_.text.view());
    store_.text.clear();
  }
  c_.reply.close(list, count);
}

// ---- highlights

void SearchContent::mark_document(JsonNode* root) {
  for (const Mark& mark : marks_) {
    const std::string_view path = index_.definition().schema.field(mark.field).source();
    visit_path(root, path, store_.names, [&](JsonNode* value) { mark_value(mark, value); });
  }
}

void SearchContent::mark_value(const Mark& mark, JsonNode* value) {
  if (value->is_array()) {
    for (uint32_t i = 0; i < value->size(); i++) mark_value(mark, &value->item(i));
  } else if (value->is_text()) {
    marked_.clear();
    search::highlight(index_.index(), mark.field, mark.terms, value->text(), call_.tag_before,
                      call_.tag_behind, &marked_);
    value->release(store_.heap);
    *value = JsonNode::of_text(store_.heap, marked_);
  }
}

std::string_view SearchContent::marked(std::string_view source, std::string_view text) {
  for (const Mark& mark : marks_) {
    if (index_.definition().schema.field(mark.field).source() != source) continue;
    marked_.clear();
    search::highlight(index_.index(), mark.field, mark.terms, text, call_.tag_before,
                      call_.tag_behind, &marked_);
    return marked_;
  }
  return text;
}

}  // namespace redstart
