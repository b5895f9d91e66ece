import Foundation
import Glibc
import Testing

/// Every command in a shell block of README.md and the articles, as it stands, in each shell that it is for.
@Suite("Recipes", .serialized)
struct RecipeTests {
  /// The self-test of devices, which takes minutes without optimisation, is run by the tests of help.
  @Test("Every recipe does what its text says", arguments: Recipe.all.filter { $0.text != "zmin devices --self-test" })
  func works(_ recipe: Recipe) throws {
    for shell in recipe.shells {
      let (scratch, run) = try recipe.run(in: shell)
      // Of two runs of the same program the second may look slower.
      let isComparison = recipe.text.contains("&&\n  zmin bench --compare")
      #expect(run.ending == .exit(0) || isComparison && run.ending == .exit(1), "\(shell): \(run.errors)")
      #expect(!scratch.tree().keys.contains { $0.contains(".zmin-") })
      if recipe.text.contains("--in-place dumps"), !recipe.text.contains("--dry-run") {
        #expect(scratch.text(of: "dumps/2023/x/raw/b.json") == "[2]")
      }
      if recipe.text.contains("--output-dir minified") { #expect(scratch.text(of: "minified/b.json") == "[1]") }
      if recipe.text.contains("events.min.json.gz") {
        let plain = try ZminProgram.shell("gzip -dc events.min.json.gz", in: scratch).output
        #expect(plain == RecipeInputs.large.filter { $0 != "\n" && $0 != " " })
      }
    }
  }

  @Test(
    "A recipe with invalid input fails and leaves nothing partial",
    arguments: Recipe.all.filter { $0.readsInputs || !$0.isSlow })
  func invalidInput(_ recipe: Recipe) throws {
    let good = try goodTree(recipe)
    for shell in recipe.shells {
      let run = try expectNothingPartial(recipe, shell, good) { scratch in try RecipeInputs.spoil(scratch) }
      if recipe.readsInputs { #expect(run.ending != .exit(0), "\(shell): \(run.errors)") }
    }
  }

  @Test(
    "A recipe whose producer fails half way fails and leaves nothing partial",
    arguments: Recipe.all.filter(\.hasProducer))
  func failingProducer(_ recipe: Recipe) throws {
    let good = try goodTree(recipe)
    for shell in recipe.shells {
      let run = try expectNothingPartial(recipe, shell, good) { scratch in try RecipeInputs.breakProducers(scratch) }
      #expect(run.ending != .exit(0), "\(shell): \(run.errors)")
    }
  }

  @Test(
    "A recipe on a full disk leaves nothing partial, and succeeds only if all output is complete",
    arguments: Recipe.all.filter { $0.readsInputs || !$0.isSlow })
  func fullDisk(_ recipe: Recipe) throws {
    let good = try goodTree(recipe)
    for shell in recipe.shells {
      // Larger outputs than that are prepared; the shells count blocks of 512 and of 1024 bytes.
      try expectNothingPartial(recipe, shell, good, before: "ulimit -f \(shell.hasSuffix("dash") ? 16 : 8)")
    }
  }

  /// The files that stand when nothing goes wrong; none if they are different each time.
  private func goodTree(_ recipe: Recipe) throws -> [String: String] {
    recipe.isSlow ? [:] : try recipe.run(in: recipe.shells[0]).scratch.tree()
  }

  /// Runs a recipe where something goes wrong, and compares what stands afterwards with what stood before and with what
  /// stands when nothing goes wrong.
  @discardableResult
  private func expectNothingPartial(
    _ recipe: Recipe, _ shell: String, _ good: [String: String], before: String = ":",
    _ spoil: (Scratch) throws -> Void = { _ in }
  ) throws -> ZminProgram.Run {
    var old: [String: String] = [:]
    let (scratch, run) = try recipe.run(in: shell, before: before) { scratch in
      try spoil(scratch)
      old = scratch.tree()
    }
    for (name, text) in scratch.tree() where !Recipe.isRecord(name) && text != old[name] && text != good[name] {
      if recipe.divertsBadLines, Recipe.isWithoutBadLines(text, old[name], record: scratch.text(of: "bad.txt")) {
        continue
      }
      #expect(Recipe.isWholeReport(name, text), "\(shell): \(name) is partial: \(run.errors)")
    }
    if run.ending == .exit(0), before != ":" {
      for name in good.keys where !Recipe.isRecord(name) { #expect(scratch.text(of: name) != nil, "\(name)") }
    }
    return run
  }

  @Test("Only blocks that build and test zmin are not run")
  func exceptions() throws {
    #expect(Recipe.all.count > 25)
    #expect(Recipe.leftOut.allSatisfy { $0.hasPrefix("scripts/") })
  }
}
