// RapidJSON: its reader writing into its writer, as its example `condense` does, in memory and with its SSE4.2 loops.
//
// Usage: rapidjson default|strict FILE
//
// default has the example's flags; strict validates UTF-8 and leaves numbers as they are spelled.
#define RAPIDJSON_SSE42
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <memory>

#include "harness.h"

namespace {

constexpr unsigned kStrictFlags = rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;

// The writer of 1.1.0 puts quotes around raw numbers.
class SpelledWriter : public rapidjson::Writer<rapidjson::StringBuffer> {
 public:
  using Writer::Writer;
  bool RawNumber(const Ch *text, rapidjson::SizeType length, bool) {
    return RawValue(text, length, rapidjson::kNumberType);
  }
};

template <unsigned flags>
class Condense : public Peer {
 public:
  explicit Condense(std::string document) : document_(std::move(document)) {}
  const char *run() override {
    buffer_.Clear();
    SpelledWriter writer(buffer_);
    rapidjson::Reader reader;
    rapidjson::StringStream stream(document_.c_str());
    const rapidjson::ParseResult result = reader.Parse<flags>(stream, writer);
    if (result.IsError()) return rapidjson::GetParseError_En(result.Code());
    // The stream takes a NUL for its end.
    return stream.Tell() == document_.size() ? nullptr : "NUL in the document";
  }
  std::string_view output() override { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  std::string document_;
  rapidjson::StringBuffer buffer_;
};

}  // namespace

int main(int, char **arguments) {
  std::unique_ptr<Peer> peer;
  if (std::string_view(arguments[1]) == "strict") {
    peer = std::make_unique<Condense<kStrictFlags>>(load(arguments[2]));
  } else {
    peer = std::make_unique<Condense<rapidjson::kParseDefaultFlags>>(load(arguments[2]));
  }
  return serve(*peer);
}
