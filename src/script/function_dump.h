// FUNCTION DUMP and RESTORE: the libraries as an RDB file holds them, with a version and a checksum
// at the end.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redstart {

class FunctionSources;

std::string make_function_dump(const FunctionSources& libraries, bool compress);
// False and a reason without a code.
bool read_function_dump(std::string_view text, std::vector<std::string>* codes,
                        std::string* error);

}  // namespace redstart
