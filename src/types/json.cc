#include "types/json.h"

#include "base/slab.h"
#include "types/value_digest.h"

namespace redstart {

namespace {

// So many values are looked at to estimate what a document takes.
constexpr size_t kWeighed = 512;

const JsonDocument& document(const void* object) {
  return *static_cast<const JsonDocument*>(object);
}

JsonDocument* make(JsonHeap heap, JsonNode root) {
  auto* made = static_cast<JsonDocument*>(heap.slab.allocate(sizeof(JsonDocument)));
  return new (made) JsonDocument{&heap.names, root};
}

bool destroy_some(Slab& slab, void* object, uint8_t, size_t* budget) {
  auto* doomed = static_cast<JsonDocument*>(object);
  if (!doomed->root.release_some({slab, *doomed->names}, budget)) return false;
  slab.release(doomed, sizeof(JsonDocument));
  return true;
}

void* copy(Slab& slab, const void* object, uint8_t) {
  const JsonHeap heap{slab, *document(object).names};
  return make(heap, document(object).root.copy(heap));
}

size_t bytes(const void* object, uint8_t) {
  size_t budget = kWeighed;
  return Slab::class_size(sizeof(JsonDocument)) + document(object).root.weigh(&budget);
}

bool empty(const void*, uint8_t) { return false; }

std::string_view encoding_name(const void*, uint8_t) { return "raw"; }

void digest(const void* object, uint8_t, ValueDigest* digest) {
  JsonText text;
  JsonPrinter(*document(object).names, &text).node(document(object).root);
  digest->mix(text.view());
}

}  // namespace

void Json::create(JsonNode root) { document_ = make(env_->json->heap, root); }

const ObjectOps kJsonOps = {.destroy_some = destroy_some,
                            .copy = copy,
                            .bytes = bytes,
                            .empty = empty,
                            .encoding_name = encoding_name,
                            .digest = digest};

}  // namespace redstart
