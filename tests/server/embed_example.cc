// Two servers in one program: how a host embeds them. Ends with 0 when all went as it says.

#include <cstdio>
#include <string>

#include "redstart/redstart.h"

namespace {

bool check(bool ok, const char* what) {
  if (!ok) fprintf(stderr, "failed: %s\n", what);
  return ok;
}

}  // namespace

int main() {
  using redstart::Options;
  using redstart::Server;
  using redstart::Value;

  std::string error;
  auto red = Server::start({.resp_port = 0, .http_port = 0, .config = "databases 4"}, &error);
  auto blue = Server::start({.resp_port = 0, .http_port = 0, .token = "secret"}, &error);
  if (!red || !blue) {
    fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  printf("red listens on %d, blue on %d\n", red->resp_port(), blue->resp_port());

  bool ok = check(red->resp_port() > 0 && red->resp_port() != blue->resp_port(), "ports");
  ok &= check(red->execute({"SET", "color", "red"}).str() == "OK", "SET");
  ok &= check(blue->execute({"GET", "color"}).is_null(), "servers share nothing");

  blue->execute({"MSET", "a", "1", "b", "2"});
  const Value both = blue->execute({"MGET", "a", "b", "c"});
  ok &= check(both.items().size() == 3 && both.items()[1].str() == "2" && both.items()[2].is_null(),
              "MGET");
  ok &= check(red->execute({"INCR", "color"}).is_error(), "an error is a value, too");

  // A port that is taken is an answer, not an exception.
  Options taken;
  taken.resp_port = red->resp_port();
  taken.http_port = -1;
  ok &= check(!Server::start(taken, &error) && !error.empty(), "a taken port");

  red->stop();
  ok &= check(red->execute({"PING"}).is_error(), "a stopped server says so");
  return ok ? 0 : 1;  // blue stops in its destructor
}
