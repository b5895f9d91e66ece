// Types of the public interface that modules below declare: `Format` in ZminCore; `MinifierOptions` and `InvalidJSON` in
// ZminEngine; `MemoryLedger`, `MemorySnapshot`, `MemoryUsage` and `MemoryPurpose` in ZminMemory. All else in those modules
// is `package`. They are exported so that `import Zmin` is all that a user writes, also with `MemberImportVisibility`,
// for which a `typealias` would not do.
@_exported public import ZminCore
@_exported public import ZminEngine
@_exported public import ZminMemory
