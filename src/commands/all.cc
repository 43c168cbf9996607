#include "commands/families.h"
#include "engine/engine.h"

namespace redstart {

void add_all_commands(Engine& engine) {
  engine.add_commands(string_commands());
  engine.add_commands(string_set_commands());
  engine.add_commands(string_number_commands());
  engine.add_commands(string_lcs_commands());
  engine.add_commands(bitmap_commands());
  engine.add_commands(bitfield_commands());
  engine.add_commands(list_commands());
  engine.add_commands(list_move_commands());
  engine.add_commands(hyperloglog_commands());
  engine.add_commands(sort_commands());
  engine.add_commands(stream_commands());
  engine.add_commands(stream_read_commands());
  engine.add_commands(stream_group_commands());
  engine.add_commands(stream_claim_commands());
  engine.add_commands(stream_info_commands());
  engine.add_commands(keys_commands());
  engine.add_commands(expire_commands());
  engine.add_commands(scan_commands());
  engine.add_commands(object_commands());
  engine.add_commands(transaction_commands());
  engine.add_commands(wait_commands());
  engine.add_commands(hash_commands());
  engine.add_commands(hash_walk_commands());
  engine.add_commands(hash_expire_commands());
  engine.add_commands(hash_expire_value_commands());
  engine.add_commands(set_commands());
  engine.add_commands(set_random_commands());
  engine.add_commands(set_algebra_commands());
  engine.add_commands(connection_commands());
  engine.add_commands(client_commands());
  engine.add_commands(server_commands());
  engine.add_commands(config_commands());
  engine.add_commands(info_commands());
  engine.add_commands(command_commands());
  engine.add_commands(acl_commands());
  engine.add_commands(slowlog_commands());
  engine.add_commands(latency_commands());
  engine.add_commands(memory_commands());
  engine.add_commands(debug_commands());
  engine.add_commands(cluster_commands());
  engine.add_commands(pubsub_commands());
  engine.add_commands(monitor_commands());
  engine.add_commands(zset_commands());
  engine.add_commands(zset_range_commands());
  engine.add_commands(zset_pop_commands());
  engine.add_commands(zset_algebra_commands());
  engine.add_commands(geo_commands());
  engine.add_commands(geo_search_commands());
  engine.add_commands(json_commands());
  engine.add_commands(json_value_commands());
  engine.add_commands(json_array_commands());
  engine.add_commands(array_commands());
  engine.add_commands(array_range_commands());
  engine.add_commands(array_grep_commands());
  engine.add_commands(search_commands());
  engine.add_commands(search_query_commands());
  engine.add_commands(vector_commands());
}

}  // namespace redstart
