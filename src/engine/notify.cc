#include "engine/notify.h"

#include "base/numbers.h"
#include "engine/tenant.h"
#include "pubsub/hub.h"

namespace redstart {

namespace {

struct Letter {
  char letter;
  EventClass cls;
  bool in_all;  // A stands for it
};

constexpr Letter kLetters[] = {
    {'g', EventClass::kGeneric, true}, {'$', EventClass::kString, true},
    {'l', EventClass::kList, true},    {'s', EventClass::kSet, true},
    {'h', EventClass::kHash, true},    {'z', EventClass::kZset, true},
    {'x', EventClass::kExpired, true}, {'e', EventClass::kEvicted, true},
    {'t', EventClass::kStream, true},  {'d', EventClass::kModule, true},
    {'a', EventClass::kArray, true},   {'m', EventClass::kMiss, false},
    {'n', EventClass::kNew, false},
};

bool has(std::string_view letters, char letter) {
  return letters.find(letter) != std::string_view::npos;
}

}  // namespace

void Notifier::choose(std::string_view letters) {
  classes_ = 0;
  for (const Letter& l : kLetters) {
    if (has(letters, l.letter) || (l.in_all && has(letters, 'A'))) {
      classes_ |= static_cast<uint16_t>(l.cls);
    }
  }
  by_key_ = has(letters, 'K');
  by_event_ = has(letters, 'E');
}

void Notifier::on_event(Tenant& tenant, int db, const Event& event, std::string_view key) {
  if (!(classes_ & static_cast<uint16_t>(event.cls))) return;
  if (by_key_) publish(tenant, "__keyspace@", db, key, event.name);
  if (by_event_) publish(tenant, "__keyevent@", db, event.name, key);
}

void Notifier::publish(Tenant& tenant, std::string_view space, int db, std::string_view name,
                       std::string_view payload) {
  char number[kIntTextMax];
  channel_.assign(space);
  channel_.append(number, write_int64(number, db)).append("__:").append(name);
  tenant.hub().publish(channel_, payload);
}

}  // namespace redstart
