// The REST contract, without sockets: a request in, an answer into an OutBuf.
//
//   POST /            ["SET", "k", "v"]             one command
//   POST /pipeline    [["SET", "k", 1], ["GET"]]    each with an answer of its own
//   POST /multi-exec  the same, as a transaction: all of it or an error
//   any  /set/k/v                                    one command, the body as its last argument
//   any  /subscribe/channel                          a stream of events: sse.h
//   GET  /health /metrics /                          for machines and people
//
// Every command runs in the session of its connection, which is authenticated anew when a request
// brings another token; a transaction has a session of its own that goes with it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/dispatcher.h"
#include "http/auth.h"
#include "http/json_body.h"
#include "http/path_args.h"
#include "http/request_reader.h"
#include "http/response.h"
#include "wire/json_reply.h"

namespace redstart {

class Engine;
class Session;
struct StreamRequest;

class HttpService {
 public:
  explicit HttpService(Engine& engine);

  struct Caller {
    Session& session;
    bool is_local;  // over loopback
  };
  enum class Next : uint8_t { kKeep, kClose, kStream };
  // Appends exactly one response, or the beginning of one that will not end. Answers what becomes
  // of the connection.
  Next answer(const HttpRequest& request, Caller& caller, OutBuf& out);
  // For a request that could not be read; the connection ends with it.
  void answer_error(HttpStatus status, std::string_view text, OutBuf& out);

 private:
  struct Format {
    JsonReply::Strings strings = JsonReply::Strings::kPlain;
    bool resp2 = false;
    std::string_view error;
  };
  struct Job;  // a request, its answer so far

  void route(Job& job);
  bool authorize(Job& job);
  void run_body(Job& job);
  void run_path(Job& job);
  void run_pipeline(Job& job);
  void run_transaction(Job& job);
  void run_stream(Job& job, const StreamRequest& wanted);
  void run_one(Job& job, Args args);
  void run_item(Job& job, const Call& call);
  void queue_all(Job& job, Session& transaction, std::string* refusal);
  void fail(Job& job, HttpStatus status, std::string_view text);
  void limit_item(Job& job, const OutBuf::Hole& start);
  std::string_view date();

  static Format format_of(const HttpRequest& request);

  Engine& engine_;
  JsonBody body_;
  PathArgs path_args_;
  std::vector<Call> window_;
  std::string token_scratch_;
  uint64_t answers_ = 0;
  int64_t date_s_ = -1;
  std::string date_;
};

}  // namespace redstart
