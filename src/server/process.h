// What concerns the process as a whole: a server that is a program of its own does these things, an
// embedded one leaves them to its host.
#pragma once

#include <signal.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace redstart {

class Log;
struct Settings;

// Leaves the terminal: the caller goes on in a child of its own session, without input and output.
void daemonize();

// Makes room for `maxclients` connections. Answers how many there is room for, 0 when there is none
// to speak of; says so in the log when it is less.
int64_t raise_file_limit(int64_t maxclients, Log& log);

bool write_pid_file(const std::string& path, Log& log);

// While it lives, SIGINT ends the process at once and removes `draft`: the loop is at its last
// work, which may take long, and sees no signals. For one at a time.
class Insistence {
 public:
  explicit Insistence(const std::string& draft);
  ~Insistence();
  Insistence(const Insistence&) = delete;
  Insistence& operator=(const Insistence&) = delete;

 private:
  struct sigaction before_;
};

// Who waits to be told that the server is ready ("no", "systemd", "upstart", "auto").
class Supervisor {
 public:
  Supervisor(std::string_view mode, Log& log);
  bool present() const { return present_; }
  // systemd's protocol: "READY=1", "STATUS=...".
  void tell(std::string_view state);

 private:
  std::string socket_path_;
  bool present_ = false;
};

// What `ps` shows. Writes over the memory of main()'s arguments and of the environment, which is
// copied elsewhere first: there is no other way on Linux.
class ProcessTitle {
 public:
  ProcessTitle(int argc, char** argv);
  void set(std::string_view title);
  const std::string& program() const { return program_; }

 private:
  void find_room(int argc, char** argv);
  std::string program_;
  char* begin_ = nullptr;
  size_t room_ = 0;
};

struct TitleWords {
  std::string_view title, listen_address, unix_socket, config_file;
  int port = 0;
};
// "{title} {listen-addr} {server-mode}" with its words filled in; blanks at the ends removed.
std::string expand_title(std::string_view form, const TitleWords& words);

}  // namespace redstart
