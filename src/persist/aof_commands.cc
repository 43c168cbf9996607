#include "persist/aof_commands.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "base/numbers.h"
#include "engine/engine.h"
#include "engine/function_sources.h"
#include "engine/indexing.h"
#include "keyspace/entry.h"
#include "types/array.h"
#include "types/hash.h"
#include "types/json.h"
#include "types/list.h"
#include "types/set.h"
#include "types/stream.h"
#include "types/vector_index.h"
#include "types/zset.h"

namespace redstart {
namespace {

constexpr size_t kItemsPerCommand = 64;
constexpr size_t kBuffer = 64 * 1024;
constexpr uint64_t kProgressEvery = 1024;  // keys

// Records, gathered into pieces that are worth a write.
class CommandSink {
 public:
  explicit CommandSink(RdbSink& sink) : sink_(sink) { text_.reserve(2 * kBuffer); }

  void begin(size_t words) {
    if (text_.size() >= kBuffer) flush();
    header('*', words);
  }
  void word(std::string_view bytes) {
    header('$', bytes.size());
    text_.append(bytes).append("\r\n");
  }
  void number(int64_t value) {
    char text[kIntTextMax];
    word({text, write_int64(text, value)});
  }
  void id(StreamId id) { word(stream_id_text(id)); }
  template <class... Words>
  void command(const Words&... words) {
    begin(sizeof...(words));
    (word(words), ...);
  }
  void raw(std::string_view bytes) { text_.append(bytes); }

  bool flush() {
    if (ok_ && !text_.empty()) ok_ = sink_.write(text_);
    text_.clear();
    return ok_;
  }

 private:
  void header(char kind, size_t count) {
    char text[kIntTextMax];
    text_.push_back(kind);
    text_.append(text, write_uint64(text, count)).append("\r\n");
  }

  RdbSink& sink_;
  std::string text_;
  bool ok_ = true;
};

// Begins a new command every so many items: a record stays small however large the value is.
class Batches {
 public:
  Batches(CommandSink& out, std::string_view name, std::string_view key, size_t items,
          size_t words_per_item)
      : out_(out), name_(name), key_(key), left_(items), words_per_item_(words_per_item) {}

  void next_item() {
    if (in_batch_ == 0) {
      out_.begin(2 + std::min(left_, kItemsPerCommand) * words_per_item_);
      out_.word(name_);
      out_.word(key_);
    }
    left_--;
    in_batch_ = in_batch_ + 1 == kItemsPerCommand ? 0 : in_batch_ + 1;
  }

 private:
  CommandSink& out_;
  std::string_view name_, key_;
  size_t left_;
  const size_t words_per_item_;
  size_t in_batch_ = 0;
};

class CommandWriter {
 public:
  CommandWriter(Engine& engine, const Tenant& tenant, const AofCommandsOptions& options,
                RdbSink& sink)
      : engine_(engine), tenant_(tenant), options_(options), out_(sink) {}

  bool write() {
    if (options_.timestamp_s) {
      out_.raw("#TS:" + std::to_string(options_.timestamp_s) + "\r\n");
    }
    tenant_.functions->each(
        [&](std::string_view source) { out_.command("FUNCTION", "LOAD", source); });
    for (int db = 0; db < tenant_.databases(); db++) {
      const Keyspace* keys = tenant_.existing(db);
      const Indexing::Aliases* aliases = keys ? engine_.indexing().aliases(*keys) : nullptr;
      if (!keys || (keys->size() == 0 && !aliases)) continue;
      out_.command("SELECT", std::to_string(db));
      database(*keys);
      if (!aliases) continue;
      for (auto& [alias, index] : *aliases) out_.command("SEARCH.ALIASADD", alias, index);
    }
    if (options_.on_progress) options_.on_progress(keys_);
    return out_.flush();
  }

 private:
  // Indexes come last: they know in which order they have read their keys, and what comes behind
  // them would be read anew.
  void database(const Keyspace& keys) {
    keys.for_each([&](const Entry& entry) {
      if (entry.type() != Type::kIndex) key(entry);
    });
    if (!engine_.indexing().indexes(keys)) return;
    keys.for_each([&](const Entry& entry) {
      if (entry.type() == Type::kIndex) key(entry);
    });
  }

  void key(const Entry& entry) {
    value(entry);
    if (entry.has_ttl()) {
      out_.command("PEXPIREAT", entry.key(), std::to_string(entry.expire_at_ms()));
    }
    if (++keys_ % kProgressEvery == 0 && options_.on_progress) options_.on_progress(keys_);
    if (options_.key_delay_us > 0) {
      out_.flush();
      std::this_thread::sleep_for(std::chrono::microseconds(options_.key_delay_us));
    }
  }

  void value(const Entry& entry) {
    const std::string_view key = entry.key();
    switch (entry.type()) {
      case Type::kString: {
        IntText scratch;
        return out_.command("SET", key, entry.string(scratch));
      }
      case Type::kList: return list(key, ListView(engine_.type_env(), held(entry)));
      case Type::kSet: return set(key, SetView(held(entry)));
      case Type::kZset: return zset(key, ZsetView(held(entry)));
      case Type::kHash: return hash(key, HashView(held(entry)));
      case Type::kStream: return stream(key, EntryStreamView(engine_.type_env(), held(entry)));
      case Type::kJson: return json(key, JsonView(engine_.type_env(), held(entry)));
      case Type::kArray: return array(key, ArrayView(held(entry)));
      case Type::kVector: return vectors(key, VectorIndexView(engine_.type_env(), held(entry)));
      case Type::kIndex: break;
    }
    // No command builds it from parts.
    out_.command("RESTORE", key, "0", dump_payload(entry, rdb_save_options(engine_)));
  }

  static Held held(const Entry& entry) { return {entry.object(), entry.encoding()}; }

  void item(const ListpackItem& item) {
    char scratch[kIntTextMax];
    out_.word(item.view(scratch));
  }

  void json(std::string_view key, const JsonView& json) {
    JsonText text;
    JsonPrinter(json.names(), &text).node(*json.root());
    out_.command("JSON.SET", key, "$", text.view());
  }

  void array(std::string_view key, const ArrayView& array) {
    Batches batches(out_, "ARMSET", key, array.count(), 2);
    ArrayText scratch;
    array.walk(0, kArrayIndexMax, false, [&](uint64_t index, ArrayWord element) {
      batches.next_item();
      out_.word(std::to_string(index));
      out_.word(array_word_text(element, scratch));
      return true;
    });
    if (array.cursor() == kNoArrayCursor) return;
    out_.command("ARSEEK", key, std::to_string(array.cursor() + 1));
  }

  void vectors(std::string_view key, const VectorIndexView& index) {
    const VectorTable& table = *index.table();
    out_.command("VECTOR.CREATE", key, "DIM", std::to_string(table.dimension()), "METRIC",
                 metric_name(table.metric()));
    const size_t bytes = table.dimension() * sizeof(float);
    table.each_row([&](const VectorTable::Row& row) {
      out_.command("VECTOR.ADD", key, row.item->id(), "FP32",
                   std::string_view(reinterpret_cast<const char*>(row.vector), bytes));
    });
  }

  void list(std::string_view key, const ListView& list) {
    Batches batches(out_, "RPUSH", key, list.size(), 1);
    list.each(0, list.size(), [&](const ListpackItem& element) {
      batches.next_item();
      item(element);
      return true;
    });
  }

  void set(std::string_view key, const SetView& set) {
    Batches batches(out_, "SADD", key, set.size(), 1);
    set.for_each([&](const SetItem& member) {
      batches.next_item();
      item(member);
    });
  }

  void zset(std::string_view key, const ZsetView& zset) {
    Batches batches(out_, "ZADD", key, zset.size(), 2);
    zset.for_each([&](std::string_view member, double score) {
      batches.next_item();
      char text[kDoubleTextMax];
      out_.word({text, write_double(text, score)});
      out_.word(member);
    });
  }

  void hash(std::string_view key, const HashView& hash) {
    Batches batches(out_, "HMSET", key, hash.size(), 2);
    hash.for_each([&](const HashItem& field) {
      batches.next_item();
      item(field.field);
      item(field.value);
    });
    if (hash.next_expiry_ms() == INT64_MAX) return;
    hash.for_each([&](const HashItem& field) {
      if (field.expire_at_ms == kFieldStays) return;
      char scratch[kIntTextMax];
      out_.command("HPEXPIREAT", key, std::to_string(field.expire_at_ms), "FIELDS", "1",
                   field.field.view(scratch));
    });
  }

  void stream(std::string_view key, const EntryStreamView& stream) {
    stream.for_each([&](const StreamEntry& entry) {
      out_.begin(3 + 2 * entry.field_count());
      out_.word("XADD");
      out_.word(key);
      out_.id(entry.id);
      entry.for_each_field([&](std::string_view field, std::string_view value) {
        out_.word(field);
        out_.word(value);
      });
    });
    const StreamMarks& marks = stream.marks();
    if (stream.size() == 0) {
      // There must have been an entry for the stream to be: one that goes at once.
      out_.begin(7);
      for (std::string_view word : {std::string_view("XADD"), key, std::string_view("MAXLEN"),
                                    std::string_view("0")}) {
        out_.word(word);
      }
      out_.word("0-1");
      out_.word("x");
      out_.word("y");
    }
    out_.begin(7);
    out_.word("XSETID");
    out_.word(key);
    out_.id(marks.last_id);
    out_.word("ENTRIESADDED");
    out_.word(std::to_string(marks.entries_added));
    out_.word("MAXDELETEDID");
    out_.id(marks.max_deleted_id);
    stream.for_each_group([&](std::string_view name, const StreamGroup& group_) {
      group(key, name, group_);
    });
  }

  void group(std::string_view key, std::string_view name, const StreamGroup& group) {
    out_.begin(7);
    out_.word("XGROUP");
    out_.word("CREATE");
    out_.word(key);
    out_.word(name);
    out_.id(group.last_id);
    out_.word("ENTRIESREAD");
    out_.number(group.entries_read);
    for (auto& [consumer_name, consumer] : group.consumers()) {
      if (consumer->pending.empty()) {
        out_.command("XGROUP", "CREATECONSUMER", key, name, consumer_name);
      }
      for (StreamId id : consumer->pending) {
        const StreamPending& pending = group.pending().at(id);
        out_.begin(12);
        out_.word("XCLAIM");
        out_.word(key);
        out_.word(name);
        out_.word(consumer_name);
        out_.word("0");
        out_.id(id);
        out_.word("TIME");
        out_.number(pending.delivered_ms);
        out_.word("RETRYCOUNT");
        out_.number(pending.deliveries);
        out_.word("JUSTID");
        out_.word("FORCE");
      }
    }
  }

  Engine& engine_;
  const Tenant& tenant_;
  const AofCommandsOptions& options_;
  CommandSink out_;
  uint64_t keys_ = 0;
};

}  // namespace

// As save_rdb(), with keys whose time has come.
bool save_as_commands(Engine& engine, const Tenant& tenant, const AofCommandsOptions& options,
                      RdbSink& sink) {
  bool& nothing_expires = engine.keyspace_shared().loading;
  const bool before = std::exchange(nothing_expires, true);
  const bool ok = CommandWriter(engine, tenant, options, sink).write();
  nothing_expires = before;
  return ok;
}

}  // namespace redstart
