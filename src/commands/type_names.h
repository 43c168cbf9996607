// What TYPE answers and SCAN ... TYPE takes.
#pragma once

#include <optional>
#include <string_view>

#include "base/ascii.h"
#include "engine/session.h"
#include "keyspace/types.h"

namespace redstart {

// Redis knows documents by the name of their module, Upstash by what they are.
inline std::string_view type_name(Type type, Dialect dialect) {
  switch (type) {
    case Type::kString:
      return "string";
    case Type::kList:
      return "list";
    case Type::kSet:
      return "set";
    case Type::kZset:
      return "zset";
    case Type::kHash:
      return "hash";
    case Type::kStream:
      return "stream";
    case Type::kJson:
      return dialect == Dialect::kUpstash ? "json" : "ReJSON-RL";
    case Type::kIndex:
      return "search";
    case Type::kArray:
      return "array";
    case Type::kVector:
      return "vector";
  }
  return "none";
}

inline std::optional<Type> type_of_name(std::string_view name, Dialect dialect) {
  constexpr Type kAll[] = {Type::kString, Type::kList,  Type::kSet,   Type::kZset,  Type::kHash,
                           Type::kStream, Type::kJson,  Type::kIndex, Type::kArray, Type::kVector};
  for (Type type : kAll) {
    if (equals_fold(name, type_name(type, dialect))) return type;
  }
  return std::nullopt;
}

}  // namespace redstart
