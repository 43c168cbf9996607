#include "types/set.h"

#include <algorithm>

#include "base/random.h"
#include "types/sample.h"
#include "types/value_digest.h"

namespace redstart {

namespace {

// Beyond this even a limit of its own would not keep a set compact.
constexpr int64_t kIntsetEntriesMax = int64_t{1} << 30;

uint8_t code(SetEncoding encoding) { return static_cast<uint8_t>(encoding); }

bool item_int(const SetItem& item, int64_t* number) {
  *number = item.number;
  return item.is_number || parse_int64(item.text, number);
}

}  // namespace

// Reading

size_t SetView::size() const {
  if (!held_.object) return 0;
  if (is(SetEncoding::kTable)) return table()->size();
  return is(SetEncoding::kIntset) ? ints().count() : pack().count();
}

bool SetView::contains(std::string_view member) const {
  if (is(SetEncoding::kTable)) return table()->contains(member);
  if (is(SetEncoding::kIntset)) {
    int64_t number;
    return parse_int64(member, &number) && ints().contains(number);
  }
  return held_.object && pack().find(pack().first(), member) != pack().end();
}

bool SetView::contains(const SetItem& member) const {
  int64_t number;
  if (is(SetEncoding::kIntset)) return item_int(member, &number) && ints().contains(number);
  char scratch[kIntTextMax];
  return contains(member.view(scratch));
}

SetItem SetView::random(Random& random) const {
  if (is(SetEncoding::kTable)) return item_of(*table()->members().random(random));
  size_t index = random.below(size());
  if (is(SetEncoding::kIntset)) return {true, ints().at(index), {}};
  return pack().at(pack().seek(static_cast<int64_t>(index)));
}

void SetView::sample(Random& random, size_t count, std::vector<SetItem>* out) const {
  size_t total = size();
  count = std::min(count, total);
  out->reserve(count);
  if (is(SetEncoding::kTable) && total / kDrawWhenLarger > count) {
    return draw_distinct(
        count, [&] { return table()->members().random(random); },
        [&](const SetMember* member) { out->push_back(item_of(*member)); });
  }
  Sampler sampler(random, count, total);
  for_each([&](const SetItem& item) {
    if (sampler.take()) out->push_back(item);
  });
}

const char* SetView::validate() const {
  if (!held_.object) return nullptr;
  if (is(SetEncoding::kTable)) return table()->validate();
  if (is(SetEncoding::kIntset)) return IntsetView::validate(ints().bytes());
  return listpack_valid(pack().bytes()) ? nullptr : "the listpack is broken";
}

// Changing

void Set::expect(std::string_view first, size_t members) {
  auto coming = static_cast<int64_t>(members);
  const Limits& limits = env_->limits;
  if (!held_.object) {
    int64_t number;
    if (parse_int64(first, &number) && coming <= limits.set_max_intset_entries) return;
    coming <= limits.set_max_listpack_entries ? become_pack() : become_table();
  } else if (is(SetEncoding::kIntset) ? coming > limits.set_max_intset_entries
                                      : is(SetEncoding::kListpack) &&
                                            coming > limits.set_max_listpack_entries) {
    become_table();
  }
}

bool Set::add(const SetItem& member) {
  char scratch[kIntTextMax];
  return add(member.view(scratch));
}

bool Set::add(std::string_view member) {
  if (is(SetEncoding::kTable)) return table()->add(member);
  if (!held_.object) held_ = {Intset::make(env_->slab), code(SetEncoding::kIntset)};
  return is(SetEncoding::kIntset) ? add_to_ints(member) : add_to_pack(member);
}

bool Set::add_to_ints(std::string_view member) {
  int64_t number;
  if (parse_int64(member, &number)) {
    Intset ints(env_->slab, static_cast<uint8_t*>(held_.object));
    bool added = ints.add(number);
    held_.object = ints.block();
    int64_t most = std::min(env_->limits.set_max_intset_entries, kIntsetEntriesMax);
    if (added && static_cast<int64_t>(ints.count()) > most) become_table();
    return added;
  }
  // The numbers at both ends have the longest texts.
  size_t longest = member.size();
  if (!empty()) {
    longest = std::max(
        {longest, int64_text_size(ints().at(0)), int64_text_size(ints().at(ints().count() - 1))});
  }
  if (!pack_has_room(size(), longest)) {
    become_table();
    return table()->add(member);
  }
  become_pack();
  return add_to_pack(member);
}

bool Set::add_to_pack(std::string_view member) {
  if (pack().find(pack().first(), member) != pack().end()) return false;
  if (!pack_has_room(size(), member.size())) {
    become_table();
    return table()->add(member);
  }
  Listpack pack = Listpack::adopt(env_->slab, static_cast<uint8_t*>(held_.object));
  pack.append(member);
  held_.object = pack.release();
  return true;
}

// Whether one more fits into a listpack.
bool Set::pack_has_room(size_t members, size_t longest) const {
  return static_cast<int64_t>(members) < env_->limits.set_max_listpack_entries &&
         static_cast<int64_t>(longest) <= env_->limits.set_max_listpack_value &&
         (!is(SetEncoding::kListpack) || pack().byte_size() + longest < kListpackMaxBytes / 2);
}

bool Set::erase(const SetItem& member) {
  char scratch[kIntTextMax];
  return erase(member.view(scratch));
}

bool Set::erase(std::string_view member) {
  if (!held_.object) return false;
  if (is(SetEncoding::kTable)) return table()->erase(member);
  if (is(SetEncoding::kIntset)) {
    int64_t number;
    if (!parse_int64(member, &number)) return false;
    Intset ints(env_->slab, static_cast<uint8_t*>(held_.object));
    bool erased = ints.erase(number);
    held_.object = ints.block();
    return erased;
  }
  uint32_t pos = pack().find(pack().first(), member);
  if (pos == pack().end()) return false;
  Listpack pack = Listpack::adopt(env_->slab, static_cast<uint8_t*>(held_.object));
  pack.erase(pos);
  held_.object = pack.release();
  return true;
}

void Set::become_pack() {
  Listpack pack(env_->slab);
  for_each([&](const SetItem& item) { pack.append(item.number); });
  drop();
  held_ = {pack.release(), code(SetEncoding::kListpack)};
}

void Set::become_table() {
  auto* table = new (env_->slab.allocate(sizeof(SetTable))) SetTable(env_->slab, env_->hash_seed);
  char scratch[kIntTextMax];
  for_each([&](const SetItem& item) { table->add(item.view(scratch)); });
  drop();
  held_ = {table, code(SetEncoding::kTable)};
}

void Set::drop() {
  size_t all = SIZE_MAX;
  if (held_.object) kSetOps.destroy_some(env_->slab, held_.object, held_.encoding, &all);
  held_ = {};
}

// For those who do not understand sets

namespace {

SetView view_of(const void* object, uint8_t encoding) {
  return SetView(Held{const_cast<void*>(object), encoding});
}

SetTable* as_table(const void* object) { return static_cast<SetTable*>(const_cast<void*>(object)); }

IntsetView as_ints(const void* object) { return IntsetView(static_cast<const uint8_t*>(object)); }

std::string_view pack_bytes(const void* object) {
  return ListpackView(static_cast<const uint8_t*>(object)).bytes();
}

bool destroy_some(Slab& slab, void* object, uint8_t encoding, size_t* budget) {
  if (encoding != code(SetEncoding::kTable)) {
    auto* bytes = static_cast<uint8_t*>(object);
    encoding == code(SetEncoding::kIntset) ? Intset::destroy(slab, bytes)
                                           : Listpack::destroy(slab, bytes);
    *budget -= *budget > 0;
    return true;
  }
  SetTable* table = as_table(object);
  size_t before = table->size();
  bool done = table->clear_some(*budget);
  *budget -= std::min(*budget, before - table->size());
  if (!done) return false;
  table->~SetTable();
  slab.release(table, sizeof(SetTable));
  return true;
}

void* copy(Slab& slab, const void* object, uint8_t encoding) {
  if (encoding == code(SetEncoding::kTable)) return as_table(object)->copy(slab);
  if (encoding == code(SetEncoding::kIntset)) return Intset::copy(slab, as_ints(object).bytes());
  return Listpack(slab, pack_bytes(object)).release();
}

size_t bytes(const void* object, uint8_t encoding) {
  if (encoding == code(SetEncoding::kTable)) return as_table(object)->bytes();
  if (encoding == code(SetEncoding::kIntset)) {
    return Slab::class_size(as_ints(object).bytes().size());
  }
  return Listpack::allocated_bytes(pack_bytes(object).size());
}

bool empty(const void* object, uint8_t encoding) { return view_of(object, encoding).empty(); }

std::string_view encoding_name(const void*, uint8_t encoding) {
  constexpr std::string_view kNames[] = {"intset", "listpack", "hashtable"};
  return kNames[encoding];
}

void digest(const void* object, uint8_t encoding, ValueDigest* digest) {
  char scratch[kIntTextMax];
  view_of(object, encoding).for_each([&](const SetItem& item) { digest->add(item.view(scratch)); });
}

}  // namespace

constexpr ObjectOps kSetOps = {.destroy_some = destroy_some,
                               .copy = copy,
                               .bytes = bytes,
                               .empty = empty,
                               .encoding_name = encoding_name,
                               .digest = digest};

}  // namespace redstart
