package struct ProfileSummary {
  let p: MemoryProfile; package init(_ p: MemoryProfile) { self.p = p }
  package var text: String {
    var s = "";
    dump(
      (
        p.peak, p.account, p.kernel, p.leaks, p.poolUse, p.sampler, p.stages, p.files.prefix(3), p.predictedPeakBytes,
        p.averageResidentBytes, p.suggestedLimitBytes
      ), to: &s);
    return s
  }
}
package struct DetailedReport {
  let p: MemoryProfile; package init(_ p: MemoryProfile) { self.p = p }
  package var text: String { "" }
}
package struct ProfileJSON {
  let p: MemoryProfile; package init(_ p: MemoryProfile) { self.p = p }
  package var text: String { "" }
}
package struct ProfileTrace {
  let p: MemoryProfile; package init(_ p: MemoryProfile) { self.p = p }
  package var text: String { "" }
}
package struct MemoryPage {
  let p: MemoryProfile; package init(_ p: MemoryProfile) { self.p = p }
  package var html: String { "" }
}
