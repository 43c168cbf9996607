// The numbers of the RDB format.
#pragma once

#include <cstddef>
#include <cstdint>

namespace redstart::rdb {

inline constexpr int kNewestVersion = 14;
inline constexpr int kOldestWritten = 10;
inline constexpr int kWithConsumerActivity = 11;  // also listpacks of sets
inline constexpr int kWithFieldExpiry = 12;
inline constexpr int kWithArrays = 14;
inline constexpr int kWithChecksum = 5;
inline constexpr int kValkey9 = 80;  // "VALKEY080"
inline constexpr size_t kHeaderBytes = 9;
inline constexpr size_t kChecksumBytes = 8;
// Of DUMP: the version and the checksum.
inline constexpr size_t kFooterBytes = 2 + kChecksumBytes;

enum Opcode : uint8_t {
  kSlotImport = 243,  // Valkey 9; the metadata of keys in Redis 8.4
  kSlotInfo = 244,
  kFunction = 245,
  kFunctionDraft = 246,
  kModuleAux = 247,
  kIdle = 248,
  kFrequency = 249,
  kAux = 250,
  kResizeDb = 251,
  kExpireMs = 252,
  kExpireSeconds = 253,
  kSelectDb = 254,
  kEnd = 255,
};

enum Type : uint8_t {
  kString = 0,
  kList = 1,
  kSet = 2,
  kZsetText = 3,  // scores as text
  kHash = 4,
  kZset = 5,
  kModuleOld = 6,
  kModule = 7,
  kHashZipmap = 9,
  kListZiplist = 10,
  kSetIntset = 11,
  kZsetZiplist = 12,
  kHashZiplist = 13,
  kListNodesZiplist = 14,
  kStream = 15,
  kHashListpack = 16,
  kZsetListpack = 17,
  kListNodes = 18,
  kStream2 = 19,
  kSetListpack = 20,
  kStream3 = 21,
  kHashExpiryDraft = 22,  // in Valkey 9: its own form
  kHashListpackExDraft = 23,
  kHashExpiry = 24,
  kHashListpackEx = 25,
  kArray = 28,
};

// The first byte of a length: two bits tell how many follow.
enum LengthForm : uint8_t {
  kLength6 = 0x00,
  kLength14 = 0x40,
  kLength32 = 0x80,
  kLength64 = 0x81,
  kEncoded = 0xc0,  // no length: a string in another form
};

enum StringForm : uint8_t { kInt8 = 0, kInt16 = 1, kInt32 = 2, kLzf = 3 };

// What an element of an array is.
enum ArrayElement : uint8_t {
  kArrayText = 0,
  kArrayInteger = 1,
  kArrayDouble = 2,
  kArrayShortText = 3,  // at most 7 bytes
};

// A node of a list.
enum NodeForm : uint8_t { kNodePlain = 1, kNodePacked = 2 };

// What stands in a module's value.
enum ModuleItem : uint8_t {
  kModuleEnd = 0,
  kModuleSigned = 1,
  kModuleUnsigned = 2,
  kModuleFloat = 3,
  kModuleDouble = 4,
  kModuleString = 5,
};

}  // namespace redstart::rdb
