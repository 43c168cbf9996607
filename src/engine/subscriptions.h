// What a session is subscribed to: the hub of its tenant keeps the lists, the session the fact.
#pragma once

#include <string_view>

#include "pubsub/hub.h"

namespace redstart {

class Session;

// False: it was, or was not, subscribed already.
bool subscribe(Session& session, Hub::Kind kind, std::string_view name);
bool unsubscribe(Session& session, Hub::Kind kind, std::string_view name);
// RESET, the end of a session.
void end_subscriptions(Session& session);

}  // namespace redstart
