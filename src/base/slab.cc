#include "base/slab.h"

#include <sys/mman.h>

#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/mapping.h"
#include "base/page_warmer.h"
#include "base/poison.h"

namespace redstart {
namespace {

constexpr size_t kRegionBytes = size_t{16} << 20;
constexpr size_t kUnit = size_t{64} << 10;  // a region is handed out in such units
constexpr size_t kUnits = kRegionBytes / kUnit;
// Regions begin at the bounds of huge pages. A heap that has outgrown the first few regions asks for
// such pages in all further ones: with millions of objects most lookups miss the TLB, and with huge
// pages they cost a quarter less. A small heap would only grow by rounding. The system takes long to
// make such a page, so the next one is asked for ahead of its use.
constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kRegionsOfSmallPages = 2;

[[noreturn]] void out_of_memory(size_t n) {
  std::fprintf(stderr, "out of memory: %zu bytes were asked for\n", n);
  std::abort();
}

}  // namespace

// 16 MiB of addresses. A set bit in `free_units` is a unit of 64 KiB nobody uses. The descriptor is
// apart from the memory it describes, so that a region given back costs nothing.
struct Slab::Region {
  Region* next;
  char* memory;
  size_t free_count;
  uint64_t free_units[kUnits / 64];
  bool huge_pages;
  size_t entered;  // bytes up to the end of the last huge page that has been handed out from

  bool has(size_t unit) const { return free_units[unit / 64] >> (unit % 64) & 1; }
  void flip(size_t first, size_t count) {
    for (size_t unit = first; unit < first + count; ++unit) {
      free_units[unit / 64] ^= uint64_t{1} << (unit % 64);
    }
  }

  // Finds `count` free units in a row, aligned to their own number. Returns kUnits if there are
  // none.
  size_t find_free(size_t count) const {
    for (size_t first = 0; first < kUnits; first += count) {
      size_t run = 0;
      while (run < count && has(first + run)) ++run;
      if (run == count) return first;
    }
    return kUnits;
  }
};

// Holes are linked through the first four bytes of each: the offset of the next one, 0 at the end.
struct alignas(64) Slab::Page {
  Page* next;
  Page* previous;
  Region* region;
  uint32_t first_hole;
  uint32_t carved;  // offset of the first byte never handed out
  uint32_t end;     // the offset at which carving ends
  uint32_t live;    // objects in use
  uint32_t object_size;
  uint16_t index;  // the size class
  bool has_room;

  bool full() const { return first_hole == 0 && carved == end; }
};

size_t Slab::class_of(size_t n) {
  if (n <= 128) return n == 0 ? 0 : (n - 1) / 4;
  if (n <= 512) return 32 + (n - 129) / 8;
  if (n <= kLargest) return 80 + (n - 513) / 64;
  return kClasses - 1;
}

size_t Slab::size_of_class(size_t index) {
  if (index < 32) return (index + 1) * 4;
  if (index < 80) return 128 + (index - 31) * 8;
  if (index < kClasses - 1) return 512 + (index - 79) * 64;
  return kBlock;
}

size_t Slab::page_size_of_class(size_t index) { return index < 80 ? kSmallPage : kBigPage; }

size_t Slab::class_size(size_t n) {
  if (n <= kLargest || n == kBlock) return size_of_class(class_of(n));
  return (n + 63) & ~size_t{63};
}

Slab::Slab() = default;

Slab::~Slab() {
  if (spare_ != nullptr) {
    spare_->next = regions_;
    regions_ = spare_;
  }
  warmer_.reset();  // the regions must not go while it is at one
  while (regions_ != nullptr) {
    Region* region = regions_;
    regions_ = region->next;
    unpoison(region->memory, kRegionBytes);
    unmap_aligned(region->memory, kRegionBytes);
    delete region;
  }
}

void* Slab::allocate(size_t n) {
  if (n > kLargest && n != kBlock) [[unlikely]] {
    size_t bytes = class_size(n);
    void* object = std::malloc(bytes);
    if (object == nullptr) out_of_memory(bytes);
    used_bytes_ += bytes;
    held_bytes_ += bytes;
    return object;
  }
  size_t index = class_of(n);
  Page* page = room_[index];
  if (page == nullptr) [[unlikely]]
    page = open_page(index);
  char* object;
  if (page->first_hole != 0) {
    object = reinterpret_cast<char*>(page) + page->first_hole;
    unpoison(object, page->object_size);
    std::memcpy(&page->first_hole, object, sizeof page->first_hole);
  } else {
    object = reinterpret_cast<char*>(page) + page->carved;
    unpoison(object, page->object_size);
    page->carved += page->object_size;
  }
  ++page->live;
  used_bytes_ += page->object_size;
  if (page->full()) [[unlikely]]
    unlink_room(page);
  return object;
}

void Slab::release(void* object, size_t n) {
  if (n > kLargest && n != kBlock) [[unlikely]] {
    size_t bytes = class_size(n);
    used_bytes_ -= bytes;
    held_bytes_ -= bytes;
    std::free(object);
    return;
  }
  size_t page_size = page_size_of_class(class_of(n));
  auto address = reinterpret_cast<uintptr_t>(object);
  auto* page = reinterpret_cast<Page*>(address & ~(page_size - 1));
  assert(page->index == class_of(n) && "released with another size than allocated");
  std::memcpy(object, &page->first_hole, sizeof page->first_hole);
  page->first_hole = static_cast<uint32_t>(address & (page_size - 1));
  poison(object, page->object_size);
  used_bytes_ -= page->object_size;
  --page->live;
  if (!page->has_room) push_room(page);
  if (page->live == 0) [[unlikely]] {
    unlink_room(page);
    close_page(page, page_size);
  }
}

size_t Slab::page_bytes() const {
  size_t bytes = held_bytes_;
  for (Page* page : carving_) {
    if (page != nullptr) bytes -= page->end - page->carved;
  }
  return bytes;
}

Slab::Page* Slab::open_page(size_t index) {
  size_t page_size = page_size_of_class(index);
  Page* page = take_page(page_size);
  size_t size = size_of_class(index);
  size_t objects = (page_size - sizeof(Page)) / size;
  page->first_hole = 0;
  page->carved = sizeof(Page);
  page->end = static_cast<uint32_t>(sizeof(Page) + objects * size);
  page->live = 0;
  page->object_size = static_cast<uint32_t>(size);
  page->index = static_cast<uint16_t>(index);
  page->has_room = false;
  carving_[index] = page;  // every other page of the class is carved to its end
  push_room(page);
  return page;
}

// Takes an empty page or one from the first region that has one. Sets page->region.
Slab::Page* Slab::take_page(size_t page_size) {
  Empties& empties = page_size == kSmallPage ? small_empties_ : big_empties_;
  if (Page* page = empties.first) {
    empties.first = page->next;
    empties.count--;
    return page;
  }
  size_t units = page_size / kUnit;
  Region* region = regions_;
  size_t first = kUnits;
  for (; region != nullptr; region = region->next) {
    if (region->free_count < units) continue;
    first = region->find_free(units);
    if (first != kUnits) break;
  }
  if (region == nullptr) {
    region = add_region();
    first = 0;
  }
  region->flip(first, units);
  region->free_count -= units;
  held_bytes_ += page_size;
  if (region->huge_pages) prepare_behind(region, first);
  auto* page = reinterpret_cast<Page*>(region->memory + first * kUnit);
  unpoison(page, sizeof(Page));
  poison(page + 1, page_size - sizeof(Page));
  page->region = region;
  return page;
}

void Slab::close_page(Page* page, size_t page_size) {
  if (carving_[page->index] == page) carving_[page->index] = nullptr;
  Empties& empties = page_size == kSmallPage ? small_empties_ : big_empties_;
  page->next = empties.first;
  empties.first = page;
  empties.count++;
}

bool Slab::give_back(size_t pages) {
  bool more = give_back_from(&small_empties_, kSmallReserve, kSmallPage, &pages);
  return give_back_from(&big_empties_, kBigReserve, kBigPage, &pages) || more;
}

bool Slab::give_back_from(Empties* empties, size_t keep, size_t page_size, size_t* pages) {
  while (empties->count > keep && *pages > 0) {
    Page* page = empties->first;
    empties->first = page->next;
    empties->count--;
    --*pages;
    Region* region = page->region;
    region->flip((reinterpret_cast<char*>(page) - region->memory) / kUnit, page_size / kUnit);
    region->free_count += page_size / kUnit;
    held_bytes_ -= page_size;
    madvise(page, page_size, MADV_DONTNEED);
  }
  return empties->count > keep;
}

// A wish: a system without huge pages refuses it, and nothing is lost.
void Slab::ask_for_huge_pages(Region* region) {
  if (region->huge_pages) return;
  madvise(region->memory, kRegionBytes, MADV_HUGEPAGE);
  region->huge_pages = true;
}

// The first unit of a huge page is taken: the one behind it will be next.
void Slab::prepare_behind(Region* region, size_t unit) {
  size_t begin = unit * kUnit;
  if (begin < region->entered) return;
  region->entered = begin / kHugePage * kHugePage + kHugePage;
  if (!warmer_) warmer_ = std::make_unique<PageWarmer>(kHugePage);
  if (region->entered < kRegionBytes) return warmer_->warm(region->memory + region->entered);
  if (spare_ == nullptr) spare_ = make_region();
  ask_for_huge_pages(spare_);
  warmer_->warm(spare_->memory);
}

Slab::Region* Slab::make_region() {
  auto* memory = static_cast<char*>(map_aligned(kRegionBytes, kHugePage));
  auto* region = new Region{nullptr, memory, kUnits, {}, false, 0};
  std::memset(region->free_units, 0xff, sizeof region->free_units);
  return region;
}

Slab::Region* Slab::add_region() {
  Region* region = spare_ != nullptr ? spare_ : make_region();
  spare_ = nullptr;
  size_t others = 0;
  for (Region* other = regions_; other != nullptr; other = other->next) ++others;
  if (others >= kRegionsOfSmallPages) ask_for_huge_pages(region);
  region->next = regions_;
  regions_ = region;
  return region;
}

void Slab::push_room(Page* page) {
  Page*& head = room_[page->index];
  page->previous = nullptr;
  page->next = head;
  if (head != nullptr) head->previous = page;
  head = page;
  page->has_room = true;
}

void Slab::unlink_room(Page* page) {
  if (page->previous != nullptr) {
    page->previous->next = page->next;
  } else {
    room_[page->index] = page->next;
  }
  if (page->next != nullptr) page->next->previous = page->previous;
  page->has_room = false;
}

}  // namespace redstart
