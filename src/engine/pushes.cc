#include "engine/pushes.h"

#include "engine/engine.h"
#include "engine/session_channel.h"

namespace redstart {

Pushes::~Pushes() {
  for (const Held& held : held_) held.bytes->drop();
}

void Pushes::to(Session& session, Push& push) {
  BigBuf* bytes = push.bytes(session.push_form());
  if (!bytes || !session.channel()) return;
  if (&session != running_) return session.channel()->push(bytes);
  bytes->hold();
  held_.push_back({session.id(), bytes});
}

void Pushes::deliver(std::span<const uint64_t> sessions, Push& push) {
  for (uint64_t id : sessions) {
    if (Session* session = engine_.find_session(id)) to(*session, push);
  }
}

void Pushes::release() {
  std::vector<Held> due;
  due.swap(held_);
  for (const Held& held : due) {
    if (Session* session = engine_.find_session(held.session)) session->channel()->push(held.bytes);
    held.bytes->drop();
  }
}

}  // namespace redstart
