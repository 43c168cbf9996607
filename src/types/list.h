// A list: one listpack while it is small, nodes of listpacks beyond list-max-listpack-size.
//
// It becomes large before an element is added that would exceed the limit, and small again when an
// erasure leaves one node that is at most half full. OBJECT ENCODING calls the forms "listpack" and
// "quicklist", as in Redis, and they change when they change there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/listpack.h"
#include "types/held.h"
#include "types/list_nodes.h"
#include "types/object_ops.h"
#include "types/type.h"
#include "types/type_env.h"

namespace redstart {

enum class ListEncoding : uint8_t { kListpack, kNodes };
enum class ListEnd : uint8_t { kFront, kBack };

class ListView {
 public:
  static constexpr Type kType = Type::kList;

  ListView() = default;
  ListView(const TypeEnv&, Held held) : held_(held) {}

  size_t size() const;
  bool empty() const { return size() == 0; }
  size_t node_count() const { return nodes() ? nodes()->node_count() : 1; }
  // REQUIRES: index < size(). A text lies in the list.
  ListpackItem at(size_t index) const;

  // Calls visit(item) for `count` elements from the one at `from` on, as long as it answers true.
  // REQUIRES: there are so many.
  template <class Visit>
  void each(size_t from, size_t count, Visit visit) const;
  // The same towards the front: `from` is the last one.
  template <class Visit>
  void each_backward(size_t from, size_t count, Visit visit) const;

 private:
  const ListNodes* nodes() const {
    if (held_.encoding != static_cast<uint8_t>(ListEncoding::kNodes)) return nullptr;
    return static_cast<const ListNodes*>(held_.object);
  }
  // A small list passes for one node.
  ListpackView pack(uint32_t i) const {
    const ListNodes* large = nodes();
    return large ? large->node(i).view() : ListpackView(static_cast<uint8_t*>(held_.object));
  }
  ListNodes::Place seek(size_t index) const;

  Held held_;
};

class List {
 public:
  static constexpr Type kType = Type::kList;

  List(const TypeEnv& env, Held held) : env_(&env), held_(held) {}

  const TypeEnv& env() const { return *env_; }
  Held held() const { return held_; }
  ListView view() const { return {*env_, held_}; }
  size_t size() const { return view().size(); }
  bool empty() const { return size() == 0; }
  // Frees all of it.
  void drop();

  // Such texts may come: a small list that could not take them becomes large. Pushes do it; for the
  // calls that fail afterwards.
  void expect(std::span<const std::string_view> texts);
  // One after the other, so that those that come to the front end up in reverse.
  // REQUIRES here and below: texts lie outside of the list.
  void push(ListEnd end, std::span<const std::string_view> texts);
  void push(ListEnd end, std::string_view text) { push(end, {&text, 1}); }
  // REQUIRES: not empty.
  void pop(ListEnd end);
  // REQUIRES: from + count <= size().
  void erase(size_t from, size_t count);
  // REQUIRES: index < size().
  void set(size_t index, std::string_view text);
  // Before or after the first element that equals `pivot`; false if there is none, but even then
  // the list may have become large.
  bool insert(std::string_view pivot, bool after, std::string_view text);
  // Removes up to `max` elements that equal `text`, the first or the last of them.
  size_t remove(std::string_view text, size_t max, ListEnd from);

 private:
  ListNodes* nodes() const { return static_cast<ListNodes*>(held_.object); }
  bool large() const { return held_.encoding == static_cast<uint8_t>(ListEncoding::kNodes); }
  template <class Change>
  void change_small(Change change);
  // After a change that may have made it smaller.
  void shrink();

  const TypeEnv* env_;
  Held held_;
};

extern const ObjectOps kListOps;

// Visiting is done from here, so that the loop around the caller's few instructions is one.

template <class Visit>
void ListView::each(size_t from, size_t count, Visit visit) const {
  if (count == 0) return;
  auto [node, pos] = seek(from);
  while (true) {
    ListpackView items = pack(node);
    uint32_t end = items.end();
    for (; pos != end; pos = items.next(pos)) {
      if (!visit(items.at(pos)) || --count == 0) return;
    }
    node++;
    pos = kListpackHeaderBytes;
  }
}

template <class Visit>
void ListView::each_backward(size_t from, size_t count, Visit visit) const {
  if (count == 0) return;
  auto [node, pos] = seek(from);
  while (true) {
    ListpackView items = pack(node);
    while (true) {
      if (!visit(items.at(pos)) || --count == 0) return;
      if (pos == items.first()) break;
      pos = items.prev(pos);
    }
    node--;
    pos = pack(node).last();
  }
}

}  // namespace redstart
