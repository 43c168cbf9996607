#include "engine/propagation.h"

#include <algorithm>

#include "base/numbers.h"
#include "wire/command_text.h"

namespace redstart {
namespace {

constexpr std::string_view kMulti = "*1\r\n$5\r\nMULTI\r\n";
constexpr std::string_view kExec = "*1\r\n$4\r\nEXEC\r\n";

}  // namespace

void Propagation::attach(LogReader* reader) {
  readers_.push_back(reader);
  force_select();
}

void Propagation::detach(LogReader* reader) {
  readers_.erase(std::remove(readers_.begin(), readers_.end(), reader), readers_.end());
}

void Propagation::add_effect(int db, Args effect) {
  // Written in any case and skipped if it turns out not to be needed.
  if (effects_ == 0) pending_.assign(kMulti);
  if (db != selected_db_) {
    char text[kIntTextMax];
    std::string_view select[] = {"SELECT", {text, write_int64(text, db)}};
    append_command(&pending_, select);
    selected_db_ = db;
  }
  append_command(&pending_, effect);
  effects_++;
}

// Inside a unit it keeps its place among the effects, and a log has it, too: there it does nothing.
void Propagation::add_for_replicas(std::string_view record) {
  if (effects_ > 0) {
    pending_.append(record);
    effects_++;
    return;
  }
  offset_ += record.size();
  for (LogReader* reader : readers_) reader->on_replica_record(record);
}

void Propagation::end_unit(bool wrap) {
  if (effects_ == 0) return;
  std::string_view records = pending_;
  if (wrap && effects_ > 1) {
    pending_.append(kExec);
    records = pending_;
  } else {
    records.remove_prefix(kMulti.size());
  }
  offset_ += records.size();
  for (LogReader* reader : readers_) reader->on_records(records);
  pending_.clear();
  effects_ = 0;
}

}  // namespace redstart
