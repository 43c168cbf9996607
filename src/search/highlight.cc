#include "search/highlight.h"

#include <algorithm>

#include "search/analysis.h"
#include "search/index.h"

namespace redstart::search {

void highlight(Index& index, FieldNumber field, const std::vector<std::string>& terms,
               std::string_view text, std::string_view pre, std::string_view post,
               std::string* out) {
  Tokens tokens;
  index.analyzer().tokens(text, analysis_of(index.schema().field(field)), &tokens);
  size_t written = 0;
  for (size_t i = 0; i < tokens.size(); i++) {
    if (!std::binary_search(terms.begin(), terms.end(), tokens.term(i))) continue;
    const Tokens::Token& token = tokens[i];
    out->append(text, written, token.begin - written);
    out->append(pre).append(text, token.begin, token.end - token.begin).append(post);
    written = token.end;
  }
  out->append(text, written);
}

}  // namespace redstart::search
