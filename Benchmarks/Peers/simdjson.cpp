// simdjson: the DOM parser, which checks, and minify, which does not.
//
// Usage: simdjson                                              the implementations that this CPU can run
//        simdjson IMPLEMENTATION dom|reused-dom|minify FILE
#include <simdjson.h>

#include <memory>

#include "harness.h"

namespace {

const char *refusal(simdjson::error_code error) { return error ? simdjson::error_message(error) : nullptr; }

// A parser made anew for each run: its memory is asked for, touched and given back within the time.
class FreshParser : public Peer {
 public:
  explicit FreshParser(const char *path) : document_(simdjson::padded_string::load(path)) {}
  const char *run() override {
    simdjson::dom::parser parser;
    return refusal(parser.parse(document_).error());
  }
  std::string_view output() override {
    simdjson::dom::parser parser;
    text_ = simdjson::minify(parser.parse(document_).value());
    return text_;
  }

 protected:
  simdjson::padded_string document_;

 private:
  std::string text_;
};

// One parser for all runs, as its documentation advises where there are many documents.
class ReusedParser : public FreshParser {
 public:
  using FreshParser::FreshParser;
  const char *run() override { return refusal(parser_.parse(document_).error()); }

 private:
  simdjson::dom::parser parser_;
};

class Minify : public Peer {
 public:
  explicit Minify(const char *path)
      : document_(simdjson::padded_string::load(path)),
        output_(document_.size() + simdjson::SIMDJSON_PADDING, '\0') {}
  const char *run() override {
    return refusal(simdjson::minify(document_.data(), document_.size(), output_.data(), written_));
  }
  std::string_view output() override { return std::string_view(output_).substr(0, written_); }

 private:
  simdjson::padded_string document_;
  std::string output_;
  size_t written_ = 0;
};

}  // namespace

int main(int count, char **arguments) {
  if (count == 1) {
    for (const auto *implementation : simdjson::get_available_implementations()) {
      if (implementation->supported_by_runtime_system()) std::cout << implementation->name() << '\n';
    }
    return 0;
  }
  simdjson::get_active_implementation() = simdjson::get_available_implementations()[arguments[1]];
  const std::string_view operation = arguments[2];
  std::unique_ptr<Peer> peer;
  if (operation == "dom") peer = std::make_unique<FreshParser>(arguments[3]);
  if (operation == "reused-dom") peer = std::make_unique<ReusedParser>(arguments[3]);
  if (operation == "minify") peer = std::make_unique<Minify>(arguments[3]);
  return serve(*peer);
}
