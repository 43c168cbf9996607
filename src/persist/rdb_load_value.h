// Reads a value: the other direction of rdb_save_value.h. Large ones come in parts:
//
//   RdbValueLoader value(env, in, valkey);
//   value.begin(type);
//   while (value.state() == RdbValueLoader::State::kMore) value.go_on(in.position() + slice);
//
// What is packed in the file stays packed, as it is, where our own limits allow it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "types/held.h"
#include "types/type.h"

namespace redstart {

class BigBuf;
class RdbReader;
struct TypeEnv;

// Reads the elements of one collection.
class RdbElements {
 public:
  virtual ~RdbElements() = default;
  // One more element. False: that was the last, or the reader has failed.
  virtual bool read_one() = 0;
  // What has come of it; an empty object for none. Called once. Whoever is destroyed without that
  // gives back what he has.
  virtual Held take() = 0;
};

class RdbValueLoader {
 public:
  // The file is Valkey's, whose type 22 is another one.
  enum class Dialect : uint8_t { kRedis, kValkey };
  RdbValueLoader(const TypeEnv& env, RdbReader& in, Dialect dialect = Dialect::kRedis);
  // Gives back what was read and not taken.
  ~RdbValueLoader();

  enum class State : uint8_t {
    kMore,
    kDone,
    kEmpty,   // a collection without elements: there is no such key
    kFailed,  // the reader says why
  };
  State state() const { return state_; }
  // Begins to read a value of this type (rdb::Type); short ones are done then.
  void begin(uint8_t type);
  // Reads elements until the reader's position is past this one. REQUIRES: kMore.
  void go_on(uint64_t position);

  // REQUIRES: kDone. A string is either a text, good until the reader reads on, or a buffer.
  Type type() const { return type_; }
  std::string_view text() const { return text_; }
  // The collection or the BigBuf; the caller's from now on.
  Held take();
  // Nobody wanted it.
  void give_back(Held held) { held_ = held; }

 private:
  void read_string();
  void read_module();
  void begin_elements(std::unique_ptr<RdbElements> elements, Type type);
  void hold(Type type, Held held);

  const TypeEnv& env_;
  RdbReader& in_;
  const Dialect dialect_;
  State state_ = State::kFailed;
  Type type_ = Type::kString;
  std::string_view text_;
  Held held_;
  std::unique_ptr<RdbElements> elements_;
};

// By room of types/, each in a file of its own. Packed forms are read at once: an object of null is
// an empty collection, unless the reader has failed.
namespace rdb_load {
std::unique_ptr<RdbElements> plain_list(const TypeEnv& env, RdbReader& in);
std::unique_ptr<RdbElements> list_nodes(const TypeEnv& env, RdbReader& in, uint8_t type);
std::unique_ptr<RdbElements> plain_set(const TypeEnv& env, RdbReader& in);
std::unique_ptr<RdbElements> plain_zset(const TypeEnv& env, RdbReader& in, uint8_t type);
std::unique_ptr<RdbElements> plain_hash(const TypeEnv& env, RdbReader& in, uint8_t type,
                                        RdbValueLoader::Dialect dialect);
std::unique_ptr<RdbElements> stream(const TypeEnv& env, RdbReader& in, uint8_t type);
std::unique_ptr<RdbElements> array(const TypeEnv& env, RdbReader& in);
Held packed_list(const TypeEnv& env, RdbReader& in);
Held packed_set(const TypeEnv& env, RdbReader& in, uint8_t type);
Held packed_zset(const TypeEnv& env, RdbReader& in, uint8_t type);
Held packed_hash(const TypeEnv& env, RdbReader& in, uint8_t type);
}  // namespace rdb_load

}  // namespace redstart
