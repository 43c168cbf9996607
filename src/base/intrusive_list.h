// A doubly linked list through its members: no allocation, unlinking in O(1) from anywhere.
#pragma once

namespace redstart {

class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  ~ListNode() { unlink(); }

  void unlink() {
    if (!next_) return;
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = nullptr;
  }

 private:
  template <class T>
  friend class IntrusiveList;
  ListNode* next_ = nullptr;
  ListNode* previous_ = nullptr;
};

// REQUIRES: T derives from ListNode. The list must outlive its members or be empty when it goes.
template <class T>
class IntrusiveList {
 public:
  IntrusiveList() { head_.next_ = head_.previous_ = &head_; }
  ~IntrusiveList() {
    while (!empty()) front()->unlink();
    head_.next_ = head_.previous_ = nullptr;
  }

  bool empty() const { return head_.next_ == &head_; }
  void push_back(T* item) {
    ListNode* node = item;
    node->previous_ = head_.previous_;
    node->next_ = &head_;
    head_.previous_->next_ = node;
    head_.previous_ = node;
  }
  T* front() const { return static_cast<T*>(head_.next_); }
  // The member after `item`, null at the end.
  T* after(T* item) const {
    ListNode* next = static_cast<ListNode*>(item)->next_;
    return next == &head_ ? nullptr : static_cast<T*>(next);
  }
  T* first() const { return empty() ? nullptr : front(); }

  // Of a range for. The list must not change meanwhile.
  class Iterator {
   public:
    Iterator(const IntrusiveList* list, T* item) : list_(list), item_(item) {}
    T& operator*() const { return *item_; }
    Iterator& operator++() {
      item_ = list_->after(item_);
      return *this;
    }
    bool operator!=(const Iterator& other) const { return item_ != other.item_; }

   private:
    const IntrusiveList* list_;
    T* item_;
  };
  Iterator begin() const { return {this, first()}; }
  Iterator end() const { return {this, nullptr}; }

 private:
  ListNode head_;
};

}  // namespace redstart
