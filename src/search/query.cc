#include "search/query.h"

#include "search/clause.h"

namespace redstart::search {

Query::Query() = default;
Query::Query(std::unique_ptr<Clause> root) : root_(std::move(root)) {}
Query::Query(Query&&) noexcept = default;
Query& Query::operator=(Query&&) noexcept = default;
Query::~Query() = default;

}  // namespace redstart::search
