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

  /// The name under which a directory lists what stands at a place, which may differ from the place's name where names
  /// are folded; nil if nothing stands there.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func listedName(at place: DirectoryEntryReference) throws(FileError) -> FilePath.Component? {
    guard let status = try statusIfPresent(of: place) else { return nil }
    let key = place.name.foldedKey
    var names: [FilePath.Component] = []
    try forEachEntry(of: place.directory, place.path) { name, _ in
      if name.foldedKey == key { names.append(name) }
    }
    if names.contains(place.name) { return place.name }
    for name in names {
      let listed = try statusIfPresent(of: DirectoryEntryReference(name, in: place.directory, path: place.path))
      if listed?.identity == status.identity { return name }
    }
    return nil
  }
}
