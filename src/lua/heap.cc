#include "lua/heap.h"

#include <cstdlib>
#include <new>

#include "base/hash.h"
#include "lua/state.h"
#include "lua/thread.h"

namespace redstart::lua {

namespace {

// Under AddressSanitizer every block is malloc's, so that it is watched.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kPooled = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif
#else
constexpr bool kPooled = true;
#endif

bool pooled(size_t size) { return kPooled && size <= Heap::kPooledMax; }
uint32_t class_of(size_t size) {
  return size == 0 ? 1 : static_cast<uint32_t>((size + Heap::kClassSize - 1) / Heap::kClassSize);
}

constexpr size_t kFirstThreshold = 256 * 1024;

size_t string_bytes(size_t length) { return sizeof(String) + length + 1; }

}  // namespace

Heap::Heap(State& state, size_t cap, uint64_t hash_seed)
    : state_(state), cap_(cap), threshold_(kFirstThreshold), seed_(hash_seed) {
  grow_strings();
}

Heap::~Heap() {
  for (Object* object = objects_; object;) {
    Object* next = object->next;
    if (object->kind == Tag::kString) object->mark = kBlack;  // the table of strings goes with it
    destroy(object);
    object = next;
  }
  release(strings_, string_buckets_ * sizeof(String*));
  while (Chunk* chunk = chunks_) {
    chunks_ = chunk->next;
    free(chunk);
  }
}

// --- raw memory

bool Heap::grants(size_t size) {
  const bool forced = refuse_in_ != 0 && --refuse_in_ == 0;
  if (size <= cap_ && used_ <= cap_ - size && !forced) return true;
  refused_ = true;
  missing_ |= forced || size > kSmallAllocation;
  polls = 0;
  return size <= kSmallAllocation;
}

void* Heap::carve(uint32_t size_class) {
  const size_t size = size_class * kClassSize;
  if (static_cast<size_t>(fresh_end_ - fresh_) < size) {
    Chunk* chunk = static_cast<Chunk*>(malloc(kChunkSize));
    if (!chunk) abort();  // the house's answer to an exhausted system
    chunk->next = chunks_;
    chunks_ = chunk;
    fresh_ = reinterpret_cast<char*>(chunk + 1);
    fresh_end_ = reinterpret_cast<char*>(chunk) + kChunkSize;
  }
  char* block = fresh_;
  fresh_ += size;
  return block;
}

void* Heap::take_block(size_t size) {
  if (pooled(size)) {
    const uint32_t size_class = class_of(size);
    FreeBlock* block = free_[size_class];
    if (!block) return carve(size_class);
    free_[size_class] = block->next;
    return block;
  }
  void* block = malloc(size);
  if (!block) abort();
  return block;
}

void Heap::give_block(void* block, size_t size) {
  if (pooled(size)) {
    if (!block) return;
    FreeBlock* freed = static_cast<FreeBlock*>(block);
    FreeBlock*& list = free_[class_of(size)];
    freed->next = list;
    list = freed;
    return;
  }
  free(block);
}

void* Heap::allocate(size_t size) {
  if (!grants(size)) return nullptr;
  charge(size);
  return take_block(size);
}

void* Heap::resize(void* block, size_t old_size, size_t new_size) {
  if (new_size > old_size && !grants(new_size - old_size)) return nullptr;
  used_ -= old_size;
  charge(new_size);
  if (!kPooled || !(pooled(old_size) || pooled(new_size))) {
    void* moved = realloc(block, new_size);
    if (!moved) abort();
    return moved;
  }
  void* moved = take_block(new_size);
  if (block) memcpy(moved, block, old_size < new_size ? old_size : new_size);
  give_block(block, old_size);
  return moved;
}

void Heap::release(void* block, size_t size) {
  used_ -= size;
  give_block(block, size);
}

bool Heap::end_refusal() {
  collect();
  const bool helped = used_ <= cap_ && !missing_;
  forget_refusal();
  return helped;
}

// --- objects

void Heap::adopt(Object* object, Tag kind) {
  object->kind = kind;
  object->mark = white_;
  object->next = objects_;
  objects_ = object;
}

void Heap::grow_strings() {
  const uint32_t count = string_buckets_ ? string_buckets_ * 2 : 256;
  String** grown = static_cast<String**>(allocate(count * sizeof(String*)));
  if (!grown) return;  // longer chains until there is room
  memset(grown, 0, count * sizeof(String*));
  for (uint32_t i = 0; i < string_buckets_; i++) {
    for (String* string = strings_[i]; string;) {
      String* next = string->chain;
      String*& bucket = grown[string->hash & (count - 1)];
      string->chain = bucket;
      bucket = string;
      string = next;
    }
  }
  release(strings_, string_buckets_ * sizeof(String*));
  strings_ = grown;
  string_buckets_ = count;
}

void Heap::forget_string(String* string) {
  String** link = &strings_[string->hash & (string_buckets_ - 1)];
  while (*link != string) link = &(*link)->chain;
  *link = string->chain;
  string_count_--;
}

String* Heap::string(std::string_view text) {
  if (!text.data()) text = "";
  if (text.size() > kInternedMax) {
    String* string = blank_string(text.size());
    if (string) memcpy(string->data(), text.data(), text.size());
    return string;
  }
  const uint32_t full = static_cast<uint32_t>(hash_bytes(text, seed_));
  const uint32_t hash = full ? full : 1;
  for (String* s = strings_[hash & (string_buckets_ - 1)]; s; s = s->chain) {
    if (s->hash == hash && s->length == text.size() &&
        memcmp(s->data(), text.data(), text.size()) == 0) {
      if (dead(s)) s->mark = white_;  // not swept yet, and needed again
      return s;
    }
  }
  if (string_count_ >= string_buckets_) grow_strings();
  String* string = static_cast<String*>(allocate(string_bytes(text.size())));
  string->interned = 1;
  string->hash = hash;
  string->length = static_cast<uint32_t>(text.size());
  memcpy(string->data(), text.data(), text.size());
  string->data()[text.size()] = 0;
  String*& bucket = strings_[hash & (string_buckets_ - 1)];
  string->chain = bucket;
  bucket = string;
  string_count_++;
  adopt(string, Tag::kString);
  return string;
}

String* Heap::blank_string(size_t length) {
  if (length > kStringMax) {
    grants(SIZE_MAX);
    return nullptr;
  }
  String* string = static_cast<String*>(allocate(string_bytes(length)));
  if (!string) return nullptr;
  string->interned = 0;
  string->hash = 0;
  string->length = static_cast<uint32_t>(length);
  string->seed = seed_;
  string->data()[length] = 0;
  adopt(string, Tag::kString);
  return string;
}

Table* Heap::table(uint32_t array_size, uint32_t hash_size) {
  Table* table = new (allocate(sizeof(Table))) Table();
  adopt(table, Tag::kTable);
  // Only hints: a table without the room grows later, and fails there if it must.
  if (array_size) (void)table->reserve_array(*this, array_size);
  if (hash_size) (void)table->reserve_nodes(*this, hash_size);
  return table;
}

Proto* Heap::proto() {
  Proto* proto = new (allocate(sizeof(Proto))) Proto();
  adopt(proto, Tag::kProto);
  return proto;
}

Closure* Heap::closure(Proto* proto, Table* environment) {
  const size_t size = sizeof(Closure) + proto->upvalue_count * sizeof(Upvalue*);
  Closure* closure = static_cast<Closure*>(allocate(size));
  closure->proto = proto;
  closure->upvalue_count = proto->upvalue_count;
  closure->environment = environment;
  memset(closure->upvalues(), 0, proto->upvalue_count * sizeof(Upvalue*));
  adopt(closure, Tag::kClosure);
  return closure;
}

Native* Heap::native(NativeFunction function, uint8_t upvalues, Table* environment) {
  Native* native = static_cast<Native*>(allocate(sizeof(Native) + upvalues * sizeof(Value)));
  native->function = function;
  native->upvalue_count = upvalues;
  native->environment = environment;
  for (int i = 0; i < upvalues; i++) new (&native->upvalues()[i]) Value();
  adopt(native, Tag::kNative);
  return native;
}

Upvalue* Heap::upvalue() {
  Upvalue* upvalue = static_cast<Upvalue*>(allocate(sizeof(Upvalue)));
  upvalue->closed = Value();
  upvalue->place = &upvalue->closed;
  adopt(upvalue, Tag::kUpvalue);
  return upvalue;
}

Userdata* Heap::userdata() {
  Userdata* userdata = static_cast<Userdata*>(allocate(sizeof(Userdata)));
  userdata->metatable = nullptr;
  adopt(userdata, Tag::kUserdata);
  return userdata;
}

Thread* Heap::thread() {
  constexpr uint32_t kStackSize = 64, kFrames = 8;
  Thread* thread = new (allocate(sizeof(Thread))) Thread();
  thread->stack =
      static_cast<Value*>(allocate((kStackSize + kStackSlack) * sizeof(Value)));
  for (uint32_t i = 0; i < kStackSize + kStackSlack; i++) new (&thread->stack[i]) Value();
  thread->stack_end = thread->stack + kStackSize;
  thread->top = thread->stack + 1;
  thread->frames = static_cast<Frame*>(allocate(kFrames * sizeof(Frame)));
  thread->frames_end = thread->frames + kFrames;
  thread->frame = new (thread->frames) Frame();
  thread->frame->function = thread->stack;
  thread->frame->base = thread->frame->limit = thread->stack + 1;
  adopt(thread, Tag::kThread);
  return thread;
}

void Heap::destroy(Object* object) {
  switch (object->kind) {
    case Tag::kString: {
      String* string = static_cast<String*>(object);
      if (string->interned && string->mark != kBlack) forget_string(string);
      release(string, string_bytes(string->length));
      break;
    }
    case Tag::kTable: {
      Table* table = static_cast<Table*>(object);
      release(table->array, table->array_capacity * sizeof(Value));
      release(table->nodes, table->node_capacity * (sizeof(Node) + sizeof(uint32_t)));
      release(table, sizeof(Table));
      break;
    }
    case Tag::kProto: {
      Proto* proto = static_cast<Proto*>(object);
      release(proto->code, proto->code_count * sizeof(Instruction));
      release(proto->lines, proto->code_count * sizeof(uint32_t));
      release(proto->constants, proto->constant_count * sizeof(Value));
      release(proto->protos, proto->proto_count * sizeof(Proto*));
      release(proto->locals, proto->local_count * sizeof(LocalName));
      release(proto->upvalues, proto->upvalue_count * sizeof(UpvalueSource));
      release(proto->upvalue_names, proto->upvalue_count * sizeof(String*));
      release(proto, sizeof(Proto));
      break;
    }
    case Tag::kClosure: {
      Closure* closure = static_cast<Closure*>(object);
      release(closure, sizeof(Closure) + closure->upvalue_count * sizeof(Upvalue*));
      break;
    }
    case Tag::kNative: {
      Native* native = static_cast<Native*>(object);
      release(native, sizeof(Native) + native->upvalue_count * sizeof(Value));
      break;
    }
    case Tag::kUpvalue:
      release(object, sizeof(Upvalue));
      break;
    case Tag::kUserdata:
      release(object, sizeof(Userdata));
      break;
    case Tag::kThread: {
      Thread* thread = static_cast<Thread*>(object);
      release(thread->stack, (thread->stack_end - thread->stack + kStackSlack) * sizeof(Value));
      release(thread->frames, (thread->frames_end - thread->frames) * sizeof(Frame));
      release(thread, sizeof(Thread));
      break;
    }
    default:
      abort();  // no other kind is ever adopted
  }
}

}  // namespace redstart::lua
