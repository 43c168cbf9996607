// Marking and sweeping. See heap.h for the colours and for when this runs.
#include "lua/heap.h"
#include "lua/state.h"
#include "lua/thread.h"

namespace redstart::lua {

namespace {

// A poll comes due each time so many bytes were allocated, and looks at or sweeps twice as many.
constexpr size_t kStepAllocated = 16 * 1024;
constexpr size_t kSweepCost = 32;

Object** gray_link(Object* object) {
  switch (object->kind) {
    case Tag::kTable: return &static_cast<Table*>(object)->gray;
    case Tag::kClosure: return &static_cast<Closure*>(object)->gray;
    case Tag::kNative: return &static_cast<Native*>(object)->gray;
    case Tag::kProto: return &static_cast<Proto*>(object)->gray;
    default: return &static_cast<Thread*>(object)->gray;
  }
}

}  // namespace

void Heap::push_gray(Object** list, Object* object) {
  *gray_link(object) = *list;
  *list = object;
}

void Heap::reach(Object* object) {
  switch (object->kind) {
    case Tag::kString:
      object->mark = kBlack;
      break;
    case Tag::kUserdata:
      object->mark = kBlack;
      mark_object(static_cast<Userdata*>(object)->metatable);
      break;
    case Tag::kUpvalue: {
      Upvalue* upvalue = static_cast<Upvalue*>(object);
      object->mark = kBlack;
      mark_value(*upvalue->place);
      if (upvalue->is_open()) mark_object(upvalue->open.thread);
      break;
    }
    default:
      object->mark = kGray;
      push_gray(&gray_, object);
  }
}

void Heap::recolour(Table* table) {
  table->mark = kGray;
  push_gray(&gray_again_, table);
}

void Heap::mark_behind(Object* child) {
  if (phase_ == Phase::kMark) mark_object(child);
}

size_t Heap::scan_table(Table* table) {
  mark_object(table->metatable);
  table->weak = 0;
  if (table->metatable) {
    const Value& mode = table->metatable->get_string(state_.event_name(Event::kMode));
    if (mode.is_string()) {
      if (mode.text().find('k') != std::string_view::npos) table->weak |= kWeakKeys;
      if (mode.text().find('v') != std::string_view::npos) table->weak |= kWeakValues;
    }
  }
  if (table->weak) {
    table->mark = kGray;  // to be looked at again when all else is marked
    push_gray(&weak_, table);
  }
  if (!(table->weak & kWeakValues)) {
    for (uint32_t i = 0; i < table->array_count; i++) mark_value(table->array[i]);
  }
  for (uint32_t i = 0; i < table->node_count; i++) {
    Node& node = table->nodes[i];
    if (node.key.is(Tag::kDeadKey)) continue;
    // The key of a removed entry stays comparable until the nodes are rebuilt, unless it may go.
    if (!(table->weak & kWeakKeys)) mark_value(node.key);
    if (!(table->weak & kWeakValues)) mark_value(node.value);
  }
  return sizeof(Table) + table->array_count * sizeof(Value) + table->node_count * sizeof(Node);
}

// Registers beyond the live ones may name objects long gone: they are cleared at the end of marking,
// so that whatever a frame later finds there was alive then or is younger.
size_t Heap::scan_thread(Thread* thread) {
  mark_object(thread->environment);
  mark_object(thread->resumer);
  Value* limit = thread->top;
  for (Frame* frame = thread->frames; frame <= thread->frame; frame++) {
    if (frame->limit > limit) limit = frame->limit;
    if (frame->closure) mark_object(frame->closure);
  }
  for (Value* v = thread->stack; v < limit; v++) mark_value(*v);
  return sizeof(Thread) + (limit - thread->stack) * sizeof(Value);
}

size_t Heap::scan_proto(Proto* proto) {
  mark_object(proto->source);
  for (uint32_t i = 0; i < proto->constant_count; i++) mark_value(proto->constants[i]);
  for (uint32_t i = 0; i < proto->proto_count; i++) mark_object(proto->protos[i]);
  for (uint32_t i = 0; i < proto->local_count; i++) mark_object(proto->locals[i].name);
  for (uint32_t i = 0; i < proto->upvalue_count; i++) mark_object(proto->upvalue_names[i]);
  return sizeof(Proto) + proto->constant_count * sizeof(Value);
}

size_t Heap::scan_closure(Closure* closure) {
  mark_object(closure->proto);
  mark_object(closure->environment);
  for (int i = 0; i < closure->upvalue_count; i++) mark_object(closure->upvalues()[i]);
  return sizeof(Closure) + closure->upvalue_count * sizeof(Upvalue*);
}

size_t Heap::scan_native(Native* native) {
  mark_object(native->environment);
  for (int i = 0; i < native->upvalue_count; i++) mark_value(native->upvalues()[i]);
  return sizeof(Native) + native->upvalue_count * sizeof(Value);
}

size_t Heap::propagate_one() {
  Object* object = gray_;
  gray_ = *gray_link(object);
  object->mark = kBlack;
  switch (object->kind) {
    case Tag::kTable: return scan_table(static_cast<Table*>(object));
    case Tag::kClosure: return scan_closure(static_cast<Closure*>(object));
    case Tag::kNative: return scan_native(static_cast<Native*>(object));
    case Tag::kProto: return scan_proto(static_cast<Proto*>(object));
    default: {
      // Stacks are written without barriers.
      Thread* thread = static_cast<Thread*>(object);
      thread->mark = kGray;
      push_gray(&gray_again_, thread);
      return scan_thread(thread);
    }
  }
}

void Heap::propagate_all() {
  while (gray_) propagate_one();
}

void Heap::begin_cycle() {
  gray_ = gray_again_ = weak_ = nullptr;
  phase_ = Phase::kMark;
  state_.visit_roots([this](const Value& value) { mark_value(value); });
}

void Heap::end_marking() {
  state_.visit_roots([this](const Value& value) { mark_value(value); });
  propagate_all();
  // What was written meanwhile, once more; threads found on the way are gathered anew.
  Object* threads = nullptr;
  while (gray_again_ || weak_) {
    Object* again = gray_again_;
    gray_again_ = nullptr;
    for (Object* object = again; object;) {
      Object* next = *gray_link(object);
      if (object->kind == Tag::kThread) {
        scan_thread(static_cast<Thread*>(object));
        push_gray(&threads, object);
      } else {
        object->mark = kBlack;
        scan_table(static_cast<Table*>(object));
      }
      object = next;
    }
    propagate_all();
    if (gray_again_) continue;
    // Only what is reachable by other ways than weak tables is marked by now.
    Object* weak = weak_;
    weak_ = nullptr;
    bool more = false;
    for (Object* object = weak; object; object = *gray_link(object)) {
      Table* table = static_cast<Table*>(object);
      for (uint32_t i = 0; i < table->node_count; i++) {
        Node& node = table->nodes[i];
        if (node.key.is(Tag::kDeadKey) || node.value.is_nil()) continue;
        if (!(table->weak & kWeakKeys)) mark_value(node.key);
        if (!(table->weak & kWeakValues)) mark_value(node.value);
      }
      if (!(table->weak & kWeakValues)) {
        for (uint32_t i = 0; i < table->array_count; i++) mark_value(table->array[i]);
      }
    }
    more = gray_ != nullptr;
    propagate_all();
    if (more || gray_again_ || weak_) {
      // New tables or threads came to light: the weak ones are looked at again after them.
      for (Object* object = weak; object;) {
        Object* next = *gray_link(object);
        push_gray(&weak_, object);
        object = next;
      }
      continue;
    }
    for (Object* object = weak; object; object = *gray_link(object)) {
      clear_weak(static_cast<Table*>(object));
      object->mark = kBlack;
    }
  }
  for (Object* object = threads; object; object = *gray_link(object)) {
    Thread* thread = static_cast<Thread*>(object);
    object->mark = kBlack;
    Value* limit = thread->top;
    for (Frame* frame = thread->frames; frame <= thread->frame; frame++) {
      if (frame->limit > limit) limit = frame->limit;
    }
    for (Value* v = limit; v < thread->stack_end + kStackSlack; v++) *v = Value();
    for (Upvalue** link = &thread->open_upvalues; *link;) {
      if ((*link)->mark < kGray) {
        *link = (*link)->open.next;
      } else {
        link = &(*link)->open.next;
      }
    }
  }
  white_ ^= 1;
  phase_ = Phase::kSweep;
  sweep_ = &objects_;
}

void Heap::clear_weak(Table* table) {
  // Strings are values: they are never taken out.
  auto gone = [this](const Value& value) {
    if (!value.is_object()) return false;
    if (value.is_string()) {
      mark_object(value.object);
      return false;
    }
    return value.object->mark < kGray;
  };
  if (table->weak & kWeakValues) {
    for (uint32_t i = 0; i < table->array_count; i++) {
      if (gone(table->array[i])) table->array[i] = Value();
    }
    while (table->array_count > 0 && table->array[table->array_count - 1].is_nil()) {
      table->array_count--;
    }
  }
  for (uint32_t i = 0; i < table->node_count; i++) {
    Node& node = table->nodes[i];
    if (node.key.is(Tag::kDeadKey)) continue;
    if (gone(node.value)) node.value = Value();
    if (gone(node.key)) {
      node.value = Value();
      node.key.meta =
          (node.key.meta & ~uint64_t{0xffff'ffff}) | static_cast<uint32_t>(Tag::kDeadKey);
    }
  }
}

void Heap::sweep_some(size_t budget) {
  for (size_t swept = 0; swept < budget; swept += kSweepCost) {
    Object* object = *sweep_;
    if (!object) return finish_cycle();
    if (dead(object)) {
      *sweep_ = object->next;
      destroy(object);
    } else {
      object->mark = white_;
      sweep_ = &object->next;
    }
  }
}

void Heap::finish_cycle() {
  phase_ = Phase::kPause;
  size_t more = used_ / 100 * static_cast<size_t>(pause > 100 ? pause - 100 : 0);
  if (more < kStepAllocated * 4) more = kStepAllocated * 4;
  // Near the cap, collect earlier: what is refused is not asked for again.
  if (used_ < cap_ && more > (cap_ - used_) / 2) more = (cap_ - used_) / 2;
  threshold_ = used_ + more;
}

void Heap::work(size_t budget) {
  if (phase_ == Phase::kPause) begin_cycle();
  if (phase_ == Phase::kMark) {
    for (size_t done = 0; done < budget; done += propagate_one()) {
      if (!gray_) return end_marking();
    }
  } else {
    sweep_some(budget);
  }
}

void Heap::step() {
  const size_t factor = step_factor > 100 ? static_cast<size_t>(step_factor) : 100;
  // What was allocated beyond the threshold is owed as well: a few long strings soon fill the heap.
  const size_t owed = kStepAllocated + (used_ > threshold_ ? used_ - threshold_ : 0);
  for (size_t paid = 0; paid < owed; paid += kStepAllocated) {
    work(kStepAllocated / 100 * factor);
    if (phase_ == Phase::kPause) break;
  }
  if (phase_ != Phase::kPause) threshold_ = used_ + kStepAllocated;
}

bool Heap::collect_step(int kilobytes) {
  const size_t budget = static_cast<size_t>(kilobytes > 0 ? kilobytes : 1) * 1024;
  for (size_t done = 0; done < budget; done += kStepAllocated) {
    step();
    if (phase_ == Phase::kPause) return true;
  }
  return false;
}

void Heap::collect() {
  // A cycle under way may have marked what is garbage by now: it ends first.
  while (phase_ != Phase::kPause) work(SIZE_MAX);
  do work(SIZE_MAX);
  while (phase_ != Phase::kPause);
}

}  // namespace redstart::lua
