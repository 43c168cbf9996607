// BM25 with k1 = 1.2 and b = 0.75, as Tantivy reckons it: rare terms count more, and more often in
// a short field counts more.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "search/columns.h"
#include "search/lengths.h"

namespace redstart::search {

inline constexpr double kK1 = 1.2;
inline constexpr double kB = 0.75;

// How much a term says that `with` of `all` documents have.
double inverse_frequency(size_t with, size_t all);

// What the length of a field takes from a score, by the code of the length.
using LengthNorms = std::array<double, 256>;
std::shared_ptr<const LengthNorms> length_norms(double average_length);

// Turns how often a term is in a document into a score.
class TermWeight {
 public:
  // Of a field that has no lengths: it holds one term.
  explicit TermWeight(double weight = 1) : weight_(weight) {}
  TermWeight(double weight, const Column* lengths, std::shared_ptr<const LengthNorms> norms)
      : weight_(weight), lengths_(lengths), norms_(std::move(norms)) {}

  bool depends_on_document() const { return lengths_ != nullptr; }
  double score(DocNumber doc, double frequency) const {
    if (lengths_ == nullptr) return weight_;
    const double norm = (*norms_)[lengths_->code(doc)];
    return weight_ * (kK1 + 1) * frequency / (frequency + norm);
  }

 private:
  double weight_;
  const Column* lengths_ = nullptr;
  std::shared_ptr<const LengthNorms> norms_;
};

}  // namespace redstart::search
