// $terms: a bucket for each different value.
#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <memory>

#include "base/numbers.h"
#include "core/regex.h"
#include "search/aggregation_run.h"
#include "search/date.h"
#include "search/fx_order.h"

namespace redstart::search {

namespace {

struct TermBucket : Bucket {
  uint64_t code = 0;
  bool is_standin = false;  // of documents without a value, and no value of the field is like it
  std::unique_ptr<Plain> inner = {};  // if the order is by what is inside
  double value = 0;                   // what the order is by
};

// KeyFilter, made ready.
class Keys {
 public:
  explicit Keys(const KeyFilter& filter) : filter_(filter) {
    if (filter.is_pattern) regex_.compile("\\A(?:" + filter.pattern + ")\\z");
  }
  bool has(const std::string& key) const {
    if (filter_.is_pattern) return regex_.search(key);
    return std::binary_search(filter_.keys.begin(), filter_.keys.end(), key);
  }

 private:
  const KeyFilter& filter_;
  Regex regex_;
};

class Terms {
 public:
  Terms(AggregationRun* run, const Aggregation& a, Docs docs)
      : run_(*run),
        a_(a),
        docs_(docs),
        column_(run->column(a)),
        type_(column_.type()),
        is_dense_(type_ == FieldType::kKeyword && docs.size() >= run->index().size() / 16) {}

  bool run(Plain* result);

 private:
  TermBucket& bucket_of(uint64_t code);
  void collect();
  bool add_all_values();
  void add_missing();
  void drop_unwanted();
  bool weigh();
  void keep_best();

  std::string_view text_of(const TermBucket& bucket) const {
    return bucket.is_standin ? std::string_view(a_.missing->text)
                             : run_.index().text(a_.field, static_cast<uint32_t>(bucket.code));
  }
  std::string key_text(const TermBucket& bucket) const;
  Plain key_of(const TermBucket& bucket) const;
  uint64_t hash_of(const TermBucket& bucket) const;
  bool key_less(const TermBucket& a, const TermBucket& b) const;
  // By what the order is by.
  bool comes_before(const TermBucket& a, const TermBucket& b) const {
    return a_.order.ascending ? a.value < b.value : b.value < a.value;
  }

  AggregationRun& run_;
  const Aggregation& a_;
  const Docs docs_;
  const Column& column_;
  const FieldType type_;
  // A table of all ordinals costs as much for few documents as for many.
  const bool is_dense_;
  std::vector<TermBucket> buckets_;
  std::vector<uint32_t> by_ordinal_;                 // is_dense_: the bucket's number and one
  absl::flat_hash_map<uint64_t, uint32_t> by_code_;  // else: the bucket's number
  uint64_t other_docs_ = 0;
};

TermBucket& Terms::bucket_of(uint64_t code) {
  const auto next = static_cast<uint32_t>(buckets_.size());
  uint32_t number;
  if (is_dense_) {
    if (code >= by_ordinal_.size()) by_ordinal_.resize(code + code / 2 + 16);
    if (by_ordinal_[code] == 0) by_ordinal_[code] = next + 1;
    number = by_ordinal_[code] - 1;
  } else {
    number = by_code_.try_emplace(code, next).first->second;
  }
  if (number == next) buckets_.emplace_back().code = code;
  return buckets_[number];
}

void Terms::collect() {
  const bool keeps_docs = !a_.inner.empty();
  for (const DocNumber doc : docs_) {
    column_.each(doc, [&](uint64_t code) { bucket_of(code).add(doc, keeps_docs); });
  }
}

void Terms::add_missing() {
  TermBucket standin;
  standin.is_standin = true;
  for (const DocNumber doc : docs_) {
    if (!column_.has(doc)) standin.add(doc, !a_.inner.empty());
  }
  if (standin.count == 0) return;
  // Like one of the values, or a bucket of its own.
  TermBucket* same = nullptr;
  uint64_t code;
  if (!a_.missing->is_text && code_for(type_, a_.missing->number, &code)) {
    same = &bucket_of(code);
  } else if (a_.missing->is_text && type_ == FieldType::kKeyword) {
    for (TermBucket& bucket : buckets_) {
      if (text_of(bucket) == a_.missing->text) same = &bucket;
    }
  }
  if (same == nullptr) {
    buckets_.push_back(std::move(standin));
    return;
  }
  const auto middle = static_cast<std::ptrdiff_t>(same->docs.size());
  same->count += standin.count;
  same->docs.insert(same->docs.end(), standin.docs.begin(), standin.docs.end());
  std::inplace_merge(same->docs.begin(), same->docs.begin() + middle, same->docs.end());
}

// Also those of no document here, for a minDocCount of 0.
bool Terms::add_all_values() {
  const std::vector<uint64_t>* codes = run_.all_codes(a_);
  if (codes == nullptr) return false;
  for (const uint64_t code : *codes) bucket_of(code);
  return true;
}

void Terms::drop_unwanted() {
  const Keys include(a_.include), exclude(a_.exclude);
  const uint64_t least = a_.min_doc_count.value_or(1);
  std::erase_if(buckets_, [&](const TermBucket& bucket) {
    if (bucket.count < least) return true;
    if (!a_.include.is_set && !a_.exclude.is_set) return false;
    const std::string key = key_text(bucket);
    return (a_.include.is_set && !include.has(key)) || (a_.exclude.is_set && exclude.has(key));
  });
}

// The number of a metric that buckets are ordered by; the smallest if there is none.
double number_of_metric(const Aggregation& metric, const Plain& answer, const std::string& name) {
  const Plain* number = answer.find(name.empty() ? "value" : name);
  if (metric.op == Operator::kPercentiles) {
    double percent = 0;
    parse_double(name, &percent);
    const auto at =
        static_cast<size_t>(std::find(metric.percents.begin(), metric.percents.end(), percent) -
                            metric.percents.begin());
    const Plain& values = *answer.find("values");
    number = metric.keyed ? &values.items[2 * at + 1] : values.items[at].find("value");
  }
  if (number->kind == Plain::Kind::kNull) return std::numeric_limits<double>::lowest();
  return number->kind == Plain::Kind::kInteger ? static_cast<double>(number->integer)
                                               : number->number;
}

// What each bucket is ordered by.
bool Terms::weigh() {
  const BucketOrder& order = a_.order;
  const auto metric =
      std::find_if(a_.inner.begin(), a_.inner.end(),
                   [&order](const Aggregation& inner) { return inner.name == order.metric; });
  for (TermBucket& bucket : buckets_) {
    bucket.value = static_cast<double>(bucket.count);
    if (order.by != BucketOrder::By::kMetric) continue;
    bucket.inner = std::make_unique<Plain>(Plain::of_object());
    if (!run_.all(bucket.docs, a_.inner, bucket.inner.get())) return false;
    bucket.value = number_of_metric(*metric, *bucket.inner->find(order.metric), order.property);
  }
  return true;
}

void Terms::keep_best() {
  const auto by_key = [this](const TermBucket& a, const TermBucket& b) { return key_less(a, b); };
  const auto keep = [this](uint64_t count) {
    while (buckets_.size() > count) {
      other_docs_ += buckets_.back().count;
      buckets_.pop_back();
    }
  };
  if (a_.order.by == BucketOrder::By::kKey) {
    std::sort(buckets_.begin(), buckets_.end(), by_key);
    if (!a_.order.ascending) std::reverse(buckets_.begin(), buckets_.end());
    keep(a_.size);
    return;
  }
  // Ties are settled by fx_order.h among the best, and by keys at the edge of these.
  const uint64_t best = std::max(a_.size, a_.segment_size.value_or(a_.size * 10));
  if (buckets_.size() > best) {
    std::partial_sort(buckets_.begin(), buckets_.begin() + static_cast<std::ptrdiff_t>(best),
                      buckets_.end(), [&](const TermBucket& x, const TermBucket& y) {
                        if (x.value != y.value) return comes_before(x, y);
                        return key_less(x, y);
                      });
    keep(best);
  }
  std::sort(buckets_.begin(), buckets_.end(), by_key);
  std::vector<uint64_t> hashes;
  for (const TermBucket& bucket : buckets_) hashes.push_back(hash_of(bucket));
  std::vector<TermBucket> ordered;
  for (const size_t i : fx_order(hashes)) ordered.push_back(std::move(buckets_[i]));
  std::stable_sort(ordered.begin(), ordered.end(),
                   [this](const TermBucket& a, const TermBucket& b) { return comes_before(a, b); });
  buckets_ = std::move(ordered);
  keep(a_.size);
}

Plain Terms::key_of(const TermBucket& bucket) const {
  if (bucket.is_standin) {
    return a_.missing->is_text ? Plain::of_text(a_.missing->text)
                               : Plain::of_number(a_.missing->number);
  }
  switch (type_) {
    case FieldType::kU64:
      return Plain::of_natural(bucket.code);
    case FieldType::kI64:
      return Plain::of(integer_of(bucket.code));
    case FieldType::kF64:
      return Plain::of_number(number_of(type_, bucket.code));
    case FieldType::kBool:
      return Plain::of(static_cast<int64_t>(bucket.code));
    case FieldType::kDate:
      return Plain::of_text(date_text(integer_of(bucket.code)));
    default:
      return Plain::of_text(text_of(bucket));
  }
}

// What patterns and lists of keys are compared with.
std::string Terms::key_text(const TermBucket& bucket) const {
  if (type_ == FieldType::kBool && !bucket.is_standin) return bucket.code != 0 ? "true" : "false";
  const Plain key = key_of(bucket);
  if (key.kind == Plain::Kind::kText) return key.text;
  return key.kind == Plain::Kind::kInteger ? std::to_string(key.integer) : number_text(key.number);
}

uint64_t Terms::hash_of(const TermBucket& bucket) const {
  if (bucket.is_standin) {
    return a_.missing->is_text ? fx_hash(std::string_view(a_.missing->text))
                               : fx_hash(a_.missing->number);
  }
  switch (type_) {
    case FieldType::kU64:
      return fx_hash(bucket.code);
    case FieldType::kI64:
      return fx_hash(integer_of(bucket.code));
    case FieldType::kF64:
      return fx_hash(number_of(type_, bucket.code));
    case FieldType::kBool:
      return fx_hash(bucket.code != 0);
    default:
      return fx_hash(std::string_view(key_of(bucket).text));
  }
}

bool Terms::key_less(const TermBucket& a, const TermBucket& b) const {
  const bool is_text = type_ == FieldType::kKeyword && (!a_.missing || a_.missing->is_text);
  if (is_text) return text_of(a) < text_of(b);
  if (a.is_standin || b.is_standin) return b.is_standin && !a.is_standin;
  return type_ == FieldType::kKeyword ? text_of(a) < text_of(b) : a.code < b.code;
}

bool Terms::run(Plain* result) {
  collect();
  if (a_.min_doc_count == 0u && !add_all_values()) return false;
  if (a_.missing) add_missing();
  drop_unwanted();
  if (!weigh()) return false;
  keep_best();
  if (!run_.add_bucket(a_, buckets_.size())) return false;
  Plain all = Plain::of_array();
  for (TermBucket& bucket : buckets_) {
    Plain item = Plain::of_object();
    item.add("key", key_of(bucket));
    if (type_ == FieldType::kBool && !bucket.is_standin) {
      item.add("keyAsString", Plain::of_text(key_text(bucket)));
    }
    item.add("docCount", Plain::of_natural(bucket.count));
    if (bucket.inner != nullptr) {
      std::move(bucket.inner->items.begin(), bucket.inner->items.end(),
                std::back_inserter(item.items));
    } else if (!run_.all(bucket.docs, a_.inner, &item)) {
      return false;
    }
    all.items.push_back(std::move(item));
  }
  *result = Plain::of_object();
  result->add("buckets", std::move(all));
  result->add("sumOtherDocCount", Plain::of_natural(other_docs_));
  // All documents of an index are in one place: there is no error.
  if (a_.shows_count_error) result->add("docCountErrorUpperBound", Plain::of(int64_t{0}));
  return true;
}

}  // namespace

bool run_terms(AggregationRun* run, const Aggregation& a, Docs docs, Plain* result) {
  return Terms(run, a, docs).run(result);
}

}  // namespace redstart::search
