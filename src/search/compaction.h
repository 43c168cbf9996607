// Takes the dead documents out of an index, while it is in use.
//
// When a quarter of all numbers is dead, the living get new numbers in the same order. Documents
// and columns are renumbered at once: that is a copy. The lists of terms, which are most of an
// index, follow one after the other: a term says by its generation which numbers it has, and until
// all have the new ones, cursors translate (contents.h).
#pragma once

#include <cstddef>
#include <string>

#include "search/contents.h"

namespace redstart::search {

class Compaction {
 public:
  explicit Compaction(Contents* contents) : contents_(*contents) {}

  // Begins if there are enough dead documents, and goes on if it has begun, for about so many terms
  // and entries of their lists. True: nothing is left to do.
  bool step(size_t budget);
  // Gives the term the present numbers, so that a document can be added to it.
  void renew(const Dictionary& dictionary, Term* term);

 private:
  bool is_due() const;
  void begin();
  void finish();
  bool renew_some(Dictionary* dictionary, size_t* budget);

  Contents& contents_;
  bool active_ = false;
  size_t field_ = 0;
  std::string from_;  // terms of this field before this one are done
};

}  // namespace redstart::search
