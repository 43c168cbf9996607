#include "types/object_ops.h"

#include "types/hash.h"
#include "types/zset.h"

namespace redstart {

const ObjectOps* object_ops(Type type) {
  switch (type) {
    case Type::kHash:
      return &kHashOps;
    case Type::kZset:
      return &kZsetOps;
    case Type::kString:
    case Type::kList:
    case Type::kSet:
    case Type::kStream:
    case Type::kJson:
    case Type::kIndex:
      break;
  }
  return nullptr;
}

}  // namespace redstart
