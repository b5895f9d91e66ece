// Public types declared in lower modules:
//
//   ZminCore     Format
//   ZminEngine   MinifierOptions, InvalidJSON
//   ZminMemory   MemoryLedger, MemorySnapshot, MemoryUsage, MemoryPeak, MemoryPurpose, MemoryDomain
//
// All other declarations there are `package`. The modules are exported so that `import Zmin` is enough, even with
// `MemberImportVisibility`, for which a `typealias` would not be.
@_exported public import ZminCore
@_exported public import ZminEngine
@_exported public import ZminMemory
