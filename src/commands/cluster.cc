// CLUSTER and what clients of a cluster send besides: this server is not part of one. Only
// CLUSTER KEYSLOT answers, since it needs none.
#include "base/crc.h"
#include "commands/families.h"
#include "engine/command_help.h"
#include "engine/context.h"

namespace redstart {
namespace {

void disabled(Context& c) { c.reply.error("ERR This instance has cluster support disabled"); }

void keyslot(Context& c) { c.reply.integer(key_slot(c.arg(2))); }
constexpr CommandSpec kKeyslot = {.name = "keyslot",
                                  .arity = 3,
                                  .flags = kStale,
                                  .group = Group::kCluster,
                                  .args = "key:string",
                                  .summary = "Answers the hash slot of a key.",
                                  .since = "3.0.0",
                                  .complexity = "O(N), N being the bytes of the key",
                                  .run = keyslot};

constexpr std::string_view kVaries = "nondeterministic_output";

constexpr CommandSpec refused(std::string_view name, int arity, uint32_t flags,
                              std::string_view args, std::string_view summary,
                              std::string_view since, std::string_view tips = kVaries) {
  return {.name = name,
          .arity = arity,
          .flags = flags | kStale,
          .group = Group::kCluster,
          .args = args,
          .summary = summary,
          .since = since,
          .complexity = "O(N), N being the nodes",
          .tips = tips,
          .run = disabled};
}
constexpr CommandSpec kInfo =
    refused("info", 2, 0, "", "Answers the state of the cluster.", "3.0.0");
constexpr CommandSpec kNodes =
    refused("nodes", 2, 0, "", "Lists the nodes of the cluster.", "3.0.0");
constexpr CommandSpec kShards = refused("shards", 2, kLoading, "", "Lists the shards.", "7.0.0");
constexpr CommandSpec kLinks =
    refused("links", 2, 0, "", "Lists the links between nodes.", "7.0.0");
constexpr CommandSpec kMyid =
    refused("myid", 2, 0, "", "Answers the id of this node.", "3.0.0", "");
constexpr CommandSpec kMyshardid =
    refused("myshardid", 2, 0, "", "Answers the id of this node's shard.", "7.2.0");
constexpr CommandSpec kCountkeys =
    refused("countkeysinslot", 3, 0, "slot:integer", "Counts the keys of a slot.", "3.0.0", "");
constexpr CommandSpec kGetkeys = refused("getkeysinslot", 4, 0, "slot:integer count:integer",
                                         "Answers keys of a slot.", "3.0.0");
constexpr CommandSpec kMeet =
    refused("meet", -4, kNoAsyncLoading | kAdmin, "ip port:integer [cluster-bus-port:integer]",
            "Introduces another node.", "3.0.0", "");
constexpr CommandSpec kReset = refused("reset", -2, kAdmin | kNoScript, "[HARD|SOFT]",
                                       "Makes the node forget the cluster.", "3.0.0", "");
constexpr CommandSpec kSlots = {.name = "slots",
                                .arity = 2,
                                .flags = kLoading | kStale,
                                .group = Group::kCluster,
                                .summary = "Lists which node serves which slots.",
                                .since = "3.0.0",
                                .complexity = "O(N), N being the nodes",
                                .tips = kVaries,
                                .deprecated = "7.0.0:`CLUSTER SHARDS`",
                                .run = disabled};

constexpr CommandSpec kHelp = help_row(Group::kCluster, "5.0.0");

constexpr const CommandSpec* kSubcommands[] = {
    &kCountkeys, &kGetkeys,   &kHelp,  &kInfo,  &kKeyslot, &kLinks, &kMeet,
    &kMyid,      &kMyshardid, &kNodes, &kReset, &kShards,  &kSlots};

constexpr CommandSpec kCluster = {.name = "cluster",
                                  .arity = -2,
                                  .group = Group::kCluster,
                                  .summary = "The cluster, of which this server is not part.",
                                  .since = "3.0.0",
                                  .complexity = "Depends on the subcommand.",
                                  .subcommands = kSubcommands};

constexpr CommandSpec of_a_client(std::string_view name, uint32_t flags, std::string_view summary) {
  return {.name = name,
          .arity = 1,
          .flags = flags | kFast | kNoHttp,
          .acl = kAclConnection,
          .group = Group::kCluster,
          .summary = summary,
          .since = "3.0.0",
          .run = disabled};
}
constexpr CommandSpec kAsking =
    of_a_client("asking", 0, "Follows an ASK redirection with the next call.");
constexpr CommandSpec kReadonlySpec =
    of_a_client("readonly", kLoading | kStale, "Allows reads from a replica of a cluster.");
constexpr CommandSpec kReadwrite =
    of_a_client("readwrite", kLoading | kStale, "Ends what READONLY began.");

constexpr const CommandSpec* kFamily[] = {&kCluster, &kAsking, &kReadonlySpec, &kReadwrite};

}  // namespace

std::span<const CommandSpec* const> cluster_commands() { return kFamily; }

}  // namespace redstart
