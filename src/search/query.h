// A filter, compiled for one index: what Index::compile() makes of JSON text (filter.h has the
// language).
//
// It holds the words of the filter, not places in the index: it stays valid while documents come
// and go, but not longer than the index.
#pragma once

#include <memory>

namespace redstart::search {

struct Clause;  // clause.h

class Query {
 public:
  Query();
  explicit Query(std::unique_ptr<Clause> root);
  Query(Query&&) noexcept;
  Query& operator=(Query&&) noexcept;
  ~Query();

  const Clause* root() const { return root_.get(); }

 private:
  std::unique_ptr<Clause> root_;
};

}  // namespace redstart::search
