// The program: a client of the public header, and what its command line means.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.h"
#include "engine/config_file.h"
#include "redstart/redstart.h"
#include "server/files.h"

namespace {

using namespace std::string_view_literals;

constexpr char kHelp[] =
    R"(Usage: redstart [config-file | -] [--directive value ...]

  redstart                            RESP on port 6379, HTTP on port 8079, loopback only
  redstart redis.conf                 with a configuration in the form of redis.conf
  redstart --port 6380 --dir ./data   with directives, which win over a file's
  redstart -                          reads the configuration from standard input

Directives are those of redis.conf, and:
  --http-port <port>             the REST door's port, 0 closes it (default 8079)
  --http-bind <addresses>        where it listens (default: as bind)
  --http-token <token>           what opens it; without one UPSTASH_REDIS_REST_TOKEN is taken
                                 from the environment, else one is made up and printed, and kept
                                 in `dir` if that is given
  --http-readonly-token <token>  what opens it for reading only
  --rdb-compat <version>         of the snapshots it writes: lowest (default), 10, 11 or 12
  --any-port                     both doors take any free port; the log says which

  -h, --help      this text
  -v, --version   the version
)";

struct Start {
  redstart::Options options;
  std::string error;
};

bool read_standard_input(std::string* text) {
  char block[16 * 1024];
  size_t size;
  while ((size = fread(block, 1, sizeof block, stdin)) > 0) text->append(block, size);
  return !ferror(stdin);
}

bool read_arguments(std::vector<std::string_view> args, Start* start) {
  redstart::Options& options = start->options;
  if (std::erase(args, "--any-port"sv) > 0) options.resp_port = options.http_port = 0;
  const redstart::CommandLine line = redstart::parse_command_line(args);
  if (!line.config_file.empty()) {
    char* path = realpath(line.config_file.c_str(), nullptr);
    options.config_file = path ? path : line.config_file;
    free(path);
    std::string why;
    if (!redstart::read_config_text(options.config_file, &options.config, &why)) {
      start->error = "Fatal error, can't open config file '" + line.config_file + "': " + why;
      return false;
    }
  }
  if (line.read_stdin && !read_standard_input(&options.config)) {
    start->error = "Fatal error, can't read the configuration from standard input";
    return false;
  }
  options.config += "\n" + line.options;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> args(argv + 1, argv + argc);
  if (args.size() == 1 && (args[0] == "-h" || args[0] == "--help")) {
    fputs(kHelp, stdout);
    return 0;
  }
  if (args.size() == 1 && (args[0] == "-v" || args[0] == "--version")) {
    printf("Redstart server v=%s (Redis v=%s) bits=%d\n", redstart::kRedstartVersion.data(),
           redstart::kRedisVersion.data(), static_cast<int>(8 * sizeof(void*)));
    return 0;
  }

  Start start;
  start.options.own_thread = false;
  start.options.whole_process = true;
  start.options.argc = argc;
  start.options.argv = argv;
  std::unique_ptr<redstart::Server> server;
  if (read_arguments(args, &start)) {
    server = redstart::Server::start(start.options, &start.error);
  }
  if (!server) {
    fprintf(stderr, "%s\n", start.error.c_str());
    return 1;
  }
  server->run();
  return 0;
}
