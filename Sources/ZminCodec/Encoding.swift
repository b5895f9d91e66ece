/// Compressed form, level and layout of an output.
package struct Encoding: Sendable, Equatable {
  package enum Form: String, Sendable, CaseIterable {
    case gzip, zstd

    /// Levels of the form's library.
    package var levels: ClosedRange<Int> {
      switch self {
      case .gzip: DeflateStretchEncoder.levels
      case .zstd: 1...22
      }
    }

    package var defaultLevel: Int {
      switch self {
      case .gzip: DeflateStretchEncoder.defaultLevel
      case .zstd: 3
      }
    }

    /// Level that is slow and compresses well, without the memory of the highest.
    package var thoroughLevel: Int {
      switch self {
      case .gzip: 12
      case .zstd: 19
      }
    }

    /// Usual suffix of names.
    package var suffix: String {
      switch self {
      case .gzip: ".gz"
      case .zstd: ".zst"
      }
    }

    package var layouts: [Layout] {
      switch self {
      case .gzip: [.single, .blocks, .bgzf]
      case .zstd: [.single, .blocks]
      }
    }
  }

  /// Division of an output into members or frames.
  package enum Layout: String, Sendable, CaseIterable {
    /// One gzip member or zstd frame, as all readers take it.
    case single
    /// Members or frames that can be decoded in parallel and from the middle: gzip members of at most 512 KiB with
    /// MiGz's field, or zstd frames of at most 4 MiB and a seek table.
    case blocks
    /// BGZF, for gzip only: members of at most 65,280 bytes, and an empty one at the end.
    case bgzf
  }

  package let form: Form
  package let level: Int
  package let layout: Layout

  /// - Parameters:
  ///   - level: One of the form's levels; nil for its default.
  ///   - layout: One of the form's layouts.
  package init(_ form: Form, level: Int? = nil, layout: Layout = .single) {
    precondition(level.map(form.levels.contains) != false, "\(form.rawValue) has no such level")
    precondition(form.layouts.contains(layout), "\(form.rawValue) has no such layout")
    self.form = form
    self.level = level ?? form.defaultLevel
    self.layout = layout
  }

  /// The encoding that the suffix of a name asks for, at its default level; nil if it asks for none.
  ///
  /// Readers of `.bgz` expect BGZF.
  package init?(ofName name: some BidirectionalCollection<UInt8>) {
    guard let codec = Codec(ofName: name), let form = Form(rawValue: codec.rawValue) else { return nil }
    self.init(form, layout: name.hasSuffix(Codec.bgzfSuffix) ? .bgzf : .single)
  }
}

extension Encoding.Layout {
  /// First bytes of an input that tell its layout.
  package static let headBytes = max(BGZF.headerBytes, MiGz.headerBytes)
  /// Last bytes of an input that tell its layout.
  package static let tailBytes = SeekTable.footerBytes

  /// Recognises the layout of a compressed input.
  ///
  /// - Parameters:
  ///   - head: The first ``headBytes`` bytes, or all if there are fewer.
  ///   - tail: The last ``tailBytes`` bytes, or all if there are fewer. Empty if the input cannot be read from the end.
  package static func recognize(
    _ codec: Codec, head: some Collection<UInt8>, tail: some Collection<UInt8>
  ) -> Self {
    switch codec {
    case .gzip where BGZF.isMember(head): .bgzf
    case .gzip where MiGz.isMember(head): .blocks
    case .zstd where SeekTable.isFooter(tail): .blocks
    default: .single
    }
  }
}
