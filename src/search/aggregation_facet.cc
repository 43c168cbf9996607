// $facet: the tree of paths below one.
#include <absl/container/flat_hash_map.h>

#include <algorithm>

#include "search/aggregation_run.h"

namespace redstart::search {

namespace {

class FacetTree {
 public:
  FacetTree(AggregationRun* run, const Aggregation& a) : run_(*run), a_(a) {
    nodes_.emplace_back().path = a.path;
  }

  bool run(Docs docs, Plain* result);

 private:
  using NodeNumber = uint32_t;
  struct Node {
    std::string path = {};
    Bucket bucket = {};
    absl::flat_hash_map<std::string, NodeNumber> children = {};  // by their paths
  };

  const std::vector<NodeNumber>& nodes_of(uint32_t ordinal);
  bool add_children(const Node& node, uint64_t depth, Plain* object);

  AggregationRun& run_;
  const Aggregation& a_;
  std::vector<Node> nodes_;  // the first is the root
  // The nodes that the path of an ordinal goes through, the root apart.
  absl::flat_hash_map<uint32_t, std::vector<NodeNumber>> by_ordinal_;
};

const std::vector<FacetTree::NodeNumber>& FacetTree::nodes_of(uint32_t ordinal) {
  const auto [at, is_new] = by_ordinal_.try_emplace(ordinal);
  std::vector<NodeNumber>& nodes = at->second;
  if (!is_new) return nodes;
  const std::string_view path = run_.index().text(a_.field, ordinal);
  size_t end = a_.path.size();
  if (!path.starts_with(a_.path) || end >= path.size() || path[end] != '/') return nodes;
  NodeNumber node = 0;
  for (uint64_t level = 0; level < a_.depth && end < path.size(); level++) {
    end = std::min(path.find('/', end + 1), path.size());
    const auto next = static_cast<NodeNumber>(nodes_.size());
    std::string step(path.substr(0, end));
    const auto [child, is_first] = nodes_[node].children.try_emplace(step, next);
    node = child->second;
    if (is_first) nodes_.emplace_back().path = std::move(step);
    nodes.push_back(node);
  }
  return nodes;
}

bool FacetTree::add_children(const Node& node, uint64_t depth, Plain* object) {
  std::vector<const Node*> children;
  for (const auto& [path, number] : node.children) {
    const Node& child = nodes_[number];
    if (child.bucket.count >= a_.min_doc_count.value_or(1)) children.push_back(&child);
  }
  const bool by_path = a_.order.by == BucketOrder::By::kKey;
  const bool ascending = a_.order.ascending;
  std::sort(children.begin(), children.end(), [&](const Node* x, const Node* y) {
    if (!by_path && x->bucket.count != y->bucket.count) {
      return ascending == (x->bucket.count < y->bucket.count);
    }
    return !by_path || ascending ? x->path < y->path : y->path < x->path;
  });
  uint64_t other = 0;
  for (; children.size() > a_.size; children.pop_back()) other += children.back()->bucket.count;
  object->add("sumOtherDocCount", Plain::of_natural(other));
  // The last level says nothing of children.
  if (depth > 0 && (depth == a_.depth || children.empty())) return true;
  if (!run_.add_bucket(a_, children.size())) return false;
  Plain all = Plain::of_array();
  for (const Node* child : children) {
    Plain item = Plain::of_object();
    item.add("path", Plain::of_text(child->path));
    item.add("docCount", Plain::of_natural(child->bucket.count));
    if (!add_children(*child, depth + 1, &item)) return false;
    all.items.push_back(std::move(item));
  }
  object->add("children", std::move(all));
  return true;
}

bool FacetTree::run(Docs docs, Plain* result) {
  const Column& column = run_.column(a_);
  for (const DocNumber doc : docs) {
    column.each(doc, [&](uint64_t code) {
      for (const NodeNumber node : nodes_of(static_cast<uint32_t>(code))) {
        nodes_[node].bucket.add(doc, false);
      }
    });
  }
  *result = Plain::of_object();
  result->add("path", Plain::of_text(a_.path.empty() ? "/" : a_.path));
  return add_children(nodes_[0], 0, result);
}

}  // namespace

bool run_facet(AggregationRun* run, const Aggregation& a, Docs docs, Plain* result) {
  return FacetTree(run, a).run(docs, result);
}

}  // namespace redstart::search
