// What the public declarations here are made of lies in modules below: `Format` in ZminCore; `MemoryLedger`,
// `MemorySnapshot`, `MemoryUsage` and `MemoryPurpose` in ZminMemory. All else in those modules is `package`. They are
// exported so that `import Zmin` is all that a user writes, also with `MemberImportVisibility`, for which a `typealias`
// would not do.
@_exported public import ZminCore
@_exported public import ZminMemory
