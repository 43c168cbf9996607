#include "types/object_ops.h"

namespace redstart {

const ObjectOps* object_ops(Type type) {
  switch (type) {
    case Type::kString:
    case Type::kList:
    case Type::kSet:
    case Type::kZset:
    case Type::kHash:
    case Type::kStream:
    case Type::kJson:
    case Type::kIndex:
      break;
  }
  return nullptr;
}

}  // namespace redstart
