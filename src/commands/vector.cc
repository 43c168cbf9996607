// The VECTOR family: Upstash's indexes of vectors, each under an id.
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/base64.h"
#include "commands/collection.h"
#include "commands/families.h"
#include "engine/arg_reader.h"
#include "types/vector_form.h"
#include "types/vector_index.h"
#include "types/vector_search.h"

namespace redstart {

namespace event {
inline constexpr Event kVectorCreate{EventClass::kModule, "vector.create"};
inline constexpr Event kVectorAdd{EventClass::kModule, "vector.add"};
inline constexpr Event kVectorDel{EventClass::kModule, "vector.del"};
inline constexpr Event kVectorDrop{EventClass::kModule, "vector.drop"};
}  // namespace event

namespace {

constexpr int64_t kMatchesMax = 1000;

constexpr CommandSpec vector_row(std::string_view name, int arity, uint32_t flags, KeySpecs keys,
                                 std::string_view args, std::string_view summary,
                                 std::string_view complexity, Handler run) {
  return {.name = name,
          .arity = arity,
          .flags = flags,
          .group = Group::kVector,
          .keys = keys,
          .args = args,
          .summary = summary,
          .complexity = complexity,
          .run = run};
}

// ---- what the commands share

void answer_no_index(Context& c) {
  c.reply.error("ERR Index " + std::string(c.arg(1)) + " is not found");
}

// False: answered.
bool has_id(Context& c) {
  if (!c.arg(2).empty()) return true;
  c.reply.error("ERR The id of a vector cannot be empty");
  return false;
}

// False: answered.
bool fits_dimension(Context& c, const VectorTable& table, const std::vector<float>& vector) {
  if (vector.size() == table.dimension()) return true;
  c.reply.error("ERR Vector dimension mismatch, the index has " +
                std::to_string(table.dimension()) + " but the vector has " +
                std::to_string(vector.size()));
  return false;
}

void read_values(ArgReader& a, std::vector<float>* vector) {
  const int64_t count = a.integer();
  if (!a.ok()) return;
  if (count < 1 || static_cast<uint64_t>(count) > a.left()) {
    return a.fail("ERR VALUES needs the number of elements and as many of them");
  }
  vector->reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count && a.ok(); i++) {
    const std::string_view text = a.next();
    float number = 0;
    if (!read_float(text, &number)) {
      a.fail("ERR Vector element '" + std::string(text) + "' is not a valid 32-bit float");
    }
    vector->push_back(number);
  }
}

void read_blob(ArgReader& a, std::string_view bytes, std::vector<float>* vector) {
  if (bytes.empty() || bytes.size() % sizeof(float) != 0) {
    return a.fail("ERR FP32 blob must be a non-zero multiple of 4 bytes");
  }
  if (!read_floats(bytes, vector)) a.fail("ERR FP32 blob has an element that is not finite");
}

// True: the next argument began a vector, which has been read or has failed.
bool take_vector(ArgReader& a, std::vector<float>* vector) {
  const bool again = !vector->empty();
  if (a.option("VALUES", 2)) {
    if (!again) read_values(a, vector);
  } else if (a.option("FP32")) {
    if (!again) read_blob(a, a.next(), vector);
  } else if (a.option("BASE64-FP32")) {
    std::string bytes;
    if (!again && !base64_decode(a.next(), &bytes)) {
      a.fail("ERR BASE64-FP32 blob is not valid base64");
    } else if (!again) {
      read_blob(a, bytes, vector);
    }
  } else {
    return false;
  }
  if (again) a.fail("ERR A vector can be given only once, as VALUES, FP32 or BASE64-FP32");
  return true;
}

// ---- VECTOR.CREATE, VECTOR.DROP

struct CreateCall {
  int64_t dimension = 0;
  VectorMetric metric = VectorMetric::kCosine;
  bool has_metric = false;
  bool exists_ok = false;
};

// False: answered.
bool read_create(Context& c, CreateCall* call) {
  ArgReader a(c.args, 2);
  while (a.more()) {
    if (a.flag("EXISTSOK")) {
      call->exists_ok = true;
    } else if (call->dimension == 0 && a.option("DIM")) {
      call->dimension = a.integer_in(1, kVectorDimensionMax, "ERR DIM must be between 1 and 32768");
    } else if (!call->has_metric && a.option("METRIC")) {
      const std::string_view name = a.next();
      call->has_metric = parse_metric(name, &call->metric);
      if (!call->has_metric) {
        a.fail("ERR Unknown metric '" + std::string(name) + "', expected COSINE, EUCLIDEAN or DOT");
      }
    } else {
      a.fail(err::kSyntax);
    }
  }
  if (a.ok() && call->dimension == 0) a.fail("ERR Missing DIM of the index");
  if (a.ok() && !call->has_metric) a.fail("ERR Missing METRIC of the index");
  if (!a.ok()) c.reply.error(a.error());
  return a.ok();
}

void answer_existing(Context& c, const CreateCall& call, const VectorTable& table) {
  const bool same = table.dimension() == call.dimension && table.metric() == call.metric;
  if (call.exists_ok && same) return c.reply.integer(0);
  std::string text = "ERR Index " + std::string(c.arg(1)) + " already exists";
  if (call.exists_ok) text += " with a different configuration";
  c.reply.error(text);
}

void vector_create(Context& c) {
  CreateCall call;
  if (!read_create(c, &call)) return;
  Edit<VectorIndex> index(c, c.key(1));
  if (!index) return;
  if (index.exists()) return answer_existing(c, call, *index->table());
  index->create(static_cast<uint32_t>(call.dimension), call.metric);
  index.commit(event::kVectorCreate);
  c.reply.integer(1);
}
constexpr CommandSpec kVectorCreate =
    vector_row("vector.create", -6, kWrite | kDenyOom, one_key(kKeyOw | kKeyInsert),
               "index:key DIM dimension:integer METRIC metric=(COSINE|EUCLIDEAN|DOT) [EXISTSOK]",
               "Makes an empty index of vectors.", "O(1)", vector_create);

void vector_drop(Context& c) {
  Edit<VectorIndex> index(c, c.key(1));
  if (!index) return;
  if (!index.exists()) return c.reply.integer(0);
  index.erase(event::kVectorDrop);
  c.reply.integer(1);
}
constexpr CommandSpec kVectorDrop =
    vector_row("vector.drop", 2, kWrite, one_key(kKeyRm | kKeyDelete), "index:key",
               "Deletes an index with all its vectors.", "O(1); a large index is freed in slices",
               vector_drop);

// ---- vectors in and out

void vector_add(Context& c) {
  ArgReader a(c.args, 3);
  std::vector<float> vector;
  if (!take_vector(a, &vector)) a.fail("ERR Expected VALUES, FP32 or BASE64-FP32");
  if (!a.done()) return c.reply.error(a.error());
  if (!has_id(c)) return;
  Edit<VectorIndex> index(c, c.key(1));
  if (!index) return;
  if (!index.exists()) return answer_no_index(c);
  if (!fits_dimension(c, *index->table(), vector)) return;
  const bool added = index->table()->set(c.arg(2), vector.data());
  index.commit(event::kVectorAdd);
  c.reply.integer(added);
}
constexpr CommandSpec kVectorAdd =
    vector_row("vector.add", -5, kWrite | kDenyOom, one_key(kKeyRw | kKeyUpdate | kKeyInsert),
               "index:key id "
               "vector=((VALUES count:integer element:double+)|FP32 blob|BASE64-FP32 blob)",
               "Adds a vector under an id, or replaces the one that it has.", "O(N) for N elements",
               vector_add);

void vector_del(Context& c) {
  if (!has_id(c)) return;
  Edit<VectorIndex> index(c, c.key(1));
  if (!index) return;
  if (!index.exists()) return answer_no_index(c);
  const bool deleted = index->table()->erase(c.arg(2));
  if (deleted) index.commit(event::kVectorDel);
  c.reply.integer(deleted);
}
constexpr CommandSpec kVectorDel =
    vector_row("vector.del", 3, kWrite, one_key(kKeyRw | kKeyDelete), "index:key id",
               "Deletes the vector of an id.", "O(N) for N elements", vector_del);

void vector_get(Context& c) {
  if (!has_id(c)) return;
  VectorIndexView index;
  if (!find(c, c.key(1), &index)) return;
  if (index.table() == nullptr) return answer_no_index(c);
  const float* vector = index.table()->find(c.arg(2));
  if (vector == nullptr) return c.reply.null_array();
  const size_t dimension = index.table()->dimension();
  c.reply.array(dimension);
  for (size_t i = 0; i < dimension; i++) c.reply.dbl(double{vector[i]});
}
constexpr CommandSpec kVectorGet =
    vector_row("vector.get", 3, kReadonly, one_key(kKeyRead), "index:key id",
               "Answers the vector of an id.", "O(N) for N elements", vector_get);

// ---- VECTOR.QUERY

struct QueryCall {
  int64_t count = 0;
  bool has_profile = false;
  VectorProfile profile = VectorProfile::kBalanced;
  std::vector<float> vector;
};

void read_profile(ArgReader& a, QueryCall* call) {
  if (call->has_profile) return a.fail(err::kSyntax);
  call->has_profile = true;
  const std::string_view name = a.next();
  if (equals_fold(name, "FAST")) {
    call->profile = VectorProfile::kFast;
  } else if (equals_fold(name, "PRECISE")) {
    call->profile = VectorProfile::kPrecise;
  } else if (!equals_fold(name, "BALANCED")) {
    a.fail("ERR Unknown profile '" + std::string(name) + "', expected FAST, BALANCED or PRECISE");
  }
}

// False: answered.
bool read_query(Context& c, QueryCall* call) {
  ArgReader a(c.args, 2);
  while (a.more()) {
    if (call->count == 0 && a.option("TOPK")) {
      call->count = a.integer_in(1, kMatchesMax, "ERR TOPK must be between 1 and 1000");
    } else if (a.option("PROFILE")) {
      read_profile(a, call);
    } else if (!take_vector(a, &call->vector)) {
      a.fail(err::kSyntax);
    }
  }
  if (a.ok() && call->count == 0) a.fail("ERR Missing TOPK of the query");
  if (a.ok() && call->vector.empty()) a.fail("ERR Expected VALUES, FP32 or BASE64-FP32");
  if (!a.ok()) c.reply.error(a.error());
  return a.ok();
}

void vector_query(Context& c) {
  QueryCall call;
  if (!read_query(c, &call)) return;
  VectorIndexView index;
  if (!find(c, c.key(1), &index)) return;
  if (index.table() == nullptr) return answer_no_index(c);
  if (!fits_dimension(c, *index.table(), call.vector)) return;
  std::vector<VectorMatch> matches;
  nearest_vectors(*index.table(), call.vector.data(), static_cast<size_t>(call.count), call.profile,
                  &matches);
  c.reply.array(matches.size());
  for (const VectorMatch& match : matches) {
    c.reply.array(2);
    c.reply.bulk(match.item->id());
    c.reply.dbl(match.score);
  }
}
constexpr CommandSpec kVectorQuery =
    vector_row("vector.query", -6, kReadonly, one_key(kKeyRead),
               "index:key TOPK count:integer [PROFILE profile=(FAST|BALANCED|PRECISE)] "
               "vector=((VALUES count:integer element:double+)|FP32 blob|BASE64-FP32 blob)",
               "Answers the ids of the vectors that are nearest to one, with their scores.",
               "O(N*M) for N vectors of M elements", vector_query);

// ---- what is told of an index

void vector_count(Context& c) {
  VectorIndexView index;
  if (!find(c, c.key(1), &index)) return;
  c.reply.integer(index.table() == nullptr ? 0 : static_cast<int64_t>(index.table()->size()));
}
constexpr CommandSpec kVectorCount =
    vector_row("vector.count", 2, kReadonly | kFast, one_key(kKeyRo), "index:key",
               "Counts the vectors of an index.", "O(1)", vector_count);

void vector_info(Context& c) {
  VectorIndexView index;
  if (!find(c, c.key(1), &index)) return;
  if (index.table() == nullptr) return c.reply.null_array();
  c.reply.map(2);
  c.reply.bulk("dimension");
  c.reply.integer(index.table()->dimension());
  c.reply.bulk("metric");
  c.reply.bulk(metric_name(index.table()->metric()));
}
constexpr CommandSpec kVectorInfo =
    vector_row("vector.info", 2, kReadonly | kFast, one_key(kKeyRo), "index:key",
               "Answers what an index was made with.", "O(1)", vector_info);

constexpr const CommandSpec* kCommands[] = {&kVectorCreate, &kVectorDrop, &kVectorAdd,
                                            &kVectorDel,    &kVectorGet,  &kVectorQuery,
                                            &kVectorCount,  &kVectorInfo};

}  // namespace

std::span<const CommandSpec* const> vector_commands() { return kCommands; }

}  // namespace redstart
