/// How the values of an input are laid out, and with them those of the output.
public enum Format: String, Sendable, CaseIterable {
  /// One value.
  case json
  /// One value a line, each line ended by an LF in the output.
  case ndjson
  /// Any number of values, with whitespace between them or none where a bracket, brace or quote tells them apart. The
  /// output is `ndjson`.
  case concat
}
