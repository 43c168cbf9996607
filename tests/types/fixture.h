// What collections need from outside, in the test's hand; nothing may be left of it at the end.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "base/slab.h"
#include "types/held.h"
#include "types/object_ops.h"
#include "types/type_env.h"
#include "types/value_digest.h"

namespace redstart {

class TypesTest : public testing::Test {
 protected:
  ~TypesTest() override { EXPECT_EQ(slab_.used_bytes(), 0u); }

  static std::string digest_of(const ObjectOps& ops, Held held) {
    ValueDigest digest;
    ops.digest(held.object, held.encoding, &digest);
    return digest.hex();
  }
  static std::string_view encoding_of(const ObjectOps& ops, Held held) {
    return ops.encoding_name(held.object, held.encoding);
  }
  void destroy(const ObjectOps& ops, Held held) {
    size_t slice = 100;
    while (!ops.destroy_some(slab_, held.object, held.encoding, &slice)) slice = 100;
  }

  Slab slab_;
  Random random_{1};
  uint64_t seed_ = 5;
  int64_t now_ms_ = 1000;
  TypeEnv env_{slab_, random_, seed_, now_ms_};
};

}  // namespace redstart
