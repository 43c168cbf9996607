// Memory for small objects, without a header per object.
//
// Goal: a million entries of 36 bytes cost 36 MB, and what is given back leaves the process.
//
//   region (16 MiB of addresses)      page (64 KiB, aligned to its size)
//   +------+------+------+----        +--------+-----+-----+-----+-----+---------------+
//   | page | page | free | ...        | header | obj | obj | hole| obj | not yet carved|
//   +------+------+------+----        +--------+-----+-----+-----+-----+---------------+
//
// Every page holds objects of one size class. Classes step by 4 bytes up to 128, by 8 up to 512 and
// by 64 up to 4 KiB (those in pages of 256 KiB); 12 KiB is a class of its own, because hash tables
// cut their segments from such blocks. Other sizes above 4 KiB come from malloc and are counted
// here. The caller tells the size again when it releases, so an object needs no header: size gives
// the class, class gives the page size, and masking the pointer gives the page.
//
// Invariants
//  1. A class lists its pages with room, and only those: a full page costs nothing to skip.
//  2. A page is carved from its front to its end, holes are reused before that, and a new page is
//     opened only when no page has room. So at most one page per class is not carved to its end,
//     and resident memory grows with use.
//  3. A page that just got its first hole goes to the head of its list: full pages are refilled
//     first, sparse ones get the time to become empty.
//  4. An empty page waits to be used again or given back. Giving back costs a system call each, and
//     after a flush nearly all pages become empty within moments: so it is done by give_back(), in
//     slices. (The addresses stay, so that it never multiplies the mappings of the process.)
//
// Cost: a few nanoseconds per call, no locks: one thread uses a Slab. 64 bytes of header per page.
// Alignment: 4 bytes up to 128, 8 up to 512, 64 above; a class that is a multiple of 64 has its
// objects aligned to 64. (malloc's own alignment above 4 KiB.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace redstart {

class PageWarmer;

class Slab {
 public:
  static constexpr size_t kLargest = 4096;  // above: malloc, kBlock excepted
  static constexpr size_t kBlock = 12288;

  Slab();
  // Gives every page back, and with them every object that was not released.
  // REQUIRES: objects above kLargest have been released (malloc holds those).
  ~Slab();
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  // Never returns nullptr: the process ends when the system has no memory left.
  void* allocate(size_t n);
  // REQUIRES: `object` came from allocate(n) or from allocate of any size of the same class.
  void release(void* object, size_t n);

  // The bytes that an object of size n takes. An object may change its size within its class.
  static size_t class_size(size_t n);

  // Bytes of all living objects, each counted by its class. Exact.
  size_t used_bytes() const { return used_bytes_; }
  // Gives up to `pages` empty pages back to the system, a few microseconds each. Answers whether
  // there are more.
  bool give_back(size_t pages);

  // Bytes held from the system: carved pages, empty ones, and what malloc gave.
  size_t page_bytes() const;

 private:
  struct Page;
  struct Region;

  static constexpr size_t kSmallPage = size_t{64} << 10;
  static constexpr size_t kBigPage = size_t{256} << 10;
  static constexpr size_t kClasses = 32 + 48 + 56 + 1;
  // Empty pages that are kept, so that a class whose last object comes and goes calls no system.
  static constexpr size_t kSmallReserve = 4;
  static constexpr size_t kBigReserve = 1;

  struct Empties {
    Page* first = nullptr;
    size_t count = 0;
  };

  static size_t class_of(size_t n);
  static size_t size_of_class(size_t index);
  static size_t page_size_of_class(size_t index);

  Page* open_page(size_t index);
  void close_page(Page* page, size_t page_size);
  bool give_back_from(Empties* empties, size_t keep, size_t page_size, size_t* pages);
  Page* take_page(size_t page_size);
  static Region* make_region();
  static void ask_for_huge_pages(Region* region);
  Region* add_region();
  void prepare_behind(Region* region, size_t unit);
  void push_room(Page* page);
  void unlink_room(Page* page);

  Page* room_[kClasses] = {};     // the pages of each class that have room, best first
  Page* carving_[kClasses] = {};  // the page opened last, if it still lives
  Empties small_empties_;
  Empties big_empties_;
  Region* regions_ = nullptr;
  Region* spare_ = nullptr;  // made ready for add_region()
  std::unique_ptr<PageWarmer> warmer_;  // of a heap with huge pages
  size_t used_bytes_ = 0;
  size_t held_bytes_ = 0;  // pages in use or empty, and malloc's
};

}  // namespace redstart
