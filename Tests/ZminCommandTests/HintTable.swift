/// Inputs that are not valid, with what is said of each.
enum HintTable {
  typealias Case = HintTests.Case

  static let cases =
    compressed + names + encodings + quotes + records + laterRecords + binary + tornText + words + dialects + sequences
    + lines + values

  private static let compressed = [
    Case(
      title: "gzip", making: "echo '{ \"a\" : 1 }' | gzip -c | gzip -c > $F",
      message: "1:1: gzip data, not JSON (byte 0); gzip -dc < a.json | zmin", output: "{\"a\":1}"),
    Case(
      title: "gzip, from standard input", making: "echo '{ \"a\" : 1 }' | gzip -c | gzip -c > $F", name: nil,
      message: "1:1: gzip data, not JSON (byte 0); gzip -dc < FILE | zmin", output: "{\"a\":1}"),
    Case(
      title: "gzip in a name that a shell would take apart", making: "echo '[ 1 ]' | gzip -c | gzip -c > $F",
      name: "it's $(touch a) *.json",
      message: "1:1: gzip data, not JSON (byte 0); gzip -dc < 'it'\\''s $(touch a) *.json' | zmin", output: "[1]"),
    Case(
      title: "gzip in a name that begins like an option", making: "echo '[ 1 ]' | gzip -c | gzip -c > $F",
      name: "-a~.json",
      message: "1:1: gzip data, not JSON (byte 0); gzip -dc < '-a~.json' | zmin", output: "[1]"),
    Case(
      title: "gzip in a name that fits on no line", making: "echo '[ 1 ]' | gzip -c | gzip -c > $F", name: "a\nb.json",
      message: "1:1: gzip data, not JSON (byte 0); gzip -dc < FILE | zmin", output: "[1]"),
    Case(
      title: "gzip of lines, by the option", making: "printf '12\\n34\\n' | gzip -c | gzip -c > $F",
      options: ["--format", "ndjson"],
      message: "1:1: gzip data, not JSON (byte 0); gzip -dc < a.json | zmin --format ndjson", output: "12\n34\n"),
    Case(
      title: "gzip of lines, by the name", making: "printf '12\\n34\\n' | gzip -c | gzip -c > $F", name: "a.jsonl.gz",
      message: "1:1: gzip data, not JSON (byte 0); gzip -dc < a.jsonl.gz | zmin --format ndjson", output: "12\n34\n"),
    Case(
      title: "gzip of values", making: "printf '12 34' | gzip -c | gzip -c > $F", options: ["--format", "concat"],
      message: "1:1: gzip data, not JSON (byte 0); gzip -dc < a.json | zmin --format concat", output: "12\n34\n"),
    Case(
      title: "zstd", making: "echo '[ 1 ]' | zstd -qc | zstd -qc > $F",
      message: "1:1: zstd data, not JSON (byte 0); zstd -dc < a.json | zmin", output: "[1]", tools: ["zstd"]),
    Case(
      title: "xz", making: "echo '[ 1 ]' | xz -c | xz -c > $F",
      message: "1:1: xz data, not JSON (byte 0); xz -dc < a.json | zmin", output: "[1]", tools: ["xz"]),
    Case(
      title: "bzip2", making: "echo '[ 1 ]' | bzip2 -c | bzip2 -c > $F",
      message: "1:1: bzip2 data, not JSON (byte 0); bzip2 -dc < a.json | zmin", output: "[1]", tools: ["bzip2"]),
    Case(
      title: "lz4", making: "echo '[ 1 ]' | lz4 -qc > $F",
      message: "1:1: lz4 data, not JSON (byte 0); lz4 -dc < a.json | zmin", output: "[1]", tools: ["lz4"]),
    Case(
      title: "zlib", making: "printf '\(zlib)' > $F",
      message: "1:1: zlib data, not JSON (byte 0); pigz -dc < a.json | zmin", output: "{\"a\":1}", tools: ["pigz"]),
    Case(
      title: "Snappy", making: "printf '\\377\\006\\000\\000sNaPpY' > $F",
      message: "1:1: snappy data, not JSON (byte 0); decompress it first"),
    Case(
      title: "zip", making: "printf 'PK\\003\\004\\024\\000\\000\\000' > $F",
      message: "1:1: zip archive, not JSON (byte 0); extract its files first"),
  ]

  private static let zlib =
    "\\170\\234\\253\\126\\120\\112\\124\\122\\260\\122\\060\\124\\250\\345\\002\\000\\022\\001\\002\\223"

  private static let encodings = ["UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"].flatMap { name in
    [
      Case(
        title: name, making: "printf '[ \"\\303\\251\" ]' | iconv -f UTF-8 -t \(name) > $F",
        message: "1:\(name.hasSuffix("LE") ? "2" : "1"): \(name) text, but JSON is UTF-8 "
          + "(byte \(name.hasSuffix("LE") ? "1" : "0")); iconv -f \(name) -t UTF-8 < a.json | zmin",
        output: "[\"é\"]"),
      Case(
        title: "\(name) with a byte order mark, in lines",
        making: "printf '\\357\\273\\2771\\n2\\n' | iconv -f UTF-8 -t \(name) > $F", name: "a.jsonl",
        message: "1:1: \(name) text, but JSON is UTF-8 (byte 0); iconv -f \(name) -t UTF-8 < a.jsonl | "
          + "zmin --format ndjson",
        output: "1\n2\n"),
    ]
  }

  private static let records = [
    Case(
      title: "Record separators between numbers", making: "printf '\\03612\\n\\03634\\n' > $F",
      message: "1:1: record separators (RFC 7464) are not JSON (byte 0); "
        + "tr '\\n\\036' '\\t\\n' < a.json | zmin --format ndjson",
      output: "12\n34\n"),
    Case(
      title: "Record separators, and no LF", making: "printf '\\03612\\03634' > $F", options: ["--format", "concat"],
      message: "1:1: record separators (RFC 7464) are not JSON (byte 0); "
        + "tr '\\n\\036' '\\t\\n' < a.json | zmin --format ndjson",
      output: "12\n34\n"),
    Case(
      title: "Record separators before values of several lines",
      making: "printf '\\036{\\n  \"a\": 1\\n}\\n\\036[]\\n' > $F", name: "a.jsonl",
      message: "1:1: record separators (RFC 7464) are not JSON (byte 0); "
        + "tr '\\n\\036' '\\t\\n' < a.jsonl | zmin --format ndjson",
      output: "{\"a\":1}\n[]\n"),
    Case(
      title: "A record that is cut off stays apart from the next",
      making: "printf '\\036[1,\\0362]\\n' > $F", name: nil,
      message: "1:1: record separators (RFC 7464) are not JSON (byte 0); "
        + "tr '\\n\\036' '\\t\\n' < FILE | zmin --format ndjson",
      laterError: "2:4: value not finished at the end of its line (byte 4)"),
    Case(
      title: "An LF in a string of a record stays an error", making: "printf '\\036\"a\\nb\"\\n' > $F",
      message: "1:1: record separators (RFC 7464) are not JSON (byte 0); "
        + "tr '\\n\\036' '\\t\\n' < a.json | zmin --format ndjson",
      laterError: "2:3: control character 0x09 in string"),
  ]

  private static let laterRecords = [
    Case(
      title: "A record separator after lines, which stay lines", making: "printf '1\\n2\\n\\0363\\n' > $F",
      name: "a.jsonl",
      message: "3:1: record separators (RFC 7464) are not JSON (byte 4); "
        + "tr '\\036' '\\n' < a.jsonl | zmin --format ndjson",
      output: "1\n2\n3\n"),
    Case(
      title: "A record separator between values of one line", making: "printf '1 \\0362' > $F",
      message: "1:3: record separators (RFC 7464) are not JSON (byte 2); "
        + "tr '\\n\\036' '\\t\\n' < a.json | zmin --format ndjson",
      output: "1\n2\n"),
  ]

  private static let names = [
    ("\u{202E}a", false), ("a\u{2028}b", false), ("a\u{2029}b", false), ("a\u{200B}b", false), ("a\u{A0}b", true),
    ("a\u{3000}b", true), ("é", true),
  ].map { (name: String, isPrinted: Bool) in
    Case(
      title: "gzip in the name \(name.debugDescription)", making: "echo '[ 1 ]' | gzip -c | gzip -c > $F", name: name,
      message: "1:1: gzip data, not JSON (byte 0); gzip -dc < \(isPrinted ? "'\(name)'" : "FILE") | zmin",
      output: "[1]")
  }

  private static let quotes = ["UTF-16LE", "UTF-16BE"].map { name in
    Case(
      title: "\(name) that begins with a string",
      making: "printf '\"\\346\\227\\245\\346\\234\\254\"\\n\"\\303\\251\"\\n[1]\\n' | iconv -f UTF-8 -t \(name) > $F",
      name: "u16.jsonl",
      message: "1:\(name.hasSuffix("LE") ? "2" : "1"): \(name) text, but JSON is UTF-8 "
        + "(byte \(name.hasSuffix("LE") ? "1" : "0")); iconv -f \(name) -t UTF-8 < u16.jsonl | zmin --format ndjson",
      output: "\"日本\"\n\"é\"\n[1]\n")
  }

  private static let binary = [
    Case(
      title: "BSON", making: "printf '\\014\\000\\000\\000\\020a\\000\\001\\000\\000\\000\\000' > $F",
      message: "1:1: BSON, not JSON (byte 0)"),
    Case(
      title: "Lengths of four bytes", making: "printf '\\000\\000\\000\\002{}\\000\\000\\000\\002[]' > $F",
      message: "1:1: records with their lengths before them, not JSON (byte 0)"),
    Case(
      title: "Lengths of four bytes, the other way round, in lines", making: "printf '\\002\\000\\000\\000{}' > $F",
      name: "a.jsonl", message: "1:1: records with their lengths before them, not JSON (byte 0)"),
    Case(
      title: "Lengths as gRPC has them", making: "printf '\\000\\000\\000\\000\\002{}' > $F",
      message: "1:1: records with their lengths before them, not JSON (byte 0)"),
    Case(
      title: "A file of NUL bytes", making: "head -c 100 /dev/zero > $F", name: "a.jsonl",
      message: "1:1: NUL bytes, not JSON (byte 0)"),
    Case(
      title: "NUL bytes at the end", making: "{ echo '[1]'; head -c 100 /dev/zero; } > $F",
      message: "2:1: NUL bytes, not JSON (byte 4)"),
    Case(
      title: "One NUL is no evidence of UTF-16", making: "printf '[\\0001' > $F",
      message: "1:2: value or ']' expected, found byte 0x00 (byte 1)"),
    Case(
      title: "Text is no zlib data", making: "printf 'x^2 + 1' > $F",
      message: "1:1: value expected, found 'x' (byte 0)"),
  ]

  /// Text with a torn byte, or that begins with a magic number by chance: the message is that of any other text.
  private static let tornText = [
    Case(
      title: "A NUL for a line is no BSON", making: "printf '{}\\n\\000\\n{\"a\":1}\\n' > $F", name: "a.jsonl",
      message: "2:1: value expected, found byte 0x00 (byte 3); use --bad-lines FILE to skip such lines",
      output: "{}\n{\"a\":1}\n", badLines: "\0\n"),
    Case(
      title: "A NUL in an array is no BSON", making: "printf '[1,\\000\\n 2]' > $F",
      message: "1:4: value expected, found byte 0x00 (byte 3)"),
    Case(
      title: "A NUL for a line is no length", making: "printf '12\\n\\000\\n{' > $F",
      message: "2:1: end of input expected, found byte 0x00 (byte 3)"),
    Case(
      title: "Two NULs before a line are no length", making: "printf '1\\n\\000\\000{\"a\":1}\\n' > $F",
      name: "a.jsonl",
      message: "2:1: value expected, found byte 0x00 (byte 2); use --bad-lines FILE to skip such lines",
      output: "1\n", badLines: "\0\0{\"a\":1}\n"),
    Case(
      title: "A NUL before a line is no length", making: "printf '\\000{}\\n{\"a\":1}\\n' > $F", name: "a.jsonl",
      message: "1:1: value expected, found byte 0x00 (byte 0); use --bad-lines FILE to skip such lines",
      output: "{\"a\":1}\n", badLines: "\0{}\n"),
    Case(
      title: "A NUL before an array is no length", making: "printf '\\000[1\\n[2]\\n' > $F", name: "a.jsonl",
      message: "1:1: value expected, found byte 0x00 (byte 0); use --bad-lines FILE to skip such lines",
      output: "[2]\n", badLines: "\0[1\n"),
    Case(
      title: "NULs before LFs are no UTF-16", making: "printf '\\000\\n\\000\\n{\"a\":1}\\n' > $F", name: "a.jsonl",
      message: "1:1: value expected, found byte 0x00 (byte 0); use --bad-lines FILE to skip such lines",
      output: "{\"a\":1}\n", badLines: "\0\n\0\n"),
    Case(
      title: "A power is no zlib data", making: "printf 'x^2 = \\303\\251\\n' > $F",
      message: "1:1: value expected, found 'x' (byte 0)"),
    Case(
      title: "A letter that begins like zlib's header is none", making: "printf 'x\\332\\252 text' > $F",
      message: "1:1: value expected, found 'x' (byte 0)"),
    Case(
      title: "A text that begins like bzip2's header is none", making: "printf 'BZh1 is a text' > $F",
      message: "1:1: value expected, found 'B' (byte 0)"),
  ]

  private static let words = [
    Case(title: "NaN", making: "printf '[NaN]' > $F", message: "1:2: NaN is not JSON (byte 1)"),
    Case(title: "Infinity", making: "printf '[-Infinity]' > $F", message: "1:3: Infinity is not JSON (byte 2)"),
    Case(
      title: "A word that begins like Infinity", making: "printf 'Info: [1, 2]' > $F",
      message: "1:1: value expected, found 'I' (byte 0)"),
    Case(
      title: "A colour is no comment", making: "printf '{\"a\":#fff}' > $F",
      message: "1:6: value expected, found '#' (byte 5)"),
    Case(
      title: "A comment with #, in a line", making: "printf '# one\\n1\\n' > $F", name: "a.jsonl",
      message: "1:1: comments are not JSON (byte 0); use --bad-lines FILE to skip such lines", output: "1\n",
      badLines: "# one\n"),
    Case(title: "A comment", making: "printf '[1, // one\\n2]' > $F", message: "1:5: comments are not JSON (byte 4)"),
    Case(
      title: "NaN in a line", making: "printf '1\\n[NaN]\\n2\\n' > $F", name: "a.jsonl",
      message: "2:2: NaN is not JSON (byte 3); use --bad-lines FILE to skip such lines", output: "1\n2\n",
      badLines: "[NaN]\n"),
  ]

  private static let dialects = [
    Case(
      title: "Python's literals", making: "printf '{\"a\": None}' > $F",
      message: "1:7: None is not JSON, which has null (byte 6)"),
    Case(
      title: "A literal in capitals", making: "printf '[TRUE]' > $F",
      message: "1:2: TRUE is not JSON, which has true (byte 1)"),
    Case(
      title: "A literal of JavaScript", making: "printf '[undefined]' > $F",
      message: "1:2: undefined is not JSON, which has null (byte 1)"),
    Case(
      title: "A word that begins like a literal", making: "printf '[Truest]' > $F",
      message: "1:2: value or ']' expected, found 'T' (byte 1)"),
    Case(
      title: "Python's quotes", making: "printf '%s' \"{'a': 1}\" > $F",
      message: "1:2: single quotes are not JSON, which has double quotes (byte 1)"),
    Case(
      title: "A quote where none may come", making: "printf '%s' \"[1 'a']\" > $F",
      message: "1:4: ',' or ']' expected, found ''' (byte 3)"),
    Case(
      title: "A key without quotes", making: "printf '{\"a\":1, key_2 : 1}' > $F",
      message: "1:9: keys without double quotes are not JSON (byte 8)"),
    Case(
      title: "A long key without quotes, in a line", making: "printf '{identifier: 1}\\n2\\n' > $F", name: "a.jsonl",
      message: "1:2: keys without double quotes are not JSON (byte 1); use --bad-lines FILE to skip such lines",
      output: "2\n", badLines: "{identifier: 1}\n"),
    Case(
      title: "A word that is no key", making: "printf '{a b}' > $F",
      message: "1:2: string or '}' expected, found 'a' (byte 1)"),
    Case(
      title: "A Git LFS pointer", making: "printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:0\\n' > $F",
      message: "1:1: Git LFS pointer, not JSON (byte 0); get the file that it stands for with 'git lfs pull'"),
    Case(
      title: "A text that begins like a Git LFS pointer", making: "printf 'version https://example.com' > $F",
      message: "1:1: value expected, found 'v' (byte 0)"),
  ]

  private static let sequences = [
    Case(
      title: "A letter of Latin-1", making: "printf '[\"caf\\351\"]' > $F",
      message: "1:7: incomplete UTF-8 sequence in string: byte 0xE9 begins one of 3 bytes, found '\"' (byte 6)"),
    Case(
      title: "Half of a surrogate pair", making: "printf '[\"\\355\\240\\200\"]' > $F",
      message: "1:4: invalid UTF-8 in string: byte 0xED followed by byte 0xA0 (byte 3)"),
    Case(
      title: "A stray byte after a whole character", making: "printf '[\"\\303\\251\\251\"]' > $F",
      message: "1:5: invalid UTF-8 in string: byte 0xA9 (byte 4)"),
  ]

  private static let lines = [
    Case(
      title: "A line that is cut off", making: "printf '{\"a\":1}\\n[1,\\n2\\n' > $F", name: "a.jsonl",
      message: "2:4: value not finished at the end of its line (byte 11); use --bad-lines FILE to skip such lines",
      output: "{\"a\":1}\n2\n", badLines: "[1,\n"),
    Case(
      title: "Two values on a line", making: "printf '1 2\\n3\\n' > $F", name: nil, options: ["--format", "ndjson"],
      message: "1:3: two values on one line (byte 2); use --bad-lines FILE to skip such lines", output: "3\n",
      badLines: "1 2\n"),
    Case(
      title: "Any other error in a line", making: "printf '[1,]\\n3\\n' > $F", name: "a.jsonl",
      message: "1:4: trailing comma in array (byte 3); use --bad-lines FILE to skip such lines", output: "3\n",
      badLines: "[1,]\n"),
  ]

  private static let values = [
    Case(
      title: "Two values on one line", making: "printf '12 34' > $F",
      message: "1:4: two values (byte 3); use --format concat", output: "12\n34\n"),
    Case(
      title: "A value a line", making: "printf '{ }\\n[ 1 ]\\n' > $F",
      message: "2:1: two values (byte 4); use --format ndjson, or concat if values span lines", output: "{}\n[1]\n"),
    Case(
      title: "Values that span lines", making: "printf '{\\n}\\n[\\n]\\n' > $F",
      message: "3:1: two values (byte 4); use --format concat", output: "{}\n[]\n"),
    Case(
      title: "Deep nesting", making: "printf '[[ ]]' > $F", options: ["--max-depth", "1"],
      message: "1:2: nested deeper than 1 levels (byte 1); use --max-depth N to allow more", output: "[[]]"),
    Case(
      title: "An error in one value that no option helps with", making: "printf '[1,]' > $F",
      message: "1:4: trailing comma in array (byte 3)"),
  ]
}
