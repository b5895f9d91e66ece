/// The arrangement of the values in an input, and of those in its output.
public enum Format: String, Sendable, CaseIterable {
  /// One value.
  case json
  /// One value per line. In the output each line ends in an LF.
  case ndjson
  /// Any number of values, separated by whitespace, or by nothing next to a bracket, brace or quote. The output is
  /// `ndjson`.
  case concat
}
