#include "replication/incoming_data.h"

#include <algorithm>
#include <cstring>

#include "base/numbers.h"

namespace redstart {

namespace {

constexpr size_t kPiece = 64 * 1024;

}  // namespace

bool IncomingData::announce(std::string_view line) {
  constexpr std::string_view kWithMark = "$EOF:";
  if (line.starts_with(kWithMark)) {
    mark_ = line.substr(kWithMark.size());
    return mark_.size() == kMarkSize;
  }
  if (!line.starts_with('$') || !parse_int64(line.substr(1), &size_) || size_ < 0) return false;
  whole_ = size_ == 0;
  return true;
}

int64_t IncomingData::take(std::string_view bytes) {
  if (mark_.empty()) {
    bytes = bytes.substr(0, static_cast<size_t>(
                                std::min<int64_t>(size_ - received_,
                                                  static_cast<int64_t>(bytes.size()))));
    if (const int error = keep(bytes)) return error;
    received_ += static_cast<int64_t>(bytes.size());
    whole_ = received_ == size_;
    return static_cast<int64_t>(bytes.size());
  }
  // The mark may lie across the border.
  const size_t before = tail_.size();
  tail_.append(bytes);
  const size_t at = tail_.find(mark_);
  whole_ = at != tail_.npos;
  const size_t used = whole_ ? at + kMarkSize - before : bytes.size();
  const size_t sure = whole_ ? at : tail_.size() - std::min(tail_.size(), kMarkSize - 1);
  if (const int error = keep(std::string_view(tail_).substr(0, sure))) return error;
  tail_.erase(0, sure);
  received_ += static_cast<int64_t>(used);
  return static_cast<int64_t>(used);
}

int IncomingData::keep(std::string_view bytes) {
  if (file_) return write_all(*file_, bytes);
  while (!bytes.empty()) {
    if (pieces_.empty() || pieces_.back().size() == kPiece) {
      pieces_.emplace_back().reserve(kPiece);
      in_memory_ += kPiece;
    }
    std::string& last = pieces_.back();
    const std::string_view part = bytes.substr(0, kPiece - last.size());
    last.append(part);
    bytes.remove_prefix(part.size());
  }
  return 0;
}

PiecesSource::PiecesSource(std::deque<std::string> pieces) : pieces_(std::move(pieces)) {
  for (const std::string& piece : pieces_) left_ += piece.size();
}

size_t PiecesSource::read(char* to, size_t max) {
  if (pieces_.empty()) return 0;
  const std::string& first = pieces_.front();
  const size_t size = std::min(max, first.size() - done_);
  memcpy(to, first.data() + done_, size);
  done_ += size;
  left_ -= size;
  if (done_ == first.size()) {
    pieces_.pop_front();
    done_ = 0;
  }
  return size;
}

}  // namespace redstart
