#include "replication/link.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/log.h"
#include "base/numbers.h"
#include "base/process.h"
#include "base/random.h"
#include "engine/engine.h"
#include "persist/storage.h"
#include "replication/replication.h"
#include "wire/command_text.h"

namespace redstart {

namespace {

constexpr int64_t kTickMs = 1000;
// No answer of a master is as long.
constexpr size_t kLineMax = 16 * 1024;
constexpr size_t kIdSize = 40;

bool keeps_files(const Settings& settings) {
  return settings.appendonly || !settings.save.empty();
}

std::string first_word(std::string_view* text) {
  const size_t end = std::min(text->find(' '), text->size());
  std::string word(text->substr(0, end));
  text->remove_prefix(std::min(end + 1, text->size()));
  return word;
}

}  // namespace

Link::Link(const Host& host, std::string master_host, int master_port)
    : host_(host),
      master_host_(std::move(master_host)),
      master_port_(master_port),
      alive_(std::make_shared<bool>(true)) {
  Engine& engine = host_.engine;
  const int64_t now_ms = engine.mono_us() / 1000;
  timer_ = engine.timers().add(now_ms + kTickMs, [this] { tick(); }, kTickMs);
  connect();
}

Link::~Link() {
  *alive_ = false;
  host_.engine.timers().cancel(timer_);
  host_.engine.timers().cancel(kill_timer_);
  go_down();
}

// ---- the connection -----------------------------------------------------------------------------

void Link::connect() {
  Log& log = host_.engine.log();
  log.notice("Connecting to MASTER " + master_host_ + ":" + std::to_string(master_port_));
  log.notice("MASTER <-> REPLICA sync started");
  last_io_mono_us_ = host_.engine.mono_us();
  knows_offsets_ = true;
  socket_ = host_.dial(master_host_, master_port_, *this);
  state_ = socket_ ? State::kConnecting : State::kDown;
}

// Whatever was under way is given up; what has been applied stays.
void Link::go_down() {
  if (state_ == State::kUp) down_since_mono_us_ = host_.engine.mono_us();
  state_ = State::kDown;
  socket_.reset();
  load_.reset();
  take_back_what_was_told();
  if (!draft_.empty()) host_.storage.files().remove(draft_);
  draft_.clear();
  data_ = IncomingData();
  early_.clear();
  line_.clear();
  answers_.clear();
  applier_.reset();
  if (session_) host_.stream.remember_db(session_->db);
  session_.reset();
}

// Before the stream.
void Link::fail(const std::string& why) {
  host_.engine.log().warning(why);
  go_down();
}

void Link::lose(const std::string& why) {
  Log& log = host_.engine.log();
  log.warning(why);
  log.notice("Caching the disconnected master state.");
  go_down();
  log.notice("Reconnecting to MASTER " + master_host_ + ":" + std::to_string(master_port_));
  connect();
}

void Link::on_connected() {
  host_.engine.log().notice("Non blocking connect for SYNC fired the event.");
  last_io_mono_us_ = host_.engine.mono_us();
  state_ = State::kGreeting;
  say({"PING"});
}

void Link::on_end(std::string_view reason) {
  switch (state_) {
    case State::kConnecting:
      return fail("Error condition on socket for SYNC: " + std::string(reason));
    case State::kUp: return lose("Connection with master lost.");
    case State::kDataHead:
    case State::kData:
      return fail("I/O error trying to sync with MASTER: connection lost");
    default: return fail("Connection with master lost: " + std::string(reason));
  }
}

// A client asked for that, and may be looking at us at this moment.
void Link::close_now() {
  if (kill_timer_) return;
  Engine& engine = host_.engine;
  socket_.reset();
  kill_timer_ = engine.timers().add(engine.mono_us() / 1000, [this] {
    kill_timer_ = 0;
    if (state_ == State::kUp) lose("Connection with master lost.");
  });
}

ChannelInfo Link::info() const { return socket_ ? socket_->info() : ChannelInfo(); }

size_t Link::memory() const {
  size_t bytes = data_.memory() + early_.capacity();
  if (applier_) bytes += applier_->memory();
  return bytes;
}

void Link::say(std::initializer_list<std::string_view> words) {
  std::string text;
  append_command(&text, words);
  if (socket_) socket_->send(text);
}

void Link::tick() {
  const int64_t silent_us = host_.engine.mono_us() - last_io_mono_us_;
  const bool too_long = silent_us > int64_t{host_.engine.settings().repl_timeout} * 1000000;
  switch (state_) {
    case State::kDown: return connect();
    case State::kConnecting:
    case State::kGreeting:
    case State::kIntroducing:
    case State::kAsking:
      if (too_long) fail("Timeout connecting to the MASTER...");
      return;
    case State::kDataHead:
    case State::kData:
      if (too_long) {
        fail("Timeout receiving bulk data from MASTER... If the problem persists try to set the "
             "'repl-timeout' parameter in redis.conf to a larger value.");
      }
      return;
    case State::kKeeping:
    case State::kLoading: return socket_->send("\n");  // we are still here
    case State::kUp:
      if (too_long) return lose("MASTER timeout: no data nor PING received...");
      return acknowledge();
  }
}

void Link::on_bytes(std::string_view bytes) {
  last_io_mono_us_ = host_.engine.mono_us();
  host_.tenant.stats.stream_bytes_in += bytes.size();
  while (!bytes.empty() && state_ != State::kDown) {
    switch (state_) {
      case State::kData: bytes = take_data(bytes); break;
      case State::kUp: return take_stream(bytes);
      case State::kKeeping:
      case State::kLoading:
        early_.append(bytes);
        return;
      default: bytes = take_lines(bytes);
    }
  }
}

// ---- lines --------------------------------------------------------------------------------------

// One of them, perhaps; answers what is left.
std::string_view Link::take_lines(std::string_view bytes) {
  const size_t end = bytes.find('\n');
  line_.append(bytes.substr(0, end));
  if (end == bytes.npos) {
    if (line_.size() > kLineMax) fail("The master answers with a line that is too long");
    return {};
  }
  bytes.remove_prefix(end + 1);
  std::string line = std::move(line_);
  line_.clear();
  if (line.ends_with('\r')) line.pop_back();
  // An empty one says only that the master is alive.
  if (!line.empty()) on_line(line);
  return bytes;
}

void Link::on_line(std::string_view line) {
  switch (state_) {
    case State::kGreeting: return on_greeting(line);
    case State::kIntroducing: return on_introduced(line);
    case State::kAsking: return on_answer(line);
    case State::kDataHead: return on_data_head(line);
    default: return fail("The master says something that nobody asked for");
  }
}

void Link::on_greeting(std::string_view line) {
  const bool alive = line.starts_with('+') || line.starts_with("-NOAUTH") ||
                     line.starts_with("-NOPERM") ||
                     line.starts_with("-ERR operation not permitted");
  if (!alive) return fail("Error reply to PING from master: '" + std::string(line) + "'");
  host_.engine.log().notice("Master replied to PING, replication can continue...");
  introduce();
}

void Link::introduce() {
  const Settings& settings = host_.engine.settings();
  state_ = State::kIntroducing;
  if (!settings.masterauth.empty()) {
    if (settings.masteruser.empty()) {
      say({"AUTH", settings.masterauth});
    } else {
      say({"AUTH", settings.masteruser, settings.masterauth});
    }
    answers_.push_back(Answer::kAuth);
  }
  const int port = settings.replica_announce_port ? settings.replica_announce_port : settings.port;
  say({"REPLCONF", "listening-port", std::to_string(port)});
  answers_.push_back(Answer::kPort);
  if (!settings.replica_announce_ip.empty()) {
    say({"REPLCONF", "ip-address", settings.replica_announce_ip});
    answers_.push_back(Answer::kHost);
  }
  say({"REPLCONF", "capa", "eof", "capa", "psync2"});
  answers_.push_back(Answer::kCapabilities);
}

void Link::on_introduced(std::string_view line) {
  const Answer answer = answers_.front();
  answers_.pop_front();
  if (line.starts_with('-')) {
    if (answer == Answer::kAuth) return fail("Unable to AUTH to MASTER: " + std::string(line));
    const char* what = answer == Answer::kPort   ? "listening-port"
                       : answer == Answer::kHost ? "ip-address"
                                                 : "capa";
    host_.engine.log().notice("(Non critical) Master does not understand REPLCONF " +
                              std::string(what) + ": " + std::string(line));
  }
  if (answers_.empty()) ask();
}

void Link::ask() {
  Log& log = host_.engine.log();
  state_ = State::kAsking;
  std::string id = "?", offset = "-1";
  if (host_.stream.has_history()) {
    id = host_.tenant.replication_id;
    offset = int64_text(host_.stream.offset() + 1);
    log.notice("Trying a partial resynchronization (request " + id + ":" + offset + ").");
  } else {
    log.notice("Partial resynchronization not possible (no cached master)");
  }
  if (host_.stream.failover().asks_for_change()) return say({"PSYNC", id, offset, "FAILOVER"});
  say({"PSYNC", id, offset});
}

void Link::on_answer(std::string_view line) {
  if (host_.stream.failover().asks_for_change()) {
    const bool accepted = line.starts_with("+FULLRESYNC") || line.starts_with("+CONTINUE");
    host_.stream.failover().on_answer(accepted);
    if (!accepted) return fail("The target of the failover refuses: " + std::string(line));
  }
  if (line.starts_with("+FULLRESYNC")) return on_full_resync(line);
  if (line.starts_with("+CONTINUE")) return on_continue(line);
  const std::string text(line);
  if (line.starts_with("-NOMASTERLINK") || line.starts_with("-LOADING")) {
    return fail("Master is currently unable to PSYNC but should be in the future: " + text);
  }
  Log& log = host_.engine.log();
  if (line.starts_with("-ERR")) {
    log.notice("Master does not support PSYNC or is in error state (reply: " + text + ")");
  } else {
    log.warning("Unexpected reply to PSYNC from master: " + text);
  }
  log.notice("Retrying with SYNC...");
  knows_offsets_ = false;
  next_id_ = random_hex_id();
  next_offset_ = 0;
  state_ = State::kDataHead;
  socket_->send("SYNC\r\n");
}

void Link::on_full_resync(std::string_view line) {
  std::string_view rest = line;
  first_word(&rest);
  next_id_ = first_word(&rest);
  if (next_id_.size() != kIdSize || !parse_int64(rest, &next_offset_)) {
    return fail("Master replied with wrong +FULLRESYNC syntax.");
  }
  host_.engine.log().notice("Full resync from master: " + next_id_ + ":" +
                            int64_text(next_offset_));
  state_ = State::kDataHead;
}

void Link::on_continue(std::string_view line) {
  Log& log = host_.engine.log();
  std::string_view rest = line;
  first_word(&rest);
  log.notice("Successful partial resynchronization with master.");
  if (rest.size() == kIdSize && rest != host_.tenant.replication_id) {
    host_.stream.go_on_as(std::string(rest));
    log.notice("Master replication ID changed to " + std::string(rest));
  }
  host_.stream.keep_backlog();
  log.notice("MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.");
  come_up(host_.stream.stream_db());
}

// ---- the data -----------------------------------------------------------------------------------

void Link::on_data_head(std::string_view line) {
  if (line.starts_with('-')) {
    return fail("MASTER aborted replication with an error: " + std::string(line.substr(1)));
  }
  data_ = IncomingData();
  if (!data_.announce(line)) {
    return fail("Bad protocol from MASTER, the first byte is not '$' (we received '" +
                std::string(line) + "'), are you sure the host and port are right?");
  }
  const Settings& settings = host_.engine.settings();
  const bool from_socket =
      settings.repl_diskless_load == "swapdb" ||
      (settings.repl_diskless_load == "on-empty-db" && keys_of(host_.tenant) == 0);
  aside_ = settings.repl_diskless_load == "swapdb";
  if (from_socket) tell_clients();
  const bool to_disk = !from_socket && keeps_files(settings);
  if (to_disk && !open_file()) return;
  const std::string target = to_disk ? "to disk" : "to parser";
  host_.engine.log().notice(
      data_.size() == 0 && !data_.whole()
          ? "MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF " + target
          : "MASTER <-> REPLICA sync: receiving " + int64_text(data_.size()) +
                " bytes from master " + target);
  state_ = State::kData;
}

// Redis loads such data as they arrive, so that is what clients are told from here on. They may have
// the old ones meanwhile where these are of the same history.
void Link::tell_clients() {
  const bool same = host_.stream.has_history() && host_.tenant.replication_id == next_id_;
  told_ = aside_ && same ? kLoadingAside : kLoadingData;
  host_.engine.attention |= told_;
}

void Link::take_back_what_was_told() { host_.engine.attention &= ~std::exchange(told_, 0); }

std::string Link::draft_path() const {
  const std::string number =
      std::to_string(process_id()) + std::to_string(host_.engine.mono_us() / 1000);
  return join_path(host_.storage.rdb().directory(), "temp-" + number + ".rdb");
}

// False: it cannot be, and the link is down.
bool Link::open_file() {
  int error = 0;
  const std::string path = draft_path();
  auto file = host_.storage.files().open(path, FileSystem::Mode::kReplace, &error);
  if (!file) {
    fail("Opening the temp file needed for MASTER <-> REPLICA synchronization: " +
         error_text(error));
    return false;
  }
  draft_ = path;
  data_.keep_in(std::move(file));
  return true;
}

// Answers what belongs to the stream already.
std::string_view Link::take_data(std::string_view bytes) {
  const int64_t used = data_.take(bytes);
  if (used < 0) {
    fail("Write error or short write writing to the DB dump file needed for MASTER <-> REPLICA "
         "synchronization: " +
         error_text(static_cast<int>(used)));
    return {};
  }
  if (data_.whole()) on_data_whole();
  return bytes.substr(static_cast<size_t>(used));
}

void Link::on_data_whole() {
  socket_->read_on(false);
  if (!data_.in_file()) return load(nullptr);
  state_ = State::kKeeping;
  keep_file();
}

// As the file of the server: what it would start from.
void Link::keep_file() {
  // That one would be older.
  host_.storage.rdb().stop_save();
  std::shared_ptr<File> file = data_.take_file();
  FileSystem& files = host_.storage.files();
  auto work = [file, &files, from = draft_, to = host_.storage.rdb().path(),
               directory = host_.storage.rdb().directory()] {
    int error = file->sync();
    if (error == 0) error = files.rename(from, to);
    return error == 0 ? files.sync_directory(directory) : error;
  };
  host_.storage.worker().submit(work, [this, alive = alive_, draft = draft_](int error) {
    if (!*alive || draft != draft_) return;
    if (error != 0) {
      return fail("Failed trying to rename the temp DB into " + host_.storage.rdb().path() +
                  " in MASTER <-> REPLICA synchronization: " + error_text(error));
    }
    draft_.clear();
    auto kept = host_.storage.files().open(host_.storage.rdb().path(), FileSystem::Mode::kRead,
                                           &error);
    if (!kept) return fail("Failed to open the data of the master: " + error_text(error));
    load(std::move(kept));
  });
}

// From memory without a file.
void Link::load(std::unique_ptr<File> file) {
  state_ = State::kLoading;
  if (!aside_) {
    // Nobody can go on from here, whatever comes of it; the log begins anew with the new data.
    host_.storage.aof().stop();
    host_.stream.abandon_history();
  }
  load_ = std::make_unique<DataLoad>(
      DataLoad::Host{host_.engine, host_.tenant, host_.storage}, aside_,
      [this](bool ok) { on_loaded(ok); });
  file ? load_->from_file(std::move(file)) : load_->from_memory(data_.take_pieces());
}

void Link::on_loaded(bool ok) {
  Log& log = host_.engine.log();
  if (!ok) {
    return fail("Failed trying to load the MASTER synchronization DB from disk, check server "
                "logs.");
  }
  const int db = load_->result().stream_db;
  if (aside_) {
    host_.storage.aof().stop();
    host_.stream.abandon_history();
    host_.stream.retire(load_->take_former());
  }
  load_.reset();
  take_back_what_was_told();
  data_ = IncomingData();
  host_.stream.begin_history(next_id_, next_offset_);
  log.notice("MASTER <-> REPLICA sync: Finished with success");
  host_.stream.keep_log();
  const std::string early = std::move(early_);
  early_.clear();
  come_up(db);
  if (!early.empty()) take_stream(early);
  if (socket_) socket_->read_on(true);
}

// ---- the stream ---------------------------------------------------------------------------------

void Link::come_up(int db) {
  state_ = State::kUp;
  down_since_mono_us_ = -1;
  last_io_mono_us_ = host_.engine.mono_us();
  session_ = std::make_unique<Session>(host_.engine, Dialect::kRedis,
                                       static_cast<SessionChannel*>(this));
  session_->attention |= kIsMaster;
  session_->authenticate(host_.tenant, host_.tenant.users.nobody_in_particular());
  session_->select(db >= 0 && db < host_.tenant.databases() ? db : 0);
  applier_ = std::make_unique<StreamApplier>(host_.engine, *session_,
                                             static_cast<StreamApplier::Owner&>(*this));
  undurable_.clear();
  durable_ = -1;
  // It waits for that before it sends anything.
  acknowledge();
}

void Link::take_stream(std::string_view bytes) {
  session_->last_active_ms = host_.engine.now_ms();
  session_->bytes_in += bytes.size();
  host_.engine.make_room(host_.tenant);
  std::string error;
  if (applier_->take(bytes, &error)) return;
  host_.engine.log().warning("Protocol error from the master: " + error);
  // What was meant here is not known: it is no place to go on from.
  host_.stream.abandon_history();
  lose("Connection with master lost.");
}

void Link::on_applied(std::string_view bytes) {
  host_.stream.append(bytes);
  if (!host_.storage.aof().enabled()) return;
  const uint64_t logged = host_.tenant.propagation.offset();
  if (undurable_.empty() || undurable_.back().first != logged) undurable_.emplace_back(logged, 0);
  undurable_.back().second = host_.stream.offset();
}

// Up to where the stream would still be there after a crash; -1 without a log.
int64_t Link::durable_offset() {
  if (!host_.storage.aof().enabled()) return -1;
  while (!undurable_.empty() && host_.storage.aof().is_durable(undurable_.front().first)) {
    durable_ = undurable_.front().second;
    undurable_.pop_front();
  }
  return durable_;
}

void Link::acknowledge() {
  if (!knows_offsets_) return;
  const std::string offset = int64_text(host_.stream.offset());
  const int64_t durable = durable_offset();
  if (durable < 0) return say({"REPLCONF", "ACK", offset});
  say({"REPLCONF", "ACK", offset, "FACK", int64_text(durable)});
}

// ---- what others see ----------------------------------------------------------------------------

void Link::fill_in(ReplicationFacts* facts) const {
  const int64_t now_us = host_.engine.mono_us();
  facts->is_master = false;
  facts->master_host = master_host_;
  facts->master_port = master_port_;
  facts->link_up = is_up();
  facts->read_offset = facts->offset;
  if (applier_) facts->read_offset += static_cast<int64_t>(applier_->waiting_bytes());
  switch (state_) {
    case State::kDown: facts->link = "connect"; break;
    case State::kConnecting: facts->link = "connecting"; break;
    case State::kGreeting:
    case State::kIntroducing:
    case State::kAsking: facts->link = "handshake"; break;
    case State::kUp: facts->link = "connected"; break;
    default: facts->link = "sync";
  }
  facts->syncing = facts->link == "sync";
  if (is_up()) facts->last_io_s = (now_us - last_io_mono_us_) / 1000000;
  if (!is_up() && down_since_mono_us_ >= 0) {
    facts->link_down_s = (now_us - down_since_mono_us_) / 1000000;
  }
  if (!facts->syncing) return;
  facts->sync_total_bytes = data_.size();
  facts->sync_read_bytes = data_.received();
  facts->sync_last_io_s = (now_us - last_io_mono_us_) / 1000000;
}

}  // namespace redstart
