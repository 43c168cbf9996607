#include "http/service.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "engine/engine.h"
#include "engine/session.h"
#include "http/pages.h"
#include "http/sse.h"
#include "wire/event_stream.h"
#include "wire/resp2_reply.h"
#include "wire/tree_reply.h"

namespace redstart {

using Method = HttpRequest::Method;

namespace {

char first_byte_behind(const OutBuf& out, const OutBuf::Hole& hole) {
  size_t before = hole.size_before + hole.size;
  char found = 0;
  out.each([&](const char* data, size_t size) {
    if (before < size) {
      found = data[before];
      return false;
    }
    before -= size;
    return true;
  });
  return found;
}

}  // namespace

struct HttpService::Job {
  const HttpRequest& request;
  const Target target;
  Caller& caller;
  OutBuf& out;
  Response response;
  ResponseHead head;
  Format format;

  Dispatcher& dispatcher() const { return caller.session.engine().dispatcher(); }
};

HttpService::HttpService(Engine& engine) : engine_(engine) {}

// ---- answers ------------------------------------------------------------------------------------

HttpService::Next HttpService::answer(const HttpRequest& request, Caller& caller, OutBuf& out) {
  engine_.default_tenant().stats.http_requests++;
  Job job{request, split_target(request.target), caller, out, Response(out), {}, {}};
  job.head.keep_alive = request.keep_alive;
  job.head.origin = request.header(HttpRequest::kOrigin);
  job.head.without_body = request.method == Method::kHead;
  route(job);
  job.head.date = date();
  job.response.finish(job.head);
  if (job.head.streams) return Next::kStream;
  return job.head.keep_alive ? Next::kKeep : Next::kClose;
}

void HttpService::answer_error(HttpStatus status, std::string_view text, OutBuf& out) {
  Response response(out);
  JsonReply(out).error(text);
  ResponseHead head;
  head.status = status;
  head.date = date();
  head.keep_alive = false;
  response.finish(head);
}

void HttpService::fail(Job& job, HttpStatus status, std::string_view text) {
  job.head.status = status;
  JsonReply(job.out).error(text);
}

// Once per second: formatting a date costs more than the rest of the head.
std::string_view HttpService::date() {
  const int64_t now_s = engine_.now_ms() / 1000;
  if (now_s == date_s_) return date_;
  date_s_ = now_s;
  const time_t seconds = now_s;
  tm utc;
  gmtime_r(&seconds, &utc);
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[40];
  const int size = snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d GMT",
                            kDays[utc.tm_wday], utc.tm_mday, kMonths[utc.tm_mon],
                            utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  date_.assign(text, static_cast<size_t>(size));
  return date_;
}

// ---- routes -------------------------------------------------------------------------------------

void HttpService::route(Job& job) {
  const Method method = job.request.method;
  const std::string_view path = job.target.path;
  if (method == Method::kOther) {
    job.head.status = HttpStatus::kMethodNotAllowed;
    job.head.content_type = {};
    return;
  }
  if (method == Method::kOptions) {
    job.head.requested_headers = job.request.header(HttpRequest::kRequestedHeaders);
    job.head.content_type = {};
    return;
  }
  const bool reads = method == Method::kGet || method == Method::kHead;
  if (reads && path == "/health") return job.out.append("{\"status\":\"ok\"}");
  if (reads && path == "/") {
    job.head.content_type = "text/html; charset=utf-8";
    return append_welcome_page(job.out);
  }
  const bool metrics = reads && path == "/metrics";
  if (!(metrics && job.caller.is_local) && !authorize(job)) {
    return fail(job, HttpStatus::kUnauthorized, http_err::kUnauthorized);
  }
  if (metrics) {
    job.head.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return append_metrics(engine_, job.out);
  }

  const bool may_stream = method != Method::kHead &&
                          accepts_events(job.request.header(HttpRequest::kAccept));
  if (const auto wanted = may_stream ? stream_request(job.target) : std::nullopt) {
    return run_stream(job, *wanted);
  }

  job.format = format_of(job.request);
  if (!job.format.error.empty()) return fail(job, HttpStatus::kBadRequest, job.format.error);
  if (path == "/pipeline") {
    run_pipeline(job);
  } else if (path == "/multi-exec") {
    run_transaction(job);
  } else if (path == "/") {
    run_body(job);
  } else {
    run_path(job);
  }
  // Moves with every write, and differs between any two answers.
  job.head.sync_token = job.caller.session.tenant->propagation.sequence() + ++answers_;
}

bool HttpService::authorize(Job& job) {
  std::string_view token = token_of(job.target.query, &token_scratch_);
  if (token.empty()) token = bearer_token(job.request.header(HttpRequest::kAuthorization));
  const Settings& settings = engine_.settings();
  Tenant& tenant = engine_.default_tenant();
  const User* user = user_of_token(
      token, {settings.http_token, settings.http_readonly_token}, tenant.users);
  if (!user) return false;
  Session& session = job.caller.session;
  if (!session.authenticated || session.user != user) session.authenticate(tenant, *user);
  return true;
}

HttpService::Format HttpService::format_of(const HttpRequest& request) {
  Format format;
  const std::string_view encoding = request.header(HttpRequest::kEncoding);
  const std::string_view wanted = request.header(HttpRequest::kFormat);
  const bool base64 = encoding == "base64";
  format.resp2 = wanted == "resp2";
  if (base64) format.strings = JsonReply::Strings::kBase64;
  if (!encoding.empty() && !base64) {
    format.error = http_err::kUnknownEncoding;
  } else if (!wanted.empty() && !format.resp2 && wanted != "json") {
    format.error = http_err::kUnknownFormat;
  } else if (base64 && format.resp2) {
    format.error = http_err::kEncodedResp2;
  }
  return format;
}

// ---- commands -----------------------------------------------------------------------------------

void HttpService::run_body(Job& job) {
  if (!body_.read_command(job.request.body)) {
    return fail(job, HttpStatus::kBadRequest, body_.error());
  }
  run_one(job, body_.args_of(body_.commands()[0]));
}

void HttpService::run_path(Job& job) {
  if (!path_args_.read(job.target, job.request.body)) {
    return fail(job, HttpStatus::kBadRequest, path_args_.error());
  }
  run_one(job, path_args_.args());
}

void HttpService::run_one(Job& job, Args args) {
  const OutBuf::Hole start = job.out.open_hole(0);
  bool failed;
  if (job.format.resp2) {
    job.head.content_type = kBinaryType;
    Resp2Reply reply(job.out);
    job.dispatcher().run(job.caller.session, args, reply);
    failed = reply.errors() > 0 && first_byte_behind(job.out, start) == '-';
  } else {
    JsonReply reply(job.out, job.format.strings);
    job.dispatcher().run(job.caller.session, args, reply);
    failed = reply.failed();
  }
  if (failed) job.head.status = HttpStatus::kBadRequest;
  limit_item(job, start);
}

// What is too long to be sent is replaced by an error.
void HttpService::limit_item(Job& job, const OutBuf::Hole& start) {
  const size_t size = job.out.size_behind(start);
  if (size <= RequestReader::kBodyMax) return;
  job.out.cut_at(start);
  const std::string text = http_err::too_large(RequestReader::kBodyMax, size);
  if (job.target.path != "/pipeline") job.head.status = HttpStatus::kBadRequest;
  if (job.format.resp2) return Resp2Reply(job.out).error(text);
  JsonReply(job.out).error(text);
}

void HttpService::run_pipeline(Job& job) {
  if (!body_.read_commands(job.request.body)) {
    return fail(job, HttpStatus::kBadRequest, body_.error());
  }
  if (job.format.resp2) job.head.content_type = kBinaryType;
  const auto commands = body_.commands();
  if (!job.format.resp2) job.out.append("[");
  for (size_t first = 0; first < commands.size(); first += Dispatcher::kWindow) {
    const auto part =
        commands.subspan(first, std::min(Dispatcher::kWindow, commands.size() - first));
    window_.clear();
    for (const JsonBody::Command& command : part) {
      if (command.error.empty()) window_.push_back(Call{body_.args_of(command)});
    }
    job.dispatcher().prepare(job.caller.session, window_);
    size_t next = 0;
    for (const JsonBody::Command& command : part) {
      if (!job.format.resp2 && (first > 0 || &command != part.data())) job.out.append(",");
      if (command.error.empty()) {
        run_item(job, window_[next++]);
      } else if (job.format.resp2) {
        Resp2Reply(job.out).error(command.error);
      } else {
        JsonReply(job.out).error(command.error);
      }
    }
  }
  if (!job.format.resp2) job.out.append("]");
}

void HttpService::run_item(Job& job, const Call& call) {
  const OutBuf::Hole start = job.out.open_hole(0);
  if (job.format.resp2) {
    Resp2Reply reply(job.out);
    job.dispatcher().run(job.caller.session, call, reply);
  } else {
    JsonReply reply(job.out, job.format.strings);
    job.dispatcher().run(job.caller.session, call, reply);
  }
  limit_item(job, start);
}

// ---- transactions -------------------------------------------------------------------------------

void HttpService::run_transaction(Job& job) {
  if (!body_.read_commands(job.request.body)) {
    return fail(job, HttpStatus::kBadRequest, body_.error());
  }
  for (const JsonBody::Command& command : body_.commands()) {
    if (!command.error.empty()) return fail(job, HttpStatus::kBadRequest, command.error);
  }
  Session& session = job.caller.session;
  Session transaction(engine_, session.dialect, session.channel());
  transaction.authenticate(*session.tenant, *session.user);
  std::string refusal;
  queue_all(job, transaction, &refusal);
  if (!refusal.empty()) return fail(job, HttpStatus::kBadRequest, refusal);

  const OutBuf::Hole start = job.out.open_hole(0);
  JsonReply reply(job.out, job.format.strings, JsonReply::Envelope::kItems);
  // EXEC is the road's own word; over HTTP nobody may say it.
  transaction.attention &= ~kHttpCommand;
  const std::string_view exec[] = {"EXEC"};
  job.dispatcher().run(transaction, exec, reply);
  if (reply.failed()) job.head.status = HttpStatus::kBadRequest;
  limit_item(job, start);
}

// The command itself subscribes the connection's session; from then on the exchange hears.
void HttpService::run_stream(Job& job, const StreamRequest& wanted) {
  if (!wanted.valid) return fail(job, HttpStatus::kBadRequest, http_err::kBadEscape);
  std::string_view call[] = {wanted.command, wanted.name};
  const Args args(call, wanted.name.empty() ? 1 : 2);
  Session& session = job.caller.session;
  TreeReply answer;
  // The command is the road's own word; in a body nobody may say it.
  session.attention &= ~kHttpCommand;
  job.dispatcher().run(session, args, answer);
  session.attention |= kHttpCommand;
  if (answer.errors() > 0) return fail(job, HttpStatus::kBadRequest, answer.tree().text);

  job.head.content_type = "text/event-stream";
  job.head.streams = true;
  job.head.in_chunks = job.request.takes_chunks;
  BigBuf* opened = wanted.command == "monitor"
                       ? encode_event({"\"OK\""})
                       : encode_event({wanted.command, ",", wanted.name, ",1"});
  append_event(job.out, opened, job.head.in_chunks);
  opened->drop();
}

// The first command that cannot be queued refuses the whole.
void HttpService::queue_all(Job& job, Session& transaction, std::string* refusal) {
  const uint32_t over_http = transaction.attention & kHttpCommand;
  transaction.attention &= ~kHttpCommand;
  // A user may have no right to it, and then his calls must not run one by one.
  TreeReply opened;
  const std::string_view multi[] = {"MULTI"};
  job.dispatcher().run(transaction, multi, opened);
  transaction.attention |= over_http;
  if (opened.errors() > 0) {
    *refusal = opened.tree().text;
    return;
  }
  for (const JsonBody::Command& command : body_.commands()) {
    TreeReply queued;
    job.dispatcher().run(transaction, body_.args_of(command), queued);
    if (queued.errors() == 0) continue;
    *refusal = queued.tree().text;
    return;
  }
}

}  // namespace redstart
