#include "engine/propagation.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

class Reader : public LogReader {
 public:
  void on_records(std::string_view bytes) override { got.append(bytes); }
  std::string got;
};

void effect(Propagation& log, int db, std::vector<std::string_view> words) {
  log.add_effect(db, words);
}

TEST(Propagation, EncodesAndSelects) {
  Propagation log;
  Reader reader;
  log.attach(&reader);
  effect(log, 3, {"SET", "k", "v"});
  log.end_unit(true);
  effect(log, 3, {"DEL", "k"});
  log.end_unit(true);
  EXPECT_EQ(reader.got,
            "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"
            "*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n");
  EXPECT_EQ(log.offset(), reader.got.size());
}

TEST(Propagation, WrapsSeveralEffectsAndSelectsWithinTheWrap) {
  Propagation log;
  Reader reader;
  log.attach(&reader);
  effect(log, 0, {"A"});
  effect(log, 1, {"B"});
  log.end_unit(true);
  EXPECT_EQ(reader.got,
            "*1\r\n$5\r\nMULTI\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*1\r\n$1\r\nA\r\n"
            "*2\r\n$6\r\nSELECT\r\n$1\r\n1\r\n*1\r\n$1\r\nB\r\n*1\r\n$4\r\nEXEC\r\n");
  reader.got.clear();
  effect(log, 1, {"C"});
  effect(log, 1, {"D"});
  log.end_unit(false);
  EXPECT_EQ(reader.got, "*1\r\n$1\r\nC\r\n*1\r\n$1\r\nD\r\n");
}

TEST(Propagation, AReaderThatComesLaterGetsItsOwnSelect) {
  Propagation log;
  Reader first, second;
  log.attach(&first);
  effect(log, 0, {"A"});
  log.end_unit(true);
  log.attach(&second);
  effect(log, 0, {"B"});
  log.end_unit(true);
  EXPECT_EQ(second.got, "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*1\r\n$1\r\nB\r\n");
  log.detach(&second);
  effect(log, 0, {"C"});
  log.end_unit(true);
  EXPECT_EQ(second.got.find("C\r\n"), std::string::npos);
}

}  // namespace
}  // namespace redstart
