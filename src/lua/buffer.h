// Growing memory of the heap's: bytes that become a string, arrays that become a function's code.
#pragma once

#include <cstring>
#include <string_view>

#include "lua/heap.h"

namespace redstart::lua {

// Bytes to be gathered. Refused memory latches: later appends are no-ops and failed() says so.
class Buffer {
 public:
  explicit Buffer(Heap& heap) : heap_(heap) {}
  ~Buffer() {
    if (data_ != inline_) heap_.release(data_, capacity_);
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void append(char c) {
    if (size_ == capacity_ && !grow(1)) return;
    data_[size_++] = c;
  }
  void append(std::string_view text) {
    if (text.empty() || (text.size() > capacity_ - size_ && !grow(text.size()))) return;
    memcpy(data_ + size_, text.data(), text.size());
    size_ += text.size();
  }
  // Room for so many bytes at the end, to be written by the caller; null if refused.
  char* extend(size_t count) {
    if (count > capacity_ - size_ && !grow(count)) return nullptr;
    size_ += count;
    return data_ + size_ - count;
  }
  void shrink(size_t size) { size_ = size; }
  void clear() { size_ = 0; }
  size_t size() const { return size_; }
  bool failed() const { return failed_; }
  std::string_view text() const { return {data_, size_}; }

 private:
  bool grow(size_t more) {
    if (failed_) return false;
    size_t wanted = capacity_ * 2;
    if (wanted < size_ + more) wanted = size_ + more;
    char* grown = nullptr;
    if (wanted > kStringMax * 2) {
      heap_.grants(SIZE_MAX);
    } else if (data_ == inline_) {
      grown = static_cast<char*>(heap_.allocate(wanted));
      if (grown) memcpy(grown, inline_, size_);
    } else {
      grown = static_cast<char*>(heap_.resize(data_, capacity_, wanted));
    }
    if (!grown) {
      failed_ = true;
      // What follows is dropped, without another test in append().
      size_ = capacity_;
      return false;
    }
    data_ = grown;
    capacity_ = wanted;
    return true;
  }

  Heap& heap_;
  size_t size_ = 0, capacity_ = sizeof inline_;
  bool failed_ = false;
  char inline_[480];
  char* data_ = inline_;
};

// An array that grows by doubling and is handed over at its exact size.
template <typename T>
class Growing {
 public:
  // False if refused.
  bool push(Heap& heap, const T& item) {
    if (count_ == capacity_) {
      const uint32_t wanted = capacity_ ? capacity_ * 2 : 8;
      void* grown = heap.resize(items_, capacity_ * sizeof(T), wanted * sizeof(T));
      if (!grown) return false;
      items_ = static_cast<T*>(grown);
      capacity_ = wanted;
    }
    memcpy(static_cast<void*>(&items_[count_++]), &item, sizeof(T));
    return true;
  }
  void pop() { count_--; }
  void shrink(uint32_t count) { count_ = count; }
  T& operator[](uint32_t i) { return items_[i]; }
  T& back() { return items_[count_ - 1]; }
  uint32_t count() const { return count_; }
  // The array, which now belongs to the caller.
  T* take(Heap& heap, uint32_t* count) {
    *count = count_;
    T* items = items_;
    if (count_ == 0) {
      heap.release(items_, capacity_ * sizeof(T));
      items = nullptr;
    } else if (count_ != capacity_) {
      items = static_cast<T*>(heap.resize(items_, capacity_ * sizeof(T), count_ * sizeof(T)));
    }
    items_ = nullptr;
    count_ = capacity_ = 0;
    return items;
  }
  void drop(Heap& heap) {
    heap.release(items_, capacity_ * sizeof(T));
    items_ = nullptr;
    count_ = capacity_ = 0;
  }

 private:
  T* items_ = nullptr;
  uint32_t count_ = 0, capacity_ = 0;
};

}  // namespace redstart::lua
