#include "persist/rdb_load_value.h"

#include <string>

#include "base/big_buf.h"
#include "core/rdb_format.h"
#include "core/rdb_reader.h"
#include "keyspace/entry.h"
#include "persist/rdb_json.h"
#include "persist/rdb_module.h"
#include "persist/rdb_search.h"
#include "persist/rdb_vector.h"
#include "types/object_ops.h"
#include "types/type_env.h"

namespace redstart {

RdbValueLoader::RdbValueLoader(const TypeEnv& env, RdbReader& in, Dialect dialect)
    : env_(env), in_(in), dialect_(dialect) {}

RdbValueLoader::~RdbValueLoader() {
  if (!held_.object) return;
  if (type_ == Type::kString) {
    static_cast<BigBuf*>(held_.object)->drop();
    return;
  }
  size_t all = SIZE_MAX;
  object_ops(type_)->destroy_some(env_.slab, held_.object, held_.encoding, &all);
}

void RdbValueLoader::begin(uint8_t type) {
  switch (type) {
    case rdb::kString:
      return read_string();
    case rdb::kList:
      return begin_elements(rdb_load::plain_list(env_, in_), Type::kList);
    case rdb::kListNodes:
    case rdb::kListNodesZiplist:
      return begin_elements(rdb_load::list_nodes(env_, in_, type), Type::kList);
    case rdb::kListZiplist:
      return hold(Type::kList, rdb_load::packed_list(env_, in_));
    case rdb::kSet:
      return begin_elements(rdb_load::plain_set(env_, in_), Type::kSet);
    case rdb::kSetIntset:
    case rdb::kSetListpack:
      return hold(Type::kSet, rdb_load::packed_set(env_, in_, type));
    case rdb::kZsetText:
    case rdb::kZset:
      return begin_elements(rdb_load::plain_zset(env_, in_, type), Type::kZset);
    case rdb::kZsetZiplist:
    case rdb::kZsetListpack:
      return hold(Type::kZset, rdb_load::packed_zset(env_, in_, type));
    case rdb::kHash:
    case rdb::kHashExpiry:
    case rdb::kHashExpiryDraft:
      return begin_elements(rdb_load::plain_hash(env_, in_, type, dialect_), Type::kHash);
    case rdb::kHashZipmap:
    case rdb::kHashZiplist:
    case rdb::kHashListpack:
    case rdb::kHashListpackEx:
    case rdb::kHashListpackExDraft:
      return hold(Type::kHash, rdb_load::packed_hash(env_, in_, type));
    case rdb::kStream:
    case rdb::kStream2:
    case rdb::kStream3:
      return begin_elements(rdb_load::stream(env_, in_, type), Type::kStream);
    case rdb::kArray:
      return begin_elements(rdb_load::array(env_, in_), Type::kArray);
    case rdb::kModule:
      return read_module();
  }
  in_.fail("Unknown RDB encoding type " + std::to_string(type));
  state_ = State::kFailed;
}

void RdbValueLoader::read_string() {
  type_ = Type::kString;
  text_ = in_.string();
  if (text_.size() > kInlineStringMax) {
    held_ = {BigBuf::copy_of(text_), static_cast<uint8_t>(StringEncoding::kBig)};
    text_ = {};
  }
  state_ = in_.failed() ? State::kFailed : State::kDone;
}

// The values of modules can be skipped, but then they would be lost: only what can be kept is taken.
void RdbValueLoader::read_module() {
  const uint64_t id = in_.length();
  const std::string name = module_name(id);
  if (!in_.failed() && name == kSearchModule) {
    std::unique_ptr<RdbElements> elements = read_index(env_, in_, module_version(id));
    return elements ? begin_elements(std::move(elements), Type::kIndex) : hold(Type::kIndex, {});
  }
  if (!in_.failed() && name == kVectorModule) {
    std::unique_ptr<RdbElements> elements = read_vectors(env_, in_, module_version(id));
    return elements ? begin_elements(std::move(elements), Type::kVector) : hold(Type::kVector, {});
  }
  if (!in_.failed() && name != kJsonModule) {
    in_.fail("The RDB file contains module data I can't load: no matching module type '" + name +
             "'");
  }
  hold(Type::kJson, in_.failed() ? Held() : read_json(env_, in_, module_version(id)));
}

void RdbValueLoader::begin_elements(std::unique_ptr<RdbElements> elements, Type type) {
  type_ = type;
  elements_ = std::move(elements);
  state_ = State::kMore;
}

void RdbValueLoader::go_on(uint64_t position) {
  while (elements_->read_one()) {
    if (in_.position() >= position) return;
  }
  Held held = elements_->take();
  elements_.reset();
  hold(type_, held);
}

void RdbValueLoader::hold(Type type, Held held) {
  type_ = type;
  held_ = held;
  state_ = in_.failed() ? State::kFailed : held.object ? State::kDone : State::kEmpty;
}

Held RdbValueLoader::take() {
  Held taken = held_;
  held_ = {};
  return taken;
}

}  // namespace redstart
