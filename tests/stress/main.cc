// Many clients doing everything at once, cut off at any byte: does the server keep its head?
//
//   redstart_stress [--seconds N] [--seed N] [--clients N]
//
// A server with a RESP door runs turn by turn in this thread; clients are sockets that send random
// commands in pieces of random size and go away in the middle of anything. What the propagation
// log tells is replayed at once into a second engine. At the end
//   - every client that is left must get an answer: nobody is stuck;
//   - the two data sets must be equal;
//   - once all clients have gone, nothing may remember them.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/numbers.h"
#include "base/random.h"
#include "commands/families.h"
#include "engine/blocking.h"
#include "engine/engine.h"
#include "engine/session.h"
#include "engine/session_channel.h"
#include "engine/tracking.h"
#include "engine/transaction.h"
#include "net/loop.h"
#include "net/resp_door.h"
#include "wire/null_reply.h"
#include "wire/resp_parser.h"
#include "wire/tree_reply.h"

namespace redstart {
namespace {

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "FAILED: %s\n", why.c_str());
  std::abort();
}

// ---- what is asked ------------------------------------------------------------------------------

// One kind of call: "%k" stands for a key of the word before the colon, "%v" a value, "%n" a
// number, "%i" a stream id, "%t" a time-out in seconds, "%m" one in ms, "%c" a channel.
constexpr std::string_view kCalls[] = {
    "SET %s %v", "SET %s %v PX %m", "GET %s", "INCR %s", "APPEND %s %v", "DEL %s %l", "MGET %s %s",
    "GETDEL %s", "EXPIRE %l 100", "PEXPIRE %s %m", "PERSIST %s", "SETRANGE %s %n %v", "EXISTS %l",
    "LPUSH %l %v", "RPUSH %l %v %v", "LPOP %l", "RPOP %l 2", "LMOVE %l %l LEFT RIGHT", "LLEN %l",
    "LRANGE %l 0 -1", "LTRIM %l 0 5", "LINSERT %l BEFORE %v %v", "LREM %l 0 %v",
    "BLPOP %l %l %t", "BRPOP %l %t", "BLMOVE %l %l RIGHT LEFT %t", "BRPOPLPUSH %l %l %t",
    "BLMPOP %t 2 %l %l LEFT COUNT 2", "LMPOP 2 %l %l RIGHT", "SADD %a %v %v", "SREM %a %v",
    "SPOP %a", "SMOVE %a %a %v", "SINTERSTORE %a %a %a", "SMEMBERS %a", "ZADD %z %n %v %n %v",
    "ZREM %z %v", "ZINCRBY %z %n %v", "ZPOPMIN %z", "BZPOPMIN %z %z %t", "BZPOPMAX %z %t",
    "BZMPOP %t 1 %z MIN COUNT 2", "ZRANGE %z 0 -1 WITHSCORES", "ZUNIONSTORE %z 2 %z %z",
    "HSET %h %v %v", "HDEL %h %v", "HGETALL %h", "HINCRBY %h n %n", "HPEXPIRE %h %m FIELDS 1 %v",
    "XADD %x * f %v", "XADD %x MAXLEN 5 * f %v", "XTRIM %x MAXLEN 2", "XLEN %x",
    "XRANGE %x - + COUNT 3", "XREAD COUNT 2 STREAMS %x 0", "XREAD BLOCK %m STREAMS %x %x $ $",
    "XGROUP CREATE %x g $ MKSTREAM", "XGROUP DESTROY %x g", "XREADGROUP GROUP g me STREAMS %x >",
    "XREADGROUP GROUP g %v BLOCK %m STREAMS %x >", "XACK %x g 1-1", "XINFO STREAM %x",
    "RENAME %l %l", "RENAME %z %l", "COPY %l %l REPLACE", "SORT %l ALPHA STORE %l", "SWAPDB 0 1",
    "SELECT 0", "SELECT 1", "MOVE %l 1", "FLUSHDB", "UNLINK %x", "TYPE %l", "SCAN 0", "RANDOMKEY",
    "DBSIZE", "OBJECT ENCODING %l", "WATCH %s %l", "WATCH %z", "UNWATCH", "MULTI", "EXEC", "EXEC",
    "DISCARD", "SUBSCRIBE %c %c", "UNSUBSCRIBE %c", "UNSUBSCRIBE", "PSUBSCRIBE %c*",
    "PUNSUBSCRIBE", "SSUBSCRIBE %c", "SUNSUBSCRIBE", "PUBLISH %c %v", "SPUBLISH %c %v",
    "PUBSUB CHANNELS", "MONITOR", "RESET", "HELLO 3", "HELLO 2", "PING", "ECHO %v", "CLIENT ID",
    "CLIENT TRACKING ON", "CLIENT TRACKING ON BCAST", "CLIENT TRACKING ON BCAST PREFIX l",
    "CLIENT TRACKING ON OPTIN", "CLIENT TRACKING ON NOLOOP", "CLIENT TRACKING ON REDIRECT %d",
    "CLIENT TRACKING OFF", "CLIENT CACHING YES", "CLIENT TRACKINGINFO", "CLIENT LIST",
    "CLIENT UNBLOCK %d", "CLIENT UNBLOCK %d ERROR", "CLIENT KILL ID %d", "CLIENT NO-EVICT ON",
    "CLIENT PAUSE 2 WRITE", "CLIENT PAUSE 1", "CLIENT UNPAUSE", "CLIENT REPLY SKIP",
    "CLIENT REPLY OFF", "CLIENT REPLY ON", "CLIENT NO-TOUCH ON", "INFO", "WAIT 0 1", "WAIT 1 2",
    "EVAL return(redis.call('lpush',KEYS[1],ARGV[1])) 1 %l %v",
    "EVAL return(redis.call('blpop',KEYS[1],0)) 1 %l",
    "EVAL return{redis.call('set',KEYS[1],1),redis.call('incr',KEYS[1])} 1 %s", "NOSUCH %v",
    "LPUSH %s %v", "QUIT",
};

class Speaker {
 public:
  explicit Speaker(Random& random) : random_(random) {}

  // A random call as RESP, now and then inline or broken.
  std::string next(uint64_t newest_client) {
    std::string_view pattern = kCalls[random_.below(std::size(kCalls))];
    // What ends many clients at once would leave little else.
    const bool drastic = pattern == "FLUSHDB" || pattern == "QUIT" || pattern == "MONITOR" ||
                         pattern.starts_with("CLIENT KILL") || pattern == "CLIENT REPLY OFF";
    if (drastic && random_.below(5) != 0) return next(newest_client);
    std::vector<std::string> words;
    while (!pattern.empty()) {
      const size_t end = std::min(pattern.find(' '), pattern.size());
      words.push_back(filled(pattern.substr(0, end), newest_client));
      pattern.remove_prefix(std::min(end + 1, pattern.size()));
    }
    return encode(words);
  }

  static std::string encode(const std::vector<std::string>& words) {
    std::string out = "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string& word : words) {
      out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    }
    return out;
  }

 private:
  std::string number(uint64_t bound) { return std::to_string(random_.below(bound)); }

  std::string filled(std::string_view word, uint64_t newest_client) {
    if (word.size() < 2 || word[0] != '%') return std::string(word);
    std::string rest(word.substr(2));
    switch (word[1]) {
      case 'v': return random_.below(50) ? number(20) : std::string(random_.below(3000), 'v');
      case 'n': return number(100);
      case 'm': return number(8) + rest;
      case 't': return "0.00" + number(10);
      case 'd': return std::to_string(newest_client - std::min(newest_client, random_.below(40)));
      case 'c': return "channel" + number(3) + rest;
      default: return std::string(1, word[1]) + number(4);
    }
  }

  Random& random_;
};

// ---- clients ------------------------------------------------------------------------------------

class Client {
 public:
  explicit Client(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      fail(std::string("connect: ") + std::strerror(errno));
    }
    fcntl(fd_, F_SETFL, O_NONBLOCK);
  }
  ~Client() { close(fd_); }
  Client(const Client&) = delete;

  void say(std::string_view bytes) { unsent_.append(bytes); }
  bool all_said() const { return unsent_.empty(); }

  // At most `most` bytes. False: the server has closed.
  bool send_some(size_t most) {
    const size_t size = std::min(most, unsent_.size());
    if (size == 0) return true;
    const ssize_t sent = ::send(fd_, unsent_.data(), size, MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN;
    unsent_.erase(0, static_cast<size_t>(sent));
    return true;
  }
  // False: the server has closed.
  bool receive(std::string* heard = nullptr) {
    char block[16 * 1024];
    while (true) {
      const ssize_t got = recv(fd_, block, sizeof block, 0);
      if (got < 0) return errno == EAGAIN;
      if (got == 0) return false;
      if (heard) heard->append(block, static_cast<size_t>(got));
    }
  }

 private:
  int fd_;
  std::string unsent_;
};

// ---- the replay ---------------------------------------------------------------------------------

// Does what the log says, as it says it.
class Follower final : public LogReader {
 public:
  explicit Follower(Engine& engine) : engine_(engine), session_(engine, Dialect::kRedis, nullptr) {
    // Only the log says that a key has expired.
    engine.keyspace_shared().loading = true;
  }

  void on_records(std::string_view bytes) override {
    engine_.refresh_time();
    while (!bytes.empty()) {
      const auto result = parser_.parse(bytes, Dispatcher::kWindow, {}, &window_);
      for (const RespWindow::Command& command : window_.commands) {
        TreeReply reply;
        engine_.dispatcher().run(session_, window_.args_of(command), reply);
        remember(window_.args_of(command));
        if (reply.errors() > 0) give_up(reply.tree().text);
        records_++;
      }
      if (result == RespParser::Result::kError) fail("the log is malformed");
      if (parser_.consumed() == 0) fail("the log has half a record");
      bytes.remove_prefix(parser_.consumed());
    }
  }
  uint64_t records() const { return records_; }

 private:
  void remember(Args args) {
    std::string line;
    for (std::string_view word : args) line.append(word.substr(0, 40)).append(" ");
    recent_.push_back(std::move(line));
    if (recent_.size() > 40) recent_.pop_front();
  }
  [[noreturn]] void give_up(const std::string& error) {
    for (const std::string& line : recent_) std::fprintf(stderr, "  %s\n", line.c_str());
    fail("the log cannot be replayed: " + error);
  }

  Engine& engine_;
  std::deque<std::string> recent_;  // what was replayed last
  Session session_;
  RespParser parser_;
  RespWindow window_;
  uint64_t records_ = 0;
};

// ---- the whole ----------------------------------------------------------------------------------

struct Options {
  int seconds = 10;
  uint64_t seed = 0;
  size_t clients = 60;
};

Settings settings_of_server() {
  Settings settings;
  settings.enable_debug_command = "yes";
  settings.maxclients = 1000;
  return settings;
}

class Stress {
 public:
  explicit Stress(const Options& options) : options_(options), random_(options.seed) {
    log_.set_level(LogLevel::kNothing);
    for (Engine* engine : {&engine_, &twin_}) add_all_commands(*engine);
    engine_.default_tenant().propagation.attach(&follower_);
    std::string error;
    if (!door_.listen_tcp({"127.0.0.1", Door::kAnyPort}, &error)) fail(error);
  }
  ~Stress() { engine_.default_tenant().propagation.detach(&follower_); }

  void run() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(options_.seconds);
    while (std::chrono::steady_clock::now() < end) {
      for (int i = 0; i < 200; i++) step();
      if (++rounds_ % 50 == 0) compare();
    }
    everybody_is_answered();
    compare();
    clients_.clear();
    turns(20);
    nothing_is_remembered();
    std::printf("%llu commands, %llu records of the log, %llu connections: all is well\n",
                static_cast<unsigned long long>(engine_.default_tenant().stats.total_commands),
                static_cast<unsigned long long>(follower_.records()),
                static_cast<unsigned long long>(connections_));
  }

 private:
  void turns(int count) {
    for (int i = 0; i < count; i++) {
      clock_.advance_ms(static_cast<int64_t>(random_.below(3)));
      loop_.turn(0);
    }
  }

  void connect() {
    clients_.push_back(std::make_unique<Client>(door_.port()));
    connections_++;
  }

  void step() {
    while (clients_.size() < options_.clients) connect();
    for (int i = 0; i < 8; i++) {
      const size_t at = random_.below(clients_.size());
      Client& client = *clients_[at];
      if (client.all_said()) {
        for (uint64_t n = 1 + random_.below(4); n > 0; n--) client.say(speaker_.next(connections_));
      }
      const size_t piece = random_.below(4) ? 100000 : 1 + random_.below(20);
      const bool open = client.send_some(piece) && client.receive();
      if (!open || random_.below(300) == 0) clients_.erase(clients_.begin() + at);
    }
    turns(1);
  }

  // Both data sets by their digest, with nothing expired on its way.
  void compare() {
    engine_.unpause_clients();  // else the question itself would wait
    engine_.refresh_time();
    twin_.refresh_time();
    twin_.keyspace_shared().loading = false;
    const std::string here = digest(engine_), there = digest(twin_);
    twin_.keyspace_shared().loading = true;
    if (here != there) fail("the replay of the log differs: " + here + " and " + there);
  }

  std::string digest(Engine& engine) {
    Session session(engine, Dialect::kRedis, nullptr);
    TreeReply reply;
    const std::string_view words[] = {"DEBUG", "DIGEST"};
    engine.dispatcher().run(session, words, reply);
    return reply.tree().text;
  }

  void everybody_is_answered() {
    std::vector<std::string> heard(clients_.size());
    std::vector<bool> gone(clients_.size());
    const std::string nonce = "still-here-" + std::to_string(options_.seed);
    for (auto& client : clients_) {
      client->say(Speaker::encode({"RESET"}));
      client->say(Speaker::encode({"CLIENT", "REPLY", "ON"}));
      client->say(Speaker::encode({"ECHO", nonce}));
    }
    // Counted in time and not in rounds: on a busy machine the kernel lets bytes lie for a while.
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < patience) {
      size_t waiting = 0;
      for (size_t i = 0; i < clients_.size(); i++) {
        if (gone[i] || heard[i].find(nonce) != std::string::npos) continue;
        waiting++;
        gone[i] = !clients_[i]->send_some(100000) || !clients_[i]->receive(&heard[i]);
      }
      if (waiting == 0) return;
      engine_.unpause_clients();
      for (Session& session : engine_.sessions()) {
        engine_.blocking().end_wait(session, Blocking::Ending::kTimeout);
      }
      turns(2);
    }
    for (size_t i = 0; i < clients_.size(); i++) {
      if (gone[i] || heard[i].find(nonce) != std::string::npos) continue;
      for (const Session& session : engine_.sessions()) {
        if (session.hold == 0 && session.channel()->info().query_buffer == 0) continue;
        std::fprintf(stderr, "session %llu: hold %d, %zu bytes unread, last command %s\n",
                     static_cast<unsigned long long>(session.id()), session.hold,
                     session.channel()->info().query_buffer,
                     session.last_command ? session.last_command->full_name.c_str() : "none");
      }
      fail("a client is stuck; it heard last: " +
           heard[i].substr(heard[i].size() - std::min<size_t>(200, heard[i].size())));
    }
  }

  void nothing_is_remembered() {
    if (engine_.session_count() != 0) fail("sessions are left");
    if (engine_.blocking().keys_waited_for() != 0) fail("keys are waited for by nobody");
    if (engine_.blocking().waiting_with_deadline() != 0) fail("deadlines are left");
    if (!engine_.watches().empty()) fail("watches are left");
    if (engine_.tracking().sessions() != 0) fail("trackers are left");
    if (engine_.tracking().prefixes() != 0) fail("prefixes are left");
  }

  Options options_;
  Random random_;
  ManualClock clock_;
  Log log_;
  Engine engine_{{.clock = &clock_, .log = &log_, .seed = 1, .settings = settings_of_server()}};
  Engine twin_{{.clock = &clock_, .log = &log_, .seed = 1, .settings = settings_of_server()}};
  Follower follower_{twin_};
  Loop loop_{engine_};
  RespDoor door_{loop_};
  Speaker speaker_{random_};
  std::vector<std::unique_ptr<Client>> clients_;
  uint64_t connections_ = 0;
  uint64_t rounds_ = 0;
};

}  // namespace
}  // namespace redstart

int main(int argc, char** argv) {
  redstart::Options options;
  options.seed = redstart::secure_seed();
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--seconds") options.seconds = static_cast<int>(value);
    if (name == "--seed") options.seed = value;
    if (name == "--clients") options.clients = value;
  }
  std::printf("seed %llu\n", static_cast<unsigned long long>(options.seed));
  std::fflush(stdout);
  redstart::Stress(options).run();
}
