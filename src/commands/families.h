// Every family of commands, each a list at the end of its own file. A new family is declared here
// and added in all.cc: there is no registration behind anyone's back.
#pragma once

#include <span>

#include "engine/command.h"

namespace redstart {

class Engine;

std::span<const CommandSpec* const> string_commands();
std::span<const CommandSpec* const> string_set_commands();
std::span<const CommandSpec* const> string_number_commands();
std::span<const CommandSpec* const> string_lcs_commands();
std::span<const CommandSpec* const> bitmap_commands();
std::span<const CommandSpec* const> bitfield_commands();
std::span<const CommandSpec* const> list_commands();
std::span<const CommandSpec* const> list_move_commands();
std::span<const CommandSpec* const> hyperloglog_commands();
std::span<const CommandSpec* const> sort_commands();
std::span<const CommandSpec* const> stream_commands();
std::span<const CommandSpec* const> stream_read_commands();
std::span<const CommandSpec* const> stream_group_commands();
std::span<const CommandSpec* const> stream_claim_commands();
std::span<const CommandSpec* const> stream_info_commands();
std::span<const CommandSpec* const> keys_commands();
std::span<const CommandSpec* const> expire_commands();
std::span<const CommandSpec* const> scan_commands();
std::span<const CommandSpec* const> object_commands();
std::span<const CommandSpec* const> transaction_commands();
std::span<const CommandSpec* const> wait_commands();
std::span<const CommandSpec* const> hash_commands();
std::span<const CommandSpec* const> hash_walk_commands();
std::span<const CommandSpec* const> hash_expire_commands();
std::span<const CommandSpec* const> hash_expire_value_commands();
std::span<const CommandSpec* const> set_commands();
std::span<const CommandSpec* const> set_random_commands();
std::span<const CommandSpec* const> set_algebra_commands();
std::span<const CommandSpec* const> connection_commands();
std::span<const CommandSpec* const> client_commands();
std::span<const CommandSpec* const> server_commands();
std::span<const CommandSpec* const> config_commands();
std::span<const CommandSpec* const> info_commands();
std::span<const CommandSpec* const> command_commands();
std::span<const CommandSpec* const> acl_commands();
std::span<const CommandSpec* const> slowlog_commands();
std::span<const CommandSpec* const> latency_commands();
std::span<const CommandSpec* const> memory_commands();
std::span<const CommandSpec* const> debug_commands();
std::span<const CommandSpec* const> cluster_commands();
std::span<const CommandSpec* const> pubsub_commands();
std::span<const CommandSpec* const> monitor_commands();
std::span<const CommandSpec* const> zset_commands();
std::span<const CommandSpec* const> zset_range_commands();
std::span<const CommandSpec* const> zset_pop_commands();
std::span<const CommandSpec* const> zset_algebra_commands();
std::span<const CommandSpec* const> geo_commands();
std::span<const CommandSpec* const> geo_search_commands();
std::span<const CommandSpec* const> json_commands();
std::span<const CommandSpec* const> json_value_commands();
std::span<const CommandSpec* const> json_array_commands();
std::span<const CommandSpec* const> array_commands();
std::span<const CommandSpec* const> array_range_commands();
std::span<const CommandSpec* const> array_grep_commands();
std::span<const CommandSpec* const> search_commands();
std::span<const CommandSpec* const> search_query_commands();
std::span<const CommandSpec* const> vector_commands();

// Gives an engine all commands that stand on this floor.
void add_all_commands(Engine& engine);

}  // namespace redstart
