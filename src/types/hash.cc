#include "types/hash.h"

#include <algorithm>
#include <utility>

#include "base/random.h"
#include "types/sample.h"
#include "types/value_digest.h"

namespace redstart {

namespace {

uint8_t code(HashEncoding encoding) { return static_cast<uint8_t>(encoding); }

}  // namespace

// Reading

size_t HashView::size() const {
  if (!held_.object) return 0;
  return is_table() ? table()->size() : pack().count() / stride();
}

uint32_t HashView::find_in_pack(std::string_view field) const {
  ListpackView view = pack();
  return view.find(view.first(), field, stride() - 1);
}

HashItem HashView::item_at(uint32_t pos) const {
  ListpackView view = pack();
  HashItem item;
  item.field = view.at(pos);
  pos = view.next(pos);
  item.value = view.at(pos);
  if (stride() == 3) item.expire_at_ms = view.at(view.next(pos)).number;
  return item;
}

HashItem HashView::item_of(const HashField& field) {
  return {{false, 0, field.name()}, {false, 0, field.value()}, field.expire_at_ms()};
}

bool HashView::find(std::string_view field, HashItem* item) const {
  if (is_table()) {
    const HashField* found = table()->find(field);
    if (found) *item = item_of(*found);
    return found != nullptr;
  }
  if (!held_.object) return false;
  uint32_t pos = find_in_pack(field);
  if (pos == pack().end()) return false;
  *item = item_at(pos);
  return true;
}

HashItem HashView::random(Random& random) const {
  if (is_table()) return item_of(*table()->fields().random(random));
  return item_at(pack().seek(static_cast<int64_t>(random.below(size()) * stride())));
}

void HashView::sample(Random& random, size_t count, std::vector<HashItem>* out) const {
  size_t total = size();
  count = std::min(count, total);
  if (is_table() && total / kDrawWhenLarger > count) {
    return draw_distinct(
        count, [&] { return table()->fields().random(random); },
        [&](const HashField* field) { out->push_back(item_of(*field)); });
  }
  Sampler sampler(random, count, total);
  for_each([&](const HashItem& item) {
    if (sampler.take()) out->push_back(item);
  });
}

int64_t HashView::next_expiry_ms() const {
  if (is_table()) return table()->next_expiry_ms();
  if (!held_.object || encoding() != HashEncoding::kListpackEx || empty()) return INT64_MAX;
  int64_t first_ms = item_at(pack().first()).expire_at_ms;
  return first_ms == kFieldStays ? INT64_MAX : first_ms;
}

const char* HashView::validate() const {
  if (is_table()) return table()->validate();
  if (!held_.object) return nullptr;
  if (!listpack_valid(pack().bytes())) return "the listpack is broken";
  if (pack().count() % stride() != 0) return "the listpack ends inside of an item";
  const char* broken = nullptr;
  int64_t last_ms = 1;
  for_each([&](const HashItem& item) {
    int64_t at_ms = item.expire_at_ms == kFieldStays ? INT64_MAX : item.expire_at_ms;
    if (stride() == 3 && at_ms < last_ms) broken = "the fields are not in the order of their ttl";
    last_ms = at_ms;
  });
  return broken;
}

// Changing

Listpack Hash::edit_pack() const {
  if (!held_.object) return Listpack(env_->slab);
  return Listpack::adopt(env_->slab, static_cast<uint8_t*>(held_.object));
}

void Hash::expect(size_t fields) {
  bool compact = !is_table();
  if (compact && static_cast<int64_t>(fields) > env_->limits.hash_max_listpack_entries) {
    become_table();
  }
}

bool Hash::set(std::string_view field, std::string_view value, bool keep_expiry) {
  if (!is_table()) {
    size_t longest = field.size() > value.size() ? field.size() : value.size();
    bool fits = static_cast<int64_t>(longest) <= env_->limits.hash_max_listpack_value &&
                (!held_.object || pack().byte_size() + longest * 2 < kListpackMaxBytes / 2);
    if (fits) {
      bool added = set_in_pack(field, value, keep_expiry);
      if (static_cast<int64_t>(size()) > env_->limits.hash_max_listpack_entries) become_table();
      return added;
    }
    become_table();
  }
  return table()->set(field, value, keep_expiry);
}

bool Hash::set_in_pack(std::string_view field, std::string_view value, bool keep_expiry) {
  uint32_t pos = held_.object ? find_in_pack(field) : 0;
  if (!held_.object || pos == pack().end()) {
    Listpack pack = edit_pack();
    pack.append(field);
    pack.append(value);
    if (stride() == 3) pack.append(kFieldStays);
    keep(std::move(pack));
    return true;
  }
  bool expiry_ends = !keep_expiry && item_at(pos).expire_at_ms != kFieldStays;
  Listpack pack = edit_pack();
  pack.replace(pack.view().next(pos), value);
  keep(std::move(pack));
  if (expiry_ends) move_in_pack(pos, kFieldStays);
  return false;
}

// Gives the item at `pos` another ttl and the place that goes with it.
void Hash::move_in_pack(uint32_t pos, int64_t at_ms) {
  HashItem item = item_at(pos);
  std::string field = item.field.to_string(), value = item.value.to_string();
  Listpack pack = edit_pack();
  pack.erase(pos, 3);
  ListpackView view = pack.view();
  uint32_t place = view.end();
  if (at_ms != kFieldStays) {
    place = view.first();
    while (place != view.end()) {
      int64_t there_ms = view.at(view.skip(place, 2)).number;
      if (there_ms == kFieldStays || there_ms > at_ms) break;
      place = view.skip(place, 3);
    }
  }
  pack.insert(place, at_ms);
  pack.insert(place, value);
  pack.insert(place, field);
  keep(std::move(pack));
}

bool Hash::erase(std::string_view field) {
  if (is_table()) return table()->erase(field);
  if (!held_.object) return false;
  uint32_t pos = find_in_pack(field);
  if (pos == pack().end()) return false;
  Listpack pack = edit_pack();
  pack.erase(pos, stride());
  keep(std::move(pack));
  return true;
}

void Hash::set_expiry(std::string_view field, int64_t at_ms) {
  if (encoding() == HashEncoding::kListpack) become_ex();
  if (is_table()) return table()->set_expiry(field, at_ms);
  move_in_pack(find_in_pack(field), at_ms);
}

void Hash::become_ex() {
  Listpack ex(env_->slab);
  char buffer[kIntTextMax];
  for_each([&](const HashItem& item) {
    ex.append(item.field.view(buffer));
    ex.append(item.value.view(buffer));
    ex.append(kFieldStays);
  });
  drop();
  held_.encoding = code(HashEncoding::kListpackEx);
  keep(std::move(ex));
}

void Hash::become_table() {
  auto* table = new (env_->slab.allocate(sizeof(HashTable))) HashTable(env_->slab, env_->hash_seed);
  char field_buffer[kIntTextMax], value_buffer[kIntTextMax];
  for_each([&](const HashItem& item) {
    std::string_view field = item.field.view(field_buffer);
    table->set(field, item.value.view(value_buffer), false);
    if (item.expire_at_ms != kFieldStays) table->set_expiry(field, item.expire_at_ms);
  });
  drop();
  held_ = {table, code(HashEncoding::kTable)};
}

void Hash::drop() {
  size_t all = SIZE_MAX;
  if (held_.object) kHashOps.destroy_some(env_->slab, held_.object, held_.encoding, &all);
  held_ = {};
}

// For those who do not understand hashes

namespace {

bool is_table(uint8_t encoding) { return encoding == code(HashEncoding::kTable); }

HashTable* as_table(const void* object) {
  return static_cast<HashTable*>(const_cast<void*>(object));
}

HashView view_of(const void* object, uint8_t encoding) {
  return HashView(Held{const_cast<void*>(object), encoding});
}

std::string_view pack_bytes(const void* object) {
  return ListpackView(static_cast<const uint8_t*>(object)).bytes();
}

bool destroy_some(Slab& slab, void* object, uint8_t encoding, size_t* budget) {
  if (!is_table(encoding)) {
    Listpack::destroy(slab, static_cast<uint8_t*>(object));
    *budget -= *budget > 0;
    return true;
  }
  HashTable* table = as_table(object);
  size_t before = table->size();
  bool done = table->clear_some(*budget);
  size_t freed = before - table->size();
  *budget -= freed < *budget ? freed : *budget;
  if (!done) return false;
  table->~HashTable();
  slab.release(table, sizeof(HashTable));
  return true;
}

void* copy(Slab& slab, const void* object, uint8_t encoding) {
  if (is_table(encoding)) return as_table(object)->copy(slab);
  return Listpack(slab, pack_bytes(object)).release();
}

size_t bytes(const void* object, uint8_t encoding) {
  if (is_table(encoding)) return as_table(object)->bytes();
  return Listpack::allocated_bytes(pack_bytes(object).size());
}

bool empty(const void* object, uint8_t encoding) { return view_of(object, encoding).empty(); }

std::string_view encoding_name(const void*, uint8_t encoding) {
  constexpr std::string_view kNames[] = {"listpack", "listpackex", "hashtable"};
  return kNames[encoding];
}

void digest(const void* object, uint8_t encoding, ValueDigest* digest) {
  char buffer[kIntTextMax];
  view_of(object, encoding).for_each([&](const HashItem& item) {
    ValueDigest one;
    one.mix(item.field.view(buffer));
    one.mix(item.value.view(buffer));
    // Redis marks fields that expire, whenever that is.
    if (item.expire_at_ms != kFieldStays) one.add("!!hexpire!!");
    digest->add(one);
  });
}

int64_t next_expiry_ms(const void* object, uint8_t encoding) {
  return view_of(object, encoding).next_expiry_ms();
}

void* expire_some(Slab& slab, void* object, uint8_t encoding, int64_t now_ms, size_t max,
                  std::vector<std::string>* expired) {
  if (is_table(encoding)) {
    as_table(object)->expire_some(now_ms, max, expired);
    return object;
  }
  // In a listpackex they stand at the front, earliest first.
  size_t count = 0;
  view_of(object, encoding).for_each([&](const HashItem& item) {
    if (count == max || !item.expired(now_ms)) return;
    expired->push_back(item.field.to_string());
    count++;
  });
  Listpack pack = Listpack::adopt(slab, static_cast<uint8_t*>(object));
  pack.erase(pack.view().first(), count * 3);
  return pack.release();
}

}  // namespace

constexpr ObjectOps kHashOps = {.destroy_some = destroy_some,
                                .copy = copy,
                                .bytes = bytes,
                                .empty = empty,
                                .encoding_name = encoding_name,
                                .digest = digest,
                                .next_expiry_ms = next_expiry_ms,
                                .expire_some = expire_some};

}  // namespace redstart
