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
