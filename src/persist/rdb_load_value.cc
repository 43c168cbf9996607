#include "persist/rdb_load_value.h"

#include <string>

#include "base/big_buf.h"
#include "core/rdb_format.h"
#include "core/rdb_reader.h"
#include "core/rdb_writer.h"
#include "keyspace/entry.h"
#include "types/kept_json.h"
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

namespace {

// "ReJSON-RL" in six bits each, without the ten bits of the version.
constexpr std::string_view kJsonModule = "ReJSON-RL";

std::string module_name(uint64_t id) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string name(9, ' ');
  id >>= 10;
  for (size_t i = name.size(); i-- > 0; id >>= 6) name[i] = kLetters[id & 63];
  return name;
}

// Copies the items of a module's value. False: the reader has failed.
bool copy_module_items(RdbReader& in, RdbWriter* out) {
  while (true) {
    uint64_t kind = in.length();
    if (in.failed()) return false;
    out->length(kind);
    switch (kind) {
      case rdb::kModuleEnd:
        return true;
      case rdb::kModuleSigned:
      case rdb::kModuleUnsigned:
        out->length(in.length());
        break;
      case rdb::kModuleFloat:
        out->raw(in.raw(4));
        break;
      case rdb::kModuleDouble:
        out->raw(in.raw(8));
        break;
      case rdb::kModuleString:
        out->string(in.string());
        break;
      default:
        in.fail("A module's value has an item of unknown kind " + std::to_string(kind));
        return false;
    }
  }
}

}  // namespace

// The values of modules can be skipped, but then they would be lost: only documents are taken.
void RdbValueLoader::read_module() {
  RdbStringSink sink;
  RdbWriter out(sink, {.compress = false, .checksum = false}, RdbWriter::kPayloadBuffer);
  uint64_t id = in_.length();
  std::string name = module_name(id);
  out.length(id);
  if (!in_.failed() && name != kJsonModule) {
    in_.fail("The RDB file contains module data I can't load: no matching module type '" + name +
             "'");
  }
  if (!in_.failed()) copy_module_items(in_, &out);
  out.flush();
  hold(Type::kJson, in_.failed() ? Held() : Held{KeptJson::make(env_.slab, sink.text()), 0});
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
