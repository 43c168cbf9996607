#include "replication/full_sync.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "base/log.h"
#include "base/numbers.h"
#include "base/process.h"
#include "base/random.h"
#include "engine/engine.h"
#include "engine/session_channel.h"
#include "persist/rdb_file.h"
#include "persist/storage.h"
#include "replication/replicas.h"
#include "replication/sockets_sink.h"

namespace redstart {

namespace {

using State = Replica::State;

std::string answer_to_psync(const std::string& id, int64_t offset) {
  return "+FULLRESYNC " + id + " " + int64_text(offset) + "\r\n";
}

void close_socket(Replica& replica) {
  if (replica.socket >= 0) close(replica.socket);
  replica.socket = -1;
}

bool all_take_marked_data(const std::vector<Replica*>& group) {
  return std::all_of(group.begin(), group.end(),
                     [](const Replica* replica) { return replica->takes_marked_data; });
}

}  // namespace

FullSync::~FullSync() {
  if (running_) host_.storage.child().kill();
}

std::vector<Replica*> FullSync::in_state(State state) const {
  std::vector<Replica*> found;
  for (Replica* replica : host_.replicas.all()) {
    if (replica->state == state) found.push_back(replica);
  }
  return found;
}

bool FullSync::somebody_waits() const {
  const auto& all = host_.replicas.all();
  return std::any_of(all.begin(), all.end(),
                     [](const Replica* replica) { return replica->state == State::kWaits; });
}

// ---- when

void FullSync::ask(Replica& replica, int64_t stream_offset) {
  Log& log = host_.engine.log();
  const Settings& settings = host_.engine.settings();
  replica.state = State::kWaits;
  replica.asked_mono_us = host_.engine.mono_us();
  if (running_) {
    log.notice(to_sockets_ ? "Current BGSAVE has socket target. Waiting for next BGSAVE for SYNC"
                           : "Can't attach the replica to the current BGSAVE. Waiting for next "
                             "BGSAVE for SYNC");
  } else if (host_.storage.child().running()) {
    log.notice("No BGSAVE in progress, but another BG operation is active. BGSAVE for replication "
               "delayed");
  } else if (settings.repl_diskless_sync && replica.takes_marked_data &&
             settings.repl_diskless_sync_delay > 0) {
    log.notice("Delay next BGSAVE for diskless SYNC");
    look(stream_offset);
  } else {
    start(next_group(), stream_offset);
  }
}

// The first that waits, and those that want what it wants.
std::vector<Replica*> FullSync::next_group() const {
  std::vector<Replica*> group = in_state(State::kWaits);
  if (group.empty()) return group;
  const Replica* first = group.front();
  std::erase_if(group, [&](const Replica* other) {
    return other->wants_keys != first->wants_keys ||
           other->wants_functions != first->wants_functions;
  });
  return group;
}

void FullSync::look(int64_t stream_offset) {
  if (host_.storage.child().running()) return;
  const std::vector<Replica*> group = next_group();
  if (group.empty()) return;
  const Settings& settings = host_.engine.settings();
  int64_t asked_us = INT64_MAX;
  for (const Replica* replica : group) asked_us = std::min(asked_us, replica->asked_mono_us);
  const int64_t waited_s = (host_.engine.mono_us() - asked_us) / 1000000;
  const bool enough = settings.repl_diskless_sync_max_replicas > 0 &&
                      group.size() >= static_cast<size_t>(settings.repl_diskless_sync_max_replicas);
  if (!settings.repl_diskless_sync || enough || waited_s >= settings.repl_diskless_sync_delay) {
    start(group, stream_offset);
  }
}

// ---- a child

std::string FullSync::path(int64_t pid) const {
  return join_path(host_.storage.rdb().directory(), "temp-" + std::to_string(pid) + ".rdb");
}

void FullSync::start(const std::vector<Replica*>& group, int64_t stream_offset) {
  const Replica& first = *group.front();
  const bool filtered = !first.wants_keys || !first.wants_functions;
  const bool marked = all_take_marked_data(group);
  // What is still on its way to one of them has to leave before the child may write there.
  const bool clear = std::all_of(group.begin(), group.end(), [](const Replica* replica) {
    return replica->session.channel()->unsent() == 0;
  });
  if (!clear) return;
  to_sockets_ = (host_.engine.settings().repl_diskless_sync || filtered) && marked;
  Log& log = host_.engine.log();
  log.notice(std::string("Starting BGSAVE for SYNC with target: ") +
             (to_sockets_ ? "replicas sockets" : "disk"));
  std::string error;
  running_ = to_sockets_ ? start_to_sockets(group, stream_offset, &error)
                         : start_to_file(group, stream_offset, &error);
  if (!running_) {
    log.warning("Can't save in background: " + error);
    log.warning("BGSAVE for replication failed");
    return refuse(group);
  }
  log.notice((to_sockets_ ? "Background RDB transfer started by pid "
                          : "Background saving started by pid ") +
             std::to_string(host_.storage.child().pid()));
  PersistenceFacts& facts = host_.storage.edit_facts();
  facts.rdb_in_progress = true;
  facts.rdb_started_mono_us = host_.engine.mono_us();
  // What follows begins with the number of its database.
  host_.tenant.propagation.force_select();
  for (Replica* replica : group) {
    replica->state = State::kChildWrites;
    replica->sent = stream_offset;
  }
}

bool FullSync::start_to_sockets(const std::vector<Replica*>& group, int64_t offset,
                                std::string* error) {
  mark_ = random_hex_id();
  std::vector<int> sockets;
  std::vector<std::string> heads;
  for (Replica* replica : group) {
    replica->socket = fcntl(replica->session.channel()->info().fd, F_DUPFD_CLOEXEC, 0);
    if (replica->socket < 0) {
      *error = strerror(errno);
      return false;
    }
    sockets.push_back(replica->socket);
    heads.push_back((replica->knows_offsets
                         ? answer_to_psync(host_.tenant.replication_id, offset)
                         : std::string()) +
                    "$EOF:" + mark_ + "\r\n");
  }
  RdbSaveOptions options = rdb_save_options(host_.engine);
  options.keys = group.front()->wants_keys;
  options.functions = group.front()->wants_functions;
  options.replication_id = host_.tenant.replication_id;
  options.replication_offset = offset;
  auto work = [this, options, sockets, heads](SnapshotReport& report, std::string* why) mutable {
    options.on_progress = [&report](uint64_t keys) { report.keys_done(keys); };
    SocketsSink sink(sockets, host_.engine.settings().repl_timeout);
    for (size_t i = 0; i < sockets.size(); i++) sink.write_to(sockets[i], heads[i]);
    if (save_rdb(host_.engine, host_.tenant, options, sink) && sink.write(mark_)) return true;
    *why = "no replica was left to write to";
    return false;
  };
  return host_.storage.child().start(
      keys_of(host_.tenant), work, [this](const SnapshotResult& result) { on_child_end(result); },
      error, sockets);
}

bool FullSync::start_to_file(const std::vector<Replica*>& group, int64_t offset,
                             std::string* error) {
  RdbSaveOptions options = rdb_save_options(host_.engine);
  options.replication_id = host_.tenant.replication_id;
  options.replication_offset = offset;
  auto work = [this, options](SnapshotReport& report, std::string* why) mutable {
    options.on_progress = [&report](uint64_t keys) { report.keys_done(keys); };
    const std::string draft = path(process_id());
    int code = 0;
    std::unique_ptr<File> file = host_.storage.files().open(draft, FileSystem::Mode::kReplace,
                                                            &code);
    if (file) {
      RdbFileSink sink(*file, false);
      if (save_rdb(host_.engine, host_.tenant, options, sink)) return true;
      code = sink.error();
      host_.storage.files().remove(draft);
    }
    *why = "Write error while saving DB to the disk(" + draft + "): " + error_text(code);
    return false;
  };
  if (!host_.storage.child().start(
          keys_of(host_.tenant), work,
          [this](const SnapshotResult& result) { on_child_end(result); }, error)) {
    return false;
  }
  for (Replica* replica : group) {
    if (!replica->knows_offsets) continue;
    replica->session.channel()->send(answer_to_psync(host_.tenant.replication_id, offset));
  }
  return true;
}

void FullSync::refuse(const std::vector<Replica*>& group) {
  for (Replica* replica : group) {
    close_socket(*replica);
    replica->session.channel()->send("-ERR BGSAVE failed, replication can't continue\r\n");
    replica->session.channel()->close_after_flush();
    host_.replicas.forget(*replica);
  }
}

void FullSync::poll() { host_.storage.child().poll(); }

void FullSync::leave(Replica& replica) {
  if (replica.socket >= 0) {
    // The child has it, too: that alone would keep the connection.
    shutdown(replica.socket, SHUT_RDWR);
    close_socket(replica);
  }
  if (!running_ || replica.state != State::kChildWrites) return;
  const auto served = in_state(State::kChildWrites);
  if (!std::all_of(served.begin(), served.end(), [&](Replica* r) { return r == &replica; })) return;
  host_.engine.log().notice("Diskless rdb transfer, last replica dropped, killing fork child.");
  host_.storage.child().kill();
}

// ---- its end

void FullSync::on_child_end(const SnapshotResult& result) {
  Log& log = host_.engine.log();
  running_ = false;
  PersistenceFacts& facts = host_.storage.edit_facts();
  facts.rdb_in_progress = false;
  facts.rdb_last_duration_s = (host_.engine.mono_us() - facts.rdb_started_mono_us) / 1000000;
  facts.rdb_started_mono_us = -1;
  facts.rdb_last_cow_bytes = result.cow_bytes;
  if (!result.ok) {
    if (!to_sockets_) host_.storage.files().remove(path(host_.storage.child().pid()));
    log.warning(result.killed_by ? "Background transfer terminated by signal " +
                                       std::to_string(result.killed_by)
                                 : "Background transfer error: " + result.error);
    for (Replica* replica : in_state(State::kChildWrites)) {
      log.warning("SYNC failed. BGSAVE child returned an error");
      host_.replicas.drop(*replica);
    }
    return;
  }
  log.notice(to_sockets_ ? "Background RDB transfer terminated with success"
                         : "Background saving terminated with success");
  if (!to_sockets_) return hand_over_file();
  for (Replica* replica : in_state(State::kChildWrites)) {
    close_socket(*replica);
    log.notice("Streamed RDB transfer with replica " + replica->name() +
               " succeeded (socket). Waiting for REPLCONF ACK from replica to enable streaming");
    // It finds the end of the data more easily when nothing follows before it has.
    replica->silent = true;
    host_.replicas.put_online(*replica);
  }
}

void FullSync::hand_over_file() {
  FileSystem& files = host_.storage.files();
  const std::string draft = path(host_.storage.child().pid());
  for (Replica* replica : in_state(State::kChildWrites)) {
    int error = 0;
    replica->file = files.open(draft, FileSystem::Mode::kRead, &error);
    if (!replica->file) {
      host_.engine.log().warning("SYNC failed. Can't open/stat DB after BGSAVE: " +
                                 error_text(error));
      host_.replicas.drop(*replica);
      continue;
    }
    replica->file_left = replica->file->size();
    replica->state = State::kGetsFile;
    replica->session.channel()->send("$" + std::to_string(replica->file_left) + "\r\n");
  }
  files.remove(draft);
}

}  // namespace redstart
