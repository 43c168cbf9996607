#include "engine/monitor.h"

#include <cstdio>
#include <string>

#include "base/quoted.h"
#include "engine/dispatcher.h"
#include "engine/engine.h"
#include "engine/redact.h"
#include "engine/scripting.h"
#include "engine/session_channel.h"
#include "wire/event_stream.h"

namespace redstart {

namespace {

// The same simple string in both protocols.
class MonitorLine final : public Push {
 public:
  explicit MonitorLine(std::string line) : line_(std::move(line)) {}

 private:
  BigBuf* encode(Form form) const override {
    return form == Form::kEvents ? encode_event({line_}) : BigBuf::copy_of("+" + line_ + "\r\n");
  }
  const std::string line_;
};

}  // namespace

void Monitors::add(Session& session) {
  if (session.attention & kMonitoring) return;
  session.attention |= kMonitoring;
  sessions_.push_back(session.id());
  engine_.attention |= kMonitored;
}

void Monitors::remove(Session& session) {
  session.attention &= ~kMonitoring;
  std::erase(sessions_, session.id());
  if (sessions_.empty()) engine_.attention &= ~kMonitored;
}

// The calls of a script have no address of their own.
std::string Monitors::origin_of(const Session& session) const {
  if (engine_.running_script && &engine_.running_script->caller == &session) return "lua";
  if (!session.channel()) return "?:0";
  const ChannelInfo info = session.channel()->info();
  if (!info.unix_socket) return info.address;
  return "unix:" + info.address.substr(0, info.address.rfind(':'));
}

void Monitors::feed(Session& session, const Call& call) {
  if (call.command->flags & kAdmin) return;
  const int64_t now_us = engine_.clock().wall_us();
  char time[40];
  const int size = snprintf(time, sizeof time, "%lld.%06lld [%d ",
                            static_cast<long long>(now_us / 1000000),
                            static_cast<long long>(now_us % 1000000), session.db);
  std::string line(time, static_cast<size_t>(size));
  line += origin_of(session) + "]";
  for (std::string_view arg : redacted(*call.command, call.args)) {
    line += ' ';
    line += in_quotes(arg);
  }
  MonitorLine push(std::move(line));
  // Those of other tenants see nothing of it.
  for (uint64_t id : sessions_) {
    Session* monitor = engine_.find_session(id);
    if (monitor && monitor->tenant == session.tenant) engine_.pushes().to(*monitor, push);
  }
}

}  // namespace redstart
