#include "engine/subscriptions.h"

#include "engine/session.h"
#include "engine/tenant.h"

namespace redstart {

bool subscribe(Session& session, Hub::Kind kind, std::string_view name) {
  session.set_subscribed(true);
  return session.tenant->hub().subscribe(session.id(), kind, name);
}

bool unsubscribe(Session& session, Hub::Kind kind, std::string_view name) {
  Hub& hub = session.tenant->hub();
  bool was = hub.unsubscribe(session.id(), kind, name);
  session.set_subscribed(hub.listens(session.id()));
  return was;
}

void end_subscriptions(Session& session) {
  session.tenant->hub().forget(session.id());
  session.set_subscribed(false);
}

}  // namespace redstart
