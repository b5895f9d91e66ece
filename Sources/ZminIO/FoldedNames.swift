package import SystemPackage

// Some file systems take several names for one: FAT, exFAT, APFS and shares ignore case, ext4 does in directories that
// have the casefold flag, and several normalise Unicode. Each does it by tables of its own. So names that might be one
// are found here by a fold that is as coarse as any of theirs, and then the file system itself is asked: a temporary
// with one of the names is made, exclusively, and looked up by the other.

extension FilePath.Component {
  /// The same for all names that differ only in case, in Unicode normalisation or in what is invisible.
  package var foldedKey: String {
    let string = string
    if string.utf8.allSatisfy({ $0 < 0x80 }) { return string.lowercased() }
    var scalars = String.UnicodeScalarView()
    for scalar in string.unicodeScalars where !scalar.properties.isDefaultIgnorableCodePoint {
      scalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    }
    // Lower case alone leaves some letters apart that upper case joins, such as the two forms of sigma, and ß and ss.
    return String(scalars).uppercased().lowercased()
  }
}

extension FileAccess {
  /// Whether a directory takes two names for one.
  ///
  /// - Throws: ``FileError/system(_:)`` if it cannot be found out, as in a directory that may not be written to.
  package func isOneName(
    _ one: FilePath.Component, _ other: FilePath.Component, in directory: OpenDirectory, _ path: FilePath
  ) throws(FileError) -> Bool {
    if one == other { return true }
    guard one.foldedKey == other.foldedKey else { return false }
    let (file, names) = (FileName.path(path), TemporaryName.distinct(one, other))
    let made = try TemporaryFile.make(
      beside: Destination(directory: directory, name: names.0), mode: 0o600, file, using: self)
    return try made.isFound(byNameFor: names.1, file)
  }

  /// The name under which a directory lists the file of an entry, nil if there is no file. The directory may fold names,
  /// so that it is another name than that of the entry.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func listedName(at entry: DirectoryEntryReference) throws(FileError) -> FilePath.Component? {
    guard let status = try statusIfPresent(of: entry) else { return nil }
    let key = entry.name.foldedKey
    var names: [FilePath.Component] = []
    try forEachEntry(of: entry.directory, entry.path) { name, _ in
      if name.foldedKey == key { names.append(name) }
    }
    if names.contains(entry.name) { return entry.name }
    for name in names {
      let listed = try statusIfPresent(of: DirectoryEntryReference(name, in: entry.directory, path: entry.path))
      if listed?.identity == status.identity { return name }
    }
    return nil
  }
}
