// Keyspace notifications: what happens to a key is published to whoever subscribed to the key or to
// the event, in the order in which it happens.
//
//   __keyspace@0__:mykey  set        with K in notify-keyspace-events
//   __keyevent@0__:set    mykey      with E
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/exec_unit.h"

namespace redstart {

class Notifier final : public EventListener {
 public:
  // As notify-keyspace-events has it in its canonical form.
  void choose(std::string_view letters);
  // False: nothing is published, nobody needs to call.
  bool wants_any() const { return classes_ != 0 && (by_key_ || by_event_); }

  void on_event(Tenant& tenant, int db, const Event& event, std::string_view key) override;

 private:
  void publish(Tenant& tenant, std::string_view space, int db, std::string_view name,
               std::string_view payload);

  uint16_t classes_ = 0;  // bits of EventClass
  bool by_key_ = false, by_event_ = false;
  std::string channel_;   // scratch
};

}  // namespace redstart
