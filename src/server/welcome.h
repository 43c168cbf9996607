// What a person sees at the start: where the server is, and lines to paste.
#pragma once

namespace redstart {

class Log;
struct Settings;
struct Token;

struct WelcomePlaces {
  int resp_port = -1, http_port = -1;
  bool terminal = false;  // plain lines for a person; else lines of the log
};
void welcome(Log& log, const Settings& settings, const Token& token, const WelcomePlaces& places);

}  // namespace redstart
