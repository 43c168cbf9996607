#include "types/stream_group.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/random.h"

namespace redstart {
namespace {

// The pending ids of a group, each with its consumer, by way of the consumers.
std::map<StreamId, std::string> owners(const StreamGroup& group) {
  std::map<StreamId, std::string> owners;
  for (auto& [name, consumer] : group.consumers()) {
    for (StreamId id : consumer->pending) EXPECT_TRUE(owners.emplace(id, name).second);
  }
  return owners;
}

TEST(StreamGroup, BothSidesAgree) {
  constexpr uint64_t kSeed = 3;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  Slab slab;
  {
    StreamGroup group(slab, {}, 0);
    std::map<StreamId, std::string> model;
    for (int step = 0; step < 20000; step++) {
      StreamId id{random.below(300), 1};
      std::string name = "c" + std::to_string(random.below(5));
      uint64_t what = random.below(100);
      if (what < 60) {
        StreamConsumer* consumer = group.consumer(name);
        if (consumer == nullptr) consumer = group.add_consumer(name, 5);
        group.give(id, consumer)->deliveries++;
        model[id] = name;
      } else if (what < 99) {
        ASSERT_EQ(group.acknowledge(id), model.erase(id) == 1);
      } else if (StreamConsumer* consumer = group.consumer(name)) {
        group.remove_consumer(consumer);
        std::erase_if(model, [&](auto& owned) { return owned.second == name; });
      }
      if (step % 500 != 0) continue;
      ASSERT_EQ(owners(group), model);
      ASSERT_EQ(group.pending().size(), model.size());
      for (auto& [pending_id, pending] : group.pending()) {
        ASSERT_EQ(pending.consumer->name, model[pending_id]);
      }
    }
    StreamGroup twin(slab, {}, 0);
    group.copy_to(&twin);
    EXPECT_EQ(owners(twin), model);
    // Given back in slices, down to the last byte.
    size_t rounds = 0;
    for (bool done = false; !done; rounds++) {
      size_t budget = 10;
      done = twin.clear_some(&budget);
    }
    EXPECT_GE(rounds, 2 * model.size() / 10);
  }
  EXPECT_EQ(slab.used_bytes(), 0u);
}

}  // namespace
}  // namespace redstart
