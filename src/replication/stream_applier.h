// Runs the stream of a master: commands out of its bytes, MULTI to EXEC in one piece, nothing of a
// transaction before its end has come.
//
// Whatever the stream says happens: no gates, and no key expires by itself meanwhile, for the
// master's time may be another one, and it says what has expired. Nobody is answered.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/args.h"

namespace redstart {

class Engine;
class Session;

class StreamApplier {
 public:
  // Told of each part of the stream that has been applied as a whole, and of wishes to hear how far
  // that goes.
  class Owner {
   public:
    virtual void on_applied(std::string_view bytes) = 0;
    virtual void on_ack_wanted() = 0;

   protected:
    ~Owner() = default;
  };

  StreamApplier(Engine& engine, Session& session, Owner& owner)
      : engine_(engine), session_(session), owner_(owner) {}

  // The next bytes. False and a reason: this is no stream of commands.
  bool take(std::string_view bytes, std::string* error);
  // What has come and is not applied: part of a command, or of a transaction.
  size_t waiting_bytes() const { return waiting_.size(); }
  size_t memory() const { return waiting_.capacity(); }

 private:
  void run_alone();
  void run_transaction(std::string_view bytes);
  void invoke(Args args);
  void complain(Args args, std::string_view why);

  Engine& engine_;
  Session& session_;
  Owner& owner_;
  std::string waiting_;
  std::vector<std::string_view> args_;
  size_t seen_ = 0;  // of them, as the beginning of a transaction
  bool in_transaction_ = false;
};

}  // namespace redstart
