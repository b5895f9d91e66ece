// What the harnesses share: a document in memory, and a run of one operation for each line on standard input.
#pragma once

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

// One way of minifying one document.
class Peer {
 public:
  virtual ~Peer() = default;
  // What is timed. Returns nullptr, or why the document is refused.
  virtual const char *run() = 0;
  // What the last run wrote; for a parser, what it makes of the document. Not timed.
  virtual std::string_view output() = 0;
};

inline std::string load(const char *path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Answers each line with seconds or "refused: ...". A line that is not empty names a file for the output.
inline int serve(Peer &peer) {
  for (std::string path; std::getline(std::cin, path);) {
    const auto start = std::chrono::steady_clock::now();
    const char *refusal = peer.run();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (refusal) {
      std::cout << "refused: " << refusal << std::endl;
      continue;
    }
    if (!path.empty()) {
      const std::string_view output = peer.output();
      std::ofstream(path, std::ios::binary).write(output.data(), static_cast<std::streamsize>(output.size()));
    }
    std::cout << seconds.count() << std::endl;
  }
  return 0;
}
