// A keyspace with a clock in the test's hand and an observer that writes down what it is told.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/slab.h"
#include "keyspace/keyspace.h"
#include "keyspace/observer.h"
#include "keyspace/write_guard.h"

namespace redstart {

class RecordingObserver final : public KeyspaceObserver {
 public:
  void on_commit(Keyspace&, const Key& key, const Event& event) override {
    note(event.name, key);
  }
  void on_further_event(Keyspace&, const Key& key, const Event& event) override {
    note(event.name, key);
  }
  void on_expired(Keyspace&, const Key& key) override { note("expired", key); }
  void on_evicted(Keyspace&, const Key& key) override { note("evicted", key); }
  void on_created(Keyspace&, const Key& key) override { note("new", key); }
  void on_elements_expired(Keyspace&, const Key& key, std::span<const std::string> elements,
                           bool emptied) override {
    for (const std::string& element : elements) note("expired " + element + " of", key);
    if (emptied) note("emptied", key);
  }
  void on_miss(Keyspace&, const Key& key) override { note("miss", key); }
  void on_flush(Keyspace& keys) override { note("flush", std::to_string(keys.size())); }

  // What was noted since the last call, as "event key" each.
  std::vector<std::string> take() { return std::exchange(notes_, {}); }

 private:
  void note(std::string_view what, const Key& key) { note(what, key.bytes); }
  void note(std::string_view what, std::string_view key) {
    if (notes_.size() < 1000) notes_.push_back(std::string(what) + " " + std::string(key));
  }
  std::vector<std::string> notes_;
};

class KeyspaceTest : public testing::Test {
 protected:
  static constexpr int64_t kStart = 1700000000000;

  ~KeyspaceTest() override {
    EXPECT_EQ(keys_->validate(), nullptr);
    keys_.reset();
    EXPECT_EQ(slab_.used_bytes(), 0u);
    EXPECT_EQ(shared_.big_bytes, 0u);
  }

  WriteGuard write(std::string_view key) { return keys_->write(keys_->key(key)); }
  const Entry* find(std::string_view key) { return keys_->find(keys_->key(key)); }
  const Entry* peek(std::string_view key) { return keys_->peek(keys_->key(key)); }

  void set(std::string_view key, std::string_view value, int64_t expire_at_ms = kNoExpiry) {
    WriteGuard w = write(key);
    w.put_string_until(value, expire_at_ms);
    w.commit(event::kSet);
  }
  void erase(std::string_view key) {
    WriteGuard w = write(key);
    w.erase();
    w.commit(event::kDel);
  }
  // The value as text, "(absent)" without one.
  std::string get(std::string_view key) {
    const Entry* entry = peek(key);
    return entry ? text(*entry) : "(absent)";
  }
  static std::string text(const Entry& entry) {
    IntText scratch;
    return std::string(entry.string(scratch));
  }
  std::string encoding(std::string_view key) {
    return std::string(string_encoding_name(peek(key)->string_encoding()));
  }

  Slab slab_;
  Random random_{4711};
  RecordingObserver observer_;
  KeyspaceShared shared_{.slab = &slab_,
                         .random = &random_,
                         .hash_seed = 99,
                         .now_ms = kStart,
                         .observer = &observer_};
  std::unique_ptr<Keyspace> keys_ = std::make_unique<Keyspace>(shared_, 0);
};

}  // namespace redstart
