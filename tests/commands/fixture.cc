#include "tests/commands/fixture.h"

#include "script/script_commands.h"

#include "base/numbers.h"
#include "persist/persist_commands.h"
#include "replication/replication_commands.h"
#include "wire/resp_inline.h"

namespace redstart {
namespace {

std::string_view take_line(std::string_view* bytes) {
  size_t end = bytes->find("\r\n");
  if (end == std::string_view::npos) {
    ADD_FAILURE() << "a reply without its end: " << *bytes;
    end = bytes->size();
  }
  std::string_view line = bytes->substr(0, end);
  bytes->remove_prefix(std::min(bytes->size(), end + 2));
  return line;
}

std::string_view take_bulk(std::string_view* bytes, int64_t size) {
  std::string_view text = bytes->substr(0, size);
  bytes->remove_prefix(std::min<size_t>(bytes->size(), size + 2));
  return text;
}

std::string show_items(std::string_view* bytes, int64_t count, const char* open, const char* close,
                       bool pairs) {
  std::string out = open;
  for (int64_t i = 0; i < count; i++) {
    if (i) out += ", ";
    out += show_reply(bytes);
    if (pairs) out += ": " + show_reply(bytes);
  }
  return out + close;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (unsigned char c : text) {
    if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
      out.push_back(static_cast<char>(c));
    } else {
      char hex[5];
      snprintf(hex, sizeof hex, "\\x%02x", c);
      out += hex;
    }
  }
  return out + "\"";
}

}  // namespace

std::string collect(const OutBuf& out) {
  std::string bytes;
  out.each([&](const char* data, size_t size) {
    bytes.append(data, size);
    return true;
  });
  return bytes;
}

std::string show_reply(std::string_view* bytes) {
  if (bytes->empty()) return "(nothing)";
  char kind = bytes->front();
  bytes->remove_prefix(1);
  std::string_view line = take_line(bytes);
  int64_t count = 0;
  parse_int64(line, &count);
  switch (kind) {
    case '+': return std::string(line);
    case '-': return "(error) " + std::string(line);
    case ':':
    case ',':
    case '(': return std::string(line);
    case '_': return "nil";
    case '#': return "#" + std::string(line);
    case '$': return count < 0 ? "nil" : quoted(take_bulk(bytes, count));
    case '=': return "=" + std::string(take_bulk(bytes, count));
    case '*': return count < 0 ? "nil" : show_items(bytes, count, "[", "]", false);
    case '~': return show_items(bytes, count, "~[", "]", false);
    case '>': return show_items(bytes, count, ">[", "]", false);
    case '%': return show_items(bytes, count, "{", "}", true);
  }
  return "(unknown kind " + std::string(1, kind) + ")";
}

std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  EXPECT_TRUE(split_inline(line, &words)) << line;
  return words;
}

std::vector<std::vector<std::string>> RecordingLog::take() {
  std::vector<std::vector<std::string>> commands;
  std::string_view left = bytes_;
  while (!left.empty()) {
    left.remove_prefix(1);
    int64_t count = 0;
    parse_int64(take_line(&left), &count);
    commands.emplace_back();
    for (int64_t i = 0; i < count; i++) {
      left.remove_prefix(1);
      int64_t size = 0;
      parse_int64(take_line(&left), &size);
      commands.back().emplace_back(take_bulk(&left, size));
    }
  }
  bytes_.clear();
  return commands;
}

std::string CommandTest::effects() {
  std::string out;
  for (const std::vector<std::string>& command : effect_words()) {
    if (!out.empty()) out += "; ";
    for (size_t i = 0; i < command.size(); i++) out += (i ? " " : "") + command[i];
  }
  return out;
}

TestClient::TestClient(Engine& engine, Dialect dialect)
    : engine_(engine), session_(std::make_unique<Session>(engine, dialect, this)) {}

Reply& TestClient::begin() {
  if (session_->resp == 3) return late_resp3_.emplace(late_);
  return late_resp2_.emplace(late_);
}

std::string TestClient::late() {
  std::string bytes = collect(late_);
  late_.clear();
  std::string_view left = bytes;
  std::string shown = show_reply(&left);
  while (!left.empty()) shown += "\n" + show_reply(&left);
  return shown;
}

std::string TestClient::raw(const std::vector<std::string>& words) {
  std::vector<std::string_view> views(words.begin(), words.end());
  OutBuf out(pool_);
  session_->hold &= ~kProtocolChanged;
  auto answer = [&](Reply& reply) { engine_.dispatcher().run(*session_, Args(views), reply); };
  if (session_->resp == 3) {
    Resp3Reply reply(out);
    answer(reply);
  } else {
    Resp2Reply reply(out);
    answer(reply);
  }
  return collect(out);
}

std::string TestClient::run(const std::vector<std::string>& words) {
  std::string bytes = raw(words);
  std::string_view left = bytes;
  std::string shown = show_reply(&left);
  EXPECT_TRUE(left.empty()) << "more than one reply to " << words[0] << ": " << bytes;
  return shown;
}

std::string TestClient::run(std::string_view line) { return run(split_words(line)); }

Settings CommandTest::test_settings() {
  Settings settings;
  settings.enable_debug_command = "yes";
  return settings;
}

CommandTest::CommandTest(Settings settings, Dialect dialect) {
  quiet_.set_level(LogLevel::kNothing);
  engine_ = std::make_unique<Engine>(
      EngineOptions{.clock = &clock_, .log = &quiet_, .seed = 7, .settings = settings});
  add_all_commands(*engine_);
  add_persist_commands(*engine_);
  add_replication_commands(*engine_);
  add_script_commands(*engine_);
  engine_->default_tenant().propagation.attach(&log_);
  client_ = std::make_unique<TestClient>(*engine_, dialect);
}

CommandTest::~CommandTest() { engine_->default_tenant().propagation.detach(&log_); }

std::unique_ptr<TestClient> CommandTest::connect(Dialect dialect) {
  return std::make_unique<TestClient>(*engine_, dialect);
}

void CommandTest::advance_ms(int64_t ms) {
  clock_.advance_ms(ms);
  engine_->begin_turn();
  while (engine_->end_turn()) {
  }
}

void CommandTest::advance_lazily_ms(int64_t ms) {
  clock_.advance_ms(ms);
  engine_->begin_turn();
}

}  // namespace redstart
