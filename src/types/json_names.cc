#include "types/json_names.h"

#include <cstring>

#include "base/slab.h"

namespace redstart {

namespace {

// A name with so many holders has lost count: it stays.
constexpr uint32_t kUncounted = UINT32_MAX;

size_t layout_size(size_t text_size) { return sizeof(JsonName) + text_size; }
size_t taken(size_t size) { return size > Slab::kLargest ? size : Slab::class_size(size); }

}  // namespace

JsonNames::JsonNames(Slab& slab, const uint64_t& hash_seed)
    : slab_(slab), table_(slab, JsonNamePolicy{&hash_seed}) {}

JsonNames::~JsonNames() {
  table_.clear([&](JsonName* name) { slab_.release(name, layout_size(name->size)); });
}

uint32_t JsonNames::find(std::string_view text) const {
  const JsonName* name = table_.find(hash_of(text), text);
  return name == nullptr ? kNone : name->number;
}

uint32_t JsonNames::free_number() {
  if (!free_numbers_.empty()) {
    uint32_t number = free_numbers_.back();
    free_numbers_.pop_back();
    return number;
  }
  if (numbers_ % kChunk == 0) chunks_.push_back(std::make_unique<JsonName*[]>(kChunk));
  return numbers_++;
}

uint32_t JsonNames::hold(std::string_view text) {
  const uint64_t hash = hash_of(text);
  if (JsonName* name = table_.find(hash, text)) {
    if (name->holders != kUncounted) name->holders++;
    return name->number;
  }
  auto* name = static_cast<JsonName*>(slab_.allocate(layout_size(text.size())));
  name->holders = 1;
  name->number = free_number();
  name->size = static_cast<uint32_t>(text.size());
  text.copy(name->bytes, text.size());
  chunks_[name->number / kChunk][name->number % kChunk] = name;
  name_bytes_ += taken(layout_size(text.size()));
  table_.insert(hash, name);
  return name->number;
}

void JsonNames::hold_again(uint32_t number) {
  JsonName* held = name(number);
  if (held->holders != kUncounted) held->holders++;
}

void JsonNames::let_go(uint32_t number) {
  JsonName* gone = name(number);
  if (gone->holders == kUncounted || --gone->holders > 0) return;
  const uint64_t hash = hash_of(gone->text());
  table_.erase(table_.find_slot(hash, gone->text()), hash);
  table_.shrink_step(1);
  free_numbers_.push_back(number);
  const size_t size = layout_size(gone->size);
  name_bytes_ -= taken(size);
  slab_.release(gone, size);
}

}  // namespace redstart
