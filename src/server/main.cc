#include <cstdio>

#include "redstart/redstart.h"

int main() {
  redstart::Options options;
  options.own_thread = false;
  options.handle_signals = true;
  options.log_to_stdout = true;
  std::string error;
  auto server = redstart::Server::start(options, &error);
  if (!server) {
    fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  server->run();
  return 0;
}
