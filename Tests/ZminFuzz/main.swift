import CLibFuzzer
import Glibc

// ZminFuzz --target=NAME [OPTION OF LIBFUZZER ...] [CORPUS ...]
// ZminFuzz --seeds FOLDER
//
// `scripts/fuzz` builds and runs it.

if CommandLine.argc == 3, CommandLine.arguments[1] == "--seeds" {
  try Seeds.write(to: CommandLine.arguments[2])
  exit(0)
}

guard FuzzTarget.chosen != nil else {
  print("usage: ZminFuzz --target=NAME [OPTION OF LIBFUZZER ...] [CORPUS ...]")
  for target in FuzzTarget.all { print("  \(target.name): \(target.summary)") }
  exit(2)
}

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&count, &arguments) { bytes, byteCount in
    FuzzTarget.run(Array(UnsafeBufferPointer(start: bytes, count: byteCount)))
    return 0
  })
