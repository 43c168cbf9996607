#include "engine/tenant.h"

#include "engine/engine.h"
#include "engine/function_sources.h"
#include "engine/indexing.h"
#include "engine/scripting.h"
#include "engine/transaction.h"
#include "pubsub/hub.h"

namespace redstart {

Tenant::Tenant(Engine& engine, std::string name, int databases)
    : replication_id(random_hex_id()), functions(std::make_unique<KeptFunctionSources>()),
      engine_(engine), name_(std::move(name)),
      keyspaces_(databases),
      hub_(std::make_unique<Hub>(engine.pushes(), engine.keyspace_shared().hash_seed)) {}

Tenant::~Tenant() = default;

Keyspace& Tenant::keyspace(int db) {
  std::unique_ptr<Keyspace>& keys = keyspaces_[db];
  if (!keys) keys = std::make_unique<Keyspace>(engine_.keyspace_shared(), db);
  return *keys;
}

void Tenant::set_scripting(std::unique_ptr<Scripting> scripting) {
  scripting_ = scripting.get();
  functions = std::move(scripting);
}

void Tenant::swap(int a, int b) {
  if (a == b) return;
  engine_.indexing().swap_contents(keyspace(a), keyspace(b));
  // Keys that were there have been reported; those that are there now changed as well.
  engine_.watches().on_swapped(keyspace(a));
  engine_.watches().on_swapped(keyspace(b));
}

}  // namespace redstart
