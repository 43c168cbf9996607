#include "server/process.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/log.h"
#include "server/files.h"

extern char** environ;

namespace redstart {

namespace {
// Files that are no connections: listeners, logs, the loop's own.
constexpr rlim_t kReservedFiles = 32;
}  // namespace

void daemonize() {
  if (fork() != 0) _exit(0);
  setsid();
  const int null = open("/dev/null", O_RDWR);
  if (null < 0) return;
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, fd);
  if (null > STDERR_FILENO) close(null);
}

int64_t raise_file_limit(int64_t maxclients, Log& log) {
  const rlim_t wanted = static_cast<rlim_t>(maxclients) + kReservedFiles;
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return maxclients;
  const rlim_t before = limit.rlim_cur;
  const rlimit raised{wanted, std::max(wanted, limit.rlim_max)};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) {
    log.notice("Increased maximum number of open files to " + std::to_string(wanted) +
               " (it was originally set to " + std::to_string(before) + ").");
    return maxclients;
  }
  const std::string why = strerror(errno);
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  const rlim_t got = setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
  if (got >= wanted) return maxclients;
  if (got <= kReservedFiles) {
    log.warning("Your current 'ulimit -n' of " + std::to_string(before) +
                " is not enough for the server to start. Please increase your open file limit to "
                "at least " +
                std::to_string(wanted) + ". Exiting.");
    return 0;
  }
  const auto fitting = static_cast<int64_t>(got - kReservedFiles);
  log.warning("You requested maxclients of " + std::to_string(maxclients) + " requiring at least " +
              std::to_string(wanted) + " max file descriptors.");
  log.warning("Server can't set maximum open files to " + std::to_string(wanted) +
              " because of OS error: " + why + ".");
  log.warning("Current maximum open files is " + std::to_string(got) +
              ". maxclients has been reduced to " + std::to_string(fitting) +
              " to compensate for low ulimit. If you need higher maxclients increase 'ulimit -n'.");
  return fitting;
}

namespace {

// A handler may touch little: a name that lies still, and what the system itself answers.
char insisted_draft[4096];

void end_at_once(int /*number*/) {
  constexpr char kSaid[] = "You insist... exiting now.\n";
  if (write(STDERR_FILENO, kSaid, sizeof kSaid - 1) < 0) {
    // Nobody listens.
  }
  unlink(insisted_draft);
  _exit(1);
}

}  // namespace

Insistence::Insistence(const std::string& draft) {
  snprintf(insisted_draft, sizeof insisted_draft, "%s", draft.c_str());
  struct sigaction action = {};
  action.sa_handler = end_at_once;
  sigaction(SIGINT, &action, &before_);
}

Insistence::~Insistence() { sigaction(SIGINT, &before_, nullptr); }

bool write_pid_file(const std::string& path, Log& log) {
  std::string error;
  if (write_file(path, std::to_string(getpid()) + "\n", 0644, Durable::kNo, &error)) return true;
  log.warning("Failed to write PID file: " + error);
  return false;
}

// ---- supervision --------------------------------------------------------------------------------

Supervisor::Supervisor(std::string_view mode, Log& log) {
  const bool any = mode == "auto";
  const char* job = getenv("UPSTART_JOB");
  const char* path = getenv("NOTIFY_SOCKET");
  if (mode == "upstart" || (any && job)) {
    if (!job) {
      log.warning("upstart supervision requested, but UPSTART_JOB not found!");
      return;
    }
    log.notice("supervised by upstart, will stop to signal readiness.");
    present_ = true;
    raise(SIGSTOP);
    return;
  }
  if (mode != "systemd" && !(any && path)) return;
  if (!path) {
    log.warning("systemd supervision error: NOTIFY_SOCKET not found!");
    return;
  }
  socket_path_ = path;
  present_ = true;
  log.notice(
      "Supervised by systemd. Please make sure you set appropriate values for TimeoutStartSec and "
      "TimeoutStopSec in your service unit.");
}

void Supervisor::tell(std::string_view state) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path_.empty() || socket_path_.size() >= sizeof address.sun_path) return;
  memcpy(address.sun_path, socket_path_.data(), socket_path_.size());
  // '@' begins a name in Linux's abstract space.
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_path_.size());
  sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), size);
  close(fd);
}

// ---- the title ----------------------------------------------------------------------------------

ProcessTitle::ProcessTitle(int argc, char** argv) {
  if (argc == 0) return;
  program_ = argv[0];
  find_room(argc, argv);
}

// The kernel lays arguments and environment out in one row.
void ProcessTitle::find_room(int argc, char** argv) {
  char* end = argv[0];
  for (int i = 0; i < argc; i++) {
    if (argv[i] == end) end += strlen(argv[i]) + 1;
  }
  size_t count = 0;
  for (; environ[count]; count++) {
    if (environ[count] == end) end += strlen(environ[count]) + 1;
  }
  // Lives as long as the process does, as the environment must.
  auto** copy = static_cast<char**>(malloc((count + 1) * sizeof(char*)));
  if (!copy) return;
  for (size_t i = 0; i < count; i++) copy[i] = strdup(environ[i]);
  copy[count] = nullptr;
  environ = copy;
  begin_ = argv[0];
  room_ = static_cast<size_t>(end - argv[0]);
}

void ProcessTitle::set(std::string_view title) {
  if (room_ < 2) return;
  const size_t size = std::min(title.size(), room_ - 1);
  memcpy(begin_, title.data(), size);
  memset(begin_ + size, 0, room_ - size);
}

std::string expand_title(std::string_view form, const TitleWords& words) {
  std::string title;
  while (!form.empty()) {
    const size_t open = form.find('{');
    const size_t close = form.find('}', open == form.npos ? 0 : open);
    title.append(form.substr(0, open));
    if (open == form.npos || close == form.npos) break;
    const std::string_view name = form.substr(open + 1, close - open - 1);
    if (name == "title") title.append(words.title);
    if (name == "listen-addr") title.append(words.listen_address);
    if (name == "port") title.append(std::to_string(words.port));
    if (name == "tls-port") title.append("0");
    if (name == "unixsocket") title.append(words.unix_socket);
    if (name == "config-file") title.append(words.config_file);
    form.remove_prefix(close + 1);
  }
  while (!title.empty() && title.back() == ' ') title.pop_back();
  title.erase(0, title.find_first_not_of(' '));
  return title;
}

}  // namespace redstart
