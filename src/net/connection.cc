#include "net/connection.h"

#include <algorithm>
#include <cstring>

#include "base/ascii.h"
#include "base/big_buf.h"
#include "base/log.h"
#include "engine/client_memory.h"
#include "engine/engine.h"
#include "engine/replication_state.h"
#include "net/loop.h"
#include "net/resp_door.h"

namespace redstart {

namespace {

// A connection that has worked this long into a turn leaves the rest for the next one, so that a
// deep pipeline of slow commands does not keep the others waiting.
constexpr int64_t kTurnBudgetUs = 1000;

}  // namespace

RespConnection::RespConnection(RespDoor& door, StreamHandle io)
    : Stream(door, std::move(io)), session_(door.engine(), Dialect::kRedis, this) {}

RespConnection::~RespConnection() { drop_payloads(); }

RespDoor& RespConnection::door() const { return static_cast<RespDoor&>(door_); }

RespConnection::Extras& RespConnection::need_extras() {
  if (!extras_) extras_ = std::make_unique<Extras>();
  return *extras_;
}

// ---- running what was read ----------------------------------------------------------------------

size_t RespConnection::on_bytes(std::string_view bytes) {
  if (!run_postponed()) return 0;
  size_t used = 0;
  while (!bytes.empty() && !closing() && session_.may_continue()) {
    const RespParser::Limits limits{session_.engine().settings().proto_max_bulk_len,
                                    session_.authenticated};
    const auto result =
        parser_.parse(bytes.substr(used), Dispatcher::kWindow, limits, &door().buffers_->window);
    const Progress progress = run_window();
    if (progress.cut) {
      parser_.forget();
      used += progress.end;
      continue;
    }
    used += parser_.consumed();
    if (closing()) break;
    if (result == RespParser::Result::kError) {
      fail(bytes.substr(used));
      break;
    }
    if (result == RespParser::Result::kNeedMore) {
      read_long_bulk(bytes.substr(used));
      break;
    }
    if (loop().turn_us() > kTurnBudgetUs) {
      continue_later();
      break;
    }
  }
  if (!out_.empty()) flush_soon();
  return closing() ? bytes.size() : used;
}

// Mostly the second word is the key; where it is not, a line is fetched for nothing.
KeyGlance RespConnection::glance(std::string_view bytes) const {
  const std::string_view key = RespParser::second_word(bytes);
  if (key.empty()) return {};
  return {session_.keys, session_.keys->key(key).hash};
}

RespConnection::Progress RespConnection::run_window() {
  RespDoor::Buffers& d = *door().buffers_;
  const size_t count = d.window.commands.size();
  if (count == 0) return {};
  d.calls.clear();
  for (const RespWindow::Command& command : d.window.commands) {
    d.calls.push_back(Call{d.window.args_of(command)});
  }
  const std::span<Call> calls(d.calls.data(), count);
  session_.engine().dispatcher().prepare(session_, calls);
  const Progress progress =
      session_.resp == 3 ? run_calls<Resp3Reply>(calls) : run_calls<Resp2Reply>(calls);
  if (extras_) drop_payloads();
  session_.last_active_ms = last_active_ms();
  return progress;
}

template <class ReplyType>
RespConnection::Progress RespConnection::run_calls(std::span<Call> calls) {
  ReplyType reply(out_);
  Progress progress;
  for (size_t i = 0; i < calls.size(); i++) {
    const Call& call = calls[i];
    if (!call.command && refuse_cross_protocol(call)) return progress;
    const bool done = run_call(call, reply);
    // One that must wait is kept as a copy, so that its bytes are done with in either case.
    if (!done) need_extras().postponed.assign(call.args.begin(), call.args.end());
    progress.end = door().buffers_->window.commands[i].end;
    watch_output();
    session_.hold &= ~kProtocolChanged;
    const bool ends_window = call.command && (call.command->flags & kEndsWindow);
    if (!done || ends_window || session_.resp != protocol_of<ReplyType> || closing() ||
        !session_.may_continue()) {
      progress.cut = true;
      return progress;
    }
  }
  return progress;
}

bool RespConnection::run_call(const Call& call, Reply& reply) {
  if (session_.reply_mode != ReplyMode::kOn) return run_muted(call, reply);
  return session_.engine().dispatcher().run(session_, call, reply);
}

// CLIENT REPLY OFF and SKIP: the answer is written and taken back, unless the command itself has
// just turned answers on again. Pushes stay, and the SUBSCRIBE family answers by pushes.
bool RespConnection::run_muted(const Call& call, Reply& reply) {
  constexpr uint32_t kAnswersByPushes = kPubsub | kNoScript;
  if (session_.reply_mode == ReplyMode::kSkipNext) session_.reply_mode = ReplyMode::kSkipping;
  const bool kept = call.command && (call.command->flags & kAnswersByPushes) == kAnswersByPushes;
  const bool was_empty = out_.empty();
  const OutBuf::Hole before = was_empty ? OutBuf::Hole() : out_.open_hole(0);
  muting_ = true;
  const bool done = session_.engine().dispatcher().run(session_, call, reply);
  muting_ = false;
  if (session_.reply_mode != ReplyMode::kOn && !kept && !closing()) {
    if (was_empty) {
      out_.clear();
    } else {
      out_.cut_at(before);
    }
  }
  if (extras_) send_unmuted();
  // One that waits has its answer still to come: end().
  const bool answered = done && !(session_.hold & kBlocked);
  if (answered && session_.reply_mode == ReplyMode::kSkipping) session_.reply_mode = ReplyMode::kOn;
  return done;
}

void RespConnection::send_unmuted() {
  for (BigBuf* bytes : extras_->unmuted) {
    push(bytes);
    bytes->drop();
  }
  extras_->unmuted.clear();
}

// False when the command that had to wait still has to.
bool RespConnection::run_postponed() {
  if (!extras_ || extras_->postponed.empty() || closing()) return true;
  if (!session_.may_continue()) return false;
  const std::vector<std::string> words = std::move(extras_->postponed);
  extras_->postponed.clear();
  const std::vector<std::string_view> args(words.begin(), words.end());
  Call call{args};
  session_.engine().dispatcher().prepare(session_, {&call, 1});
  const bool done = run_call(call, late_reply());
  session_.hold &= ~kProtocolChanged;  // what follows is parsed anew
  flush_soon();
  watch_output();
  if (!done) need_extras().postponed = words;
  return done;
}

// ---- long bulk strings --------------------------------------------------------------------------

// The bulk string that parsing stopped in is read to a buffer of its own if it is long, so that
// its bytes are not moved each time the rest of the connection grows.
void RespConnection::read_long_bulk(std::string_view unused) {
  const RespParser::LongBulk missing = parser_.missing_bulk();
  if (missing.size == 0) return;
  // What will be too long piles up with the rest until it is: the client may not be cut off while
  // it still sends what it may.
  if (unused_limit() && missing.size + 2 > unused_limit()) return;
  const std::string_view arrived = unused.substr(missing.begin);
  if (arrived.size() >= missing.size) return;
  BigBuf* payload = BigBuf::create(missing.size);
  payload->set_size(missing.size);
  memcpy(payload->data(), arrived.data(), arrived.size());
  need_extras().payloads.push_back(payload);
  loop().count_input_bytes(static_cast<ptrdiff_t>(payload->allocated_bytes()));
  read_straight(payload->data() + arrived.size(), missing.size - arrived.size(), arrived.size());
}

void RespConnection::on_straight_read() { parser_.supply_bulk(extras_->payloads.back()->view()); }

void RespConnection::drop_payloads() {
  if (!extras_) return;
  for (BigBuf* payload : extras_->payloads) {
    loop().count_input_bytes(-static_cast<ptrdiff_t>(payload->allocated_bytes()));
    payload->drop();
  }
  extras_->payloads.clear();
}

// ---- refusing -----------------------------------------------------------------------------------

void RespConnection::fail(std::string_view unused) {
  session_.tenant->stats.count_error("ERR");
  Resp2Reply(out_).error("ERR " + parser_.error());
  Log& log = session_.engine().log();
  if (log.wants(LogLevel::kVerbose)) {
    std::string sample(unused.substr(0, 128));
    for (char& c : sample) c = ascii_print(c) ? c : '.';
    log.verbose(parser_.error() + " from client: " + describe() +
                ". Query buffer during protocol error: '" + sample + "'");
  }
  close_lingering();
}

// A browser that was talked into sending a form to this port: its lines look like inline commands,
// and what follows them might be some.
bool RespConnection::refuse_cross_protocol(const Call& call) {
  if (!equals_fold(call.args[0], "post") && !equals_fold(call.args[0], "host:")) return false;
  Engine& engine = session_.engine();
  const int64_t now_s = engine.now_ms() / 1000;
  if (now_s - door().last_attack_log_s_ >= 60) {
    door().last_attack_log_s_ = now_s;
    engine.log().warning(
        "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: "
        "commands to Redis. This is likely due to an attacker attempting to use Cross Protocol "
        "Scripting to compromise your Redis instance. Connection from " +
        io()->peer_address() + " aborted.");
  }
  close_now();
  return true;
}

OutputLimit RespConnection::output_limit() const {
  const Settings& settings = session_.engine().settings();
  // Who gives a replica its stream watches over that.
  if (session_.attention & kFollowing) return {};
  return session_.subscribed ? settings.output_limit_pubsub : settings.output_limit_normal;
}

void RespConnection::on_output_limit() {
  Engine& engine = session_.engine();
  engine.log().warning("Client " + describe() +
                       " scheduled to be closed ASAP for overcoming of output buffer limits.");
  engine.default_tenant().stats.output_buffer_limit_disconnections++;
  close_now();
}

size_t RespConnection::unused_limit() const {
  return session_.engine().settings().client_query_buffer_limit;
}

void RespConnection::on_unused_limit() {
  Engine& engine = session_.engine();
  engine.default_tenant().stats.query_buffer_limit_disconnections++;
  engine.log().warning("Closing client that reached max query buffer length: " + describe());
  close_now();
}

void RespConnection::on_peer_done(std::string_view reason) {
  Log& log = session_.engine().log();
  if (log.wants(LogLevel::kVerbose)) log.verbose(std::string(reason) + " " + describe());
  close_now();
}

// ---- the session's channel ----------------------------------------------------------------------

Reply& RespConnection::begin() {
  const bool muted =
      session_.reply_mode == ReplyMode::kOff || session_.reply_mode == ReplyMode::kSkipping;
  return muted ? door().late_muted_ : late_reply();
}

Reply& RespConnection::late_reply() {
  if (session_.resp == 3) return door().buffers_->late_resp3.emplace(out_);
  return door().buffers_->late_resp2.emplace(out_);
}

void RespConnection::end() {
  if (session_.reply_mode == ReplyMode::kSkipping && !(session_.hold & kBlocked)) {
    session_.reply_mode = ReplyMode::kOn;
  }
  flush_soon();
  watch_output();
}

void RespConnection::push(BigBuf* bytes) {
  if (closing()) return;
  if (muting_) {
    bytes->hold();
    return need_extras().unmuted.push_back(bytes);
  }
  out_.append_shared(bytes);
  flush_last();
  watch_output();
}

void RespConnection::send(std::string_view bytes) {
  if (closing()) return;
  out_.append(bytes);
  flush_last();
}

// Its share of the stream is for the next turn to give.
void RespConnection::on_drained() {
  if (session_.follower && session_.follower->has_more()) continue_later();
}

void RespConnection::close_after_flush() {
  session_.hold |= kClosing;
  Stream::close_after_flush();
}

void RespConnection::close_now() {
  session_.hold |= kClosing;
  Stream::close_now();
}

void RespConnection::resume() { continue_later(); }

void RespConnection::on_traffic(size_t in, size_t out) {
  Stats& stats = session_.tenant->stats;
  session_.bytes_in += in;
  session_.bytes_out += out;
  stats.bytes_in += in;
  (session_.attention & kFollowing ? stats.stream_bytes_out : stats.bytes_out) += out;
  stats.reads_processed += in > 0;
  stats.writes_processed += out > 0;
}

void RespConnection::on_memory_changed() {
  ClientMemory& clients = session_.engine().client_memory();
  if (!clients.counts() || closing() || (session_.attention & kFollowing)) return;
  clients.note(session_, memory());
}

size_t RespConnection::memory() const {
  size_t bytes = sizeof *this + Stream::memory() + parser_.memory() + session_.memory();
  if (!extras_) return bytes;
  for (const BigBuf* payload : extras_->payloads) bytes += payload->allocated_bytes();
  return bytes;
}

ChannelInfo RespConnection::info() const {
  ChannelInfo info;
  if (!io()) return info;
  info.address = io()->peer_address();
  info.local_address = io()->local_address();
  info.fd = io()->fd();
  info.unix_socket = io()->is_unix_socket();
  info.query_buffer = rest_size();
  // Of a call whose long argument is on its way that argument alone is the query still.
  if (extras_ && !extras_->payloads.empty()) {
    info.query_buffer = extras_->payloads.back()->size() - straight_left();
  }
  info.query_free = rest_capacity() - rest_size();
  // What fits the first chunk is what Redis keeps in its fixed buffer and does not list.
  if (out_.chunks() > 1) {
    info.output_chunks = out_.chunks() - 1;
    info.output_bytes = out_.memory() - ChunkPool::kChunkSize;
  }
  info.total_memory = memory();
  if (session_.attention & kFollowing) {
    // What the stream keeps for it is not told chunk by chunk.
    const size_t waiting = session_.follower->waiting_bytes();
    info.output_chunks += waiting > 0;
    info.output_bytes += waiting;
    info.total_memory += waiting;
  }
  info.events = writing() ? "rw" : "r";
  return info;
}

// The client in a line of the log.
std::string RespConnection::describe() const {
  const ChannelInfo i = info();
  std::string text = "id=" + std::to_string(session_.id()) + " addr=" + i.address +
                     " laddr=" + i.local_address + " fd=" + std::to_string(i.fd) + " name=";
  if (session_.extras) text += session_.extras->name;
  return text + " db=" + std::to_string(session_.db) + " qbuf=" + std::to_string(i.query_buffer) +
         " oll=" + std::to_string(i.output_chunks) + " omem=" + std::to_string(out_.size());
}

}  // namespace redstart
