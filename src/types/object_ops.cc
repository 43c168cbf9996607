#include "types/object_ops.h"

#include "types/zset.h"

namespace redstart {

const ObjectOps* object_ops(Type type) {
  switch (type) {
    case Type::kZset:
      return &kZsetOps;
    case Type::kString:
    case Type::kList:
    case Type::kSet:
    case Type::kHash:
    case Type::kStream:
    case Type::kJson:
    case Type::kIndex:
      break;
  }
  return nullptr;
}

}  // namespace redstart
