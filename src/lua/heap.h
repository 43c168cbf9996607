// Memory of one machine: every byte is counted here, and garbage is collected here.
//
// Collection is mark and sweep in slices. It works at *polls* only: the interpreter polls at calls
// and at jumps back (vm.cc), and there is no other place where an object can vanish. So natives and
// the host may hold new objects in C++ variables, until they call Lua.
//
// Passing the cap is noticed at allocation and answered at the next poll: small allocations always
// succeed, so the code that builds tables and strings has no failures to handle; large ones are
// refused at once (null). Either way refused() holds until it is answered at a poll or at the end of
// the run: with "not enough memory" where a large block is missing, else only if a full collection
// does not help.
//
// Colours: an object is white (not yet reached), gray (reached, to be looked into) or black. There
// are two whites, exchanged between marking and sweeping, so that what is made meanwhile is not
// taken for garbage. A black object never points to a white one while marking goes on: writers call
// the barriers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lua/table.h"
#include "lua/value.h"

namespace redstart::lua {

class State;
class Call;
using NativeFunction = int (*)(Call& call);
class Thread;
struct Closure;
struct Native;
struct Proto;
struct Upvalue;

class Heap {
 public:
  Heap(State& state, size_t cap, uint64_t hash_seed);
  ~Heap();

  // --- raw memory
  static constexpr size_t kClassSize = 16, kPooledMax = 256;
  static constexpr int kUsualPause = 200, kUsualFactor = 200;  // percent
  void* allocate(size_t size);  // null only if refused, and then size > kSmallAllocation
  void* resize(void* block, size_t old_size, size_t new_size);
  void release(void* block, size_t size);
  size_t used() const { return used_; }
  bool refused() const { return refused_; }
  bool half_full() const { return used_ > cap_ / 2; }
  // Would so many bytes be granted? Otherwise they count as refused.
  bool grants(size_t size);

  // --- objects
  String* string(std::string_view text);  // null only if refused, and then it is a long one
  // A string to be filled by the caller, at least kInternedMax + 1 bytes long. Null if refused.
  String* blank_string(size_t length);
  bool has_work() const { return used_ >= threshold_; }
  Table* table(uint32_t array_size, uint32_t hash_size);
  Proto* proto();
  Closure* closure(Proto* proto, Table* environment);
  Native* native(NativeFunction function, uint8_t upvalues, Table* environment);
  Upvalue* upvalue();
  Userdata* userdata();
  Thread* thread();

  // --- collection
  // To be called after `value` was stored in `holder`. Tables are written often: they become gray
  // again and are looked at once more at the end; of others the new value is marked.
  void wrote(Table* holder, const Value& value) {
    if (holder->mark == kBlack && value.is_object()) recolour(holder);
  }
  void wrote(Object* holder, Object* child) {
    if (holder->mark == kBlack) mark_behind(child);
  }
  // Runs down with each poll; the interpreter calls State::poll() when it is used up. Zeroed by
  // allocation when the collector has work or memory ran out.
  int32_t polls = 0;
  // For what takes long without allocating: the next poll comes the sooner.
  void worked_on(size_t bytes) { polls -= static_cast<int32_t>(bytes / kBytesPerPoll); }
  void step();
  void collect();
  // collectgarbage("step"): works that much; true if it ended a cycle.
  bool collect_step(int kilobytes);
  void stop() { threshold_ = SIZE_MAX; }
  void restart() { threshold_ = used_; }
  // collectgarbage()'s two knobs, and back to where they and the collector began.
  int pause = kUsualPause, step_factor = kUsualFactor;
  void reset_knobs() {
    pause = kUsualPause;
    step_factor = kUsualFactor;
    if (threshold_ == SIZE_MAX) restart();
  }

  // For tests: the n-th allocation from now counts as refused (0: none).
  void refuse_allocation(uint64_t n) { refuse_in_ = n; }
  bool refusal_pending() const { return refuse_in_ != 0; }
  // The refusal has been answered.
  void forget_refusal() { refused_ = missing_ = false; }
  // Forgets the refusal; true if nothing is missing and a full collection has made room.
  bool end_refusal();

 private:
  enum class Phase : uint8_t { kPause, kMark, kSweep };
  static constexpr uint8_t kGray = 2, kBlack = 3;  // 0 and 1 are the whites

  void charge(size_t size) {
    used_ += size;
    if (used_ >= threshold_) polls = 0;
  }
  void* take_block(size_t size);
  void give_block(void* block, size_t size);
  void* carve(uint32_t size_class);
  void adopt(Object* object, Tag kind);
  void mark_value(const Value& value) {
    if (value.is_object()) mark_object(value.object);
  }
  void mark_object(Object* object) {
    if (object && object->mark < kGray) reach(object);
  }
  void reach(Object* object);
  void recolour(Table* table);
  void mark_behind(Object* child);
  void push_gray(Object** list, Object* object);
  size_t propagate_one();
  void propagate_all();
  size_t scan_closure(Closure* closure);
  size_t scan_native(Native* native);
  size_t scan_table(Table* table);
  size_t scan_thread(Thread* thread);
  size_t scan_proto(Proto* proto);
  void begin_cycle();
  void end_marking();
  void clear_weak(Table* table);
  void sweep_some(size_t budget);
  void finish_cycle();
  void work(size_t budget);
  bool dead(const Object* object) const { return object->mark == (white_ ^ 1); }
  void destroy(Object* object);
  void grow_strings();
  void forget_string(String* string);

  // Small blocks come in classes of 16 bytes, cut from chunks that live as long as the heap: most
  // objects of a script are small and short-lived, and one block is as good as another.
  struct FreeBlock {
    FreeBlock* next;
  };
  struct Chunk {
    Chunk* next;
    uint64_t pad;
  };
  static constexpr size_t kChunkSize = 32 * 1024;

  State& state_;
  FreeBlock* free_[kPooledMax / kClassSize + 1] = {};
  char* fresh_ = nullptr;
  char* fresh_end_ = nullptr;
  Chunk* chunks_ = nullptr;
  size_t cap_;
  size_t used_ = 0;
  size_t threshold_;  // of used_, where the collector next has work
  uint64_t seed_;
  uint64_t refuse_in_ = 0;
  bool refused_ = false;
  bool missing_ = false;  // a block was refused, or the test wants it so
  uint8_t white_ = 0;
  Phase phase_ = Phase::kPause;
  Object* objects_ = nullptr;
  Object** sweep_ = nullptr;
  Object* gray_ = nullptr;
  Object* gray_again_ = nullptr;
  Object* weak_ = nullptr;
  String** strings_ = nullptr;
  uint32_t string_buckets_ = 0, string_count_ = 0;
};

}  // namespace redstart::lua
