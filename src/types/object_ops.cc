#include "types/object_ops.h"

#include "types/array.h"
#include "types/foreign.h"
#include "types/hash.h"
#include "types/json.h"
#include "types/list.h"
#include "types/set.h"
#include "types/stream.h"
#include "types/vector_index.h"
#include "types/zset.h"

namespace redstart {

const ObjectOps* object_ops(Type type) {
  switch (type) {
    case Type::kHash:
      return &kHashOps;
    case Type::kList:
      return &kListOps;
    case Type::kSet:
      return &kSetOps;
    case Type::kZset:
      return &kZsetOps;
    case Type::kStream:
      return &kStreamOps;
    case Type::kJson:
      return &kJsonOps;
    case Type::kIndex:
      return &kForeignOps;
    case Type::kArray:
      return &kArrayOps;
    case Type::kVector:
      return &kVectorOps;
    case Type::kString:
      break;
  }
  return nullptr;
}

}  // namespace redstart
