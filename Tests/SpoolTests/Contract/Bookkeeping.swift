import Memory
import Spool
import Testing

@Suite struct Bookkeeping {
  private func burial(_ text: String, samples: Int) -> Burial {
    Burial(status: 400, reason: "bad", payload: payload(text, samples: samples))
  }

  @Test(arguments: SpoolKind.allCases)
  func `what is appended is accepted and held, and what a rule drops is booked along with it`(_ kind: SpoolKind) throws
  {
    let spool = try kind.spool()
    _ = spool.take(
      [entry("a", samples: 3)],
      dropped: [Movement(account: .test, backend: "b", cause: .rule, contents: Contents(samples: 2, exemplars: 1))],
      kept: nil)
    #expect(spool.book().accepted == Amount(blocks: 1, samples: 5, exemplars: 1))
    #expect(spool.book().held == Amount(blocks: 1, samples: 3))
    #expect(spool.book().dropped == [.rule: Amount(samples: 2, exemplars: 1)])
  }

  @Test(arguments: SpoolKind.allCases) func `what is refused is in no books`(_ kind: SpoolKind) throws {
    let spool = try kind.spool()
    spool.close()
    let movement = Movement(account: .test, cause: .rule, contents: Contents(samples: 2))
    #expect(spool.take([entry("a")], dropped: [movement], kept: nil) == .closed)
    #expect(spool.ledger().isEmpty)
  }

  @Test(
    arguments: SpoolKind.allCases,
    [
      (Outcome.delivered, Amount(blocks: 1, samples: 3), [DropCause: Amount]()),
      (
        .partlyDelivered(refused: Contents(samples: 2), status: 400, reason: ""), Amount(blocks: 1, samples: 1),
        [.refused: Amount(samples: 2)]
      ),
      (
        .partlyDelivered(refused: Contents(samples: 9), status: 400, reason: ""), Amount(blocks: 1),
        [.refused: Amount(samples: 3)]
      ),
      (.refused(status: 400, reason: ""), Amount(), [.refused: Amount(blocks: 1, samples: 3)]),
      (.dropped(.expired), Amount(), [.expired: Amount(blocks: 1, samples: 3)]),
    ])
  func `each outcome moves what was held`(
    _ kind: SpoolKind, _ expected: (outcome: Outcome, delivered: Amount, dropped: [DropCause: Amount])
  ) throws {
    let (outcome, delivered, dropped) = expected
    let spool = try kind.spool()
    _ = spool.take([entry("a", samples: 3)])
    let block = spool.read(.first, limit: ReadLimit())[0]
    spool.release([Settled(block.position, outcome)], in: .first)
    #expect(spool.book().accepted == Amount(blocks: 1, samples: 3))
    #expect(spool.book().held.isZero)
    #expect(spool.book().delivered == delivered)
    #expect(spool.book().dropped == dropped)
  }

  @Test(arguments: SpoolKind.allCases) func `who waits has nothing in the books until it is delivered`(
    _ kind: SpoolKind
  ) throws {
    let spool = try kind.spool()
    _ = spool.take([entry("a", samples: 3, attempts: .once), entry("b", samples: 2, attempts: .once)])
    #expect(spool.book().accepted.isZero)
    let blocks = spool.read(.first, limit: ReadLimit())
    spool.release([Settled(blocks[0].position, .retryable(status: 503, retryAfter: nil))], in: .first)
    #expect(spool.book().accepted.isZero)
    spool.release([Settled(blocks[1].position, .delivered)], in: .first)
    #expect(spool.book().accepted == Amount(blocks: 1, samples: 2))
    #expect(spool.book().delivered == Amount(blocks: 1, samples: 2))
  }

  @Test(arguments: SpoolKind.allCases) func `a refused part becomes a dead letter, is listed, read, and deleted`(
    _ kind: SpoolKind
  ) throws {
    let spool = try kind.spool()
    _ = spool.take([entry("abc", samples: 3)])
    let block = spool.read(.first, limit: ReadLimit())[0]
    let outcome = Outcome.partlyDelivered(refused: Contents(samples: 1), status: 400, reason: "bad")
    spool.release([Settled(block.position, outcome, letters: [burial("b", samples: 1)])], in: .first)
    let letters = spool.deadLetters(of: "b", after: 0, limit: 10)
    #expect(letters.map(\.reason) == ["bad"])
    #expect(letters.map(\.amount) == [Amount(samples: 1)])
    #expect(letters.first?.lane == .first)
    #expect(letters.first.flatMap { spool.deadLetter($0.id) }.map { Array($0.payload.bytes) } == Array("b".utf8))
    #expect(spool.book().delivered == Amount(blocks: 1, samples: 2))
    #expect(spool.book().deadLettered == Amount(samples: 1))
    #expect(spool.delete(.all, of: "b") == 1)
    #expect(spool.book().deadLettered.isZero)
    #expect(spool.book().dropped == [.deleted: Amount(samples: 1)])
    #expect(spool.status().deadLetters == 0)
  }

  @Test(arguments: SpoolKind.allCases) func `dead letters that are replayed are held again, as far as there is room`(
    _ kind: SpoolKind
  ) throws {
    let spool = try kind.spool()
    let large = String(repeating: "x", count: 60)
    spool.put("a", large, "b")
    let blocks = spool.read(.first, limit: ReadLimit())
    spool.release(
      blocks.map {
        Settled($0.position, .refused(status: 400, reason: ""), letters: [burial(text($0), samples: 1)])
      }, in: .first)
    #expect(spool.book().deadLettered == Amount(blocks: 3, samples: 3))
    let ids = spool.deadLetters(of: "b", after: 0, limit: 10).map(\.id)
    #expect(spool.deadLetters(of: "b", after: ids[0], limit: 1).map(\.id) == [ids[1]])
    spool.put(large)
    #expect(spool.replay(.all, of: "b") == 1)
    #expect(spool.texts() == [large, "a"])
    #expect(spool.book().deadLettered == Amount(blocks: 2, samples: 2))
    #expect(spool.replay(.ids([ids[0], ids[2]]), of: "b") == 1)
    #expect(spool.texts() == [large, "a", "b"])
    #expect(spool.replay(.all, of: "c") == 0)
    #expect(spool.book().held == Amount(blocks: 3, samples: 3))
  }

  @Test(arguments: SpoolKind.allCases) func `a part that is replayed is a block of its own`(_ kind: SpoolKind) throws {
    let spool = try kind.spool()
    _ = spool.take([entry("abc", samples: 3)])
    let block = spool.read(.first, limit: ReadLimit())[0]
    let outcome = Outcome.partlyDelivered(refused: Contents(samples: 1), status: 400, reason: "bad")
    spool.release([Settled(block.position, outcome, letters: [burial("b", samples: 1)])], in: .first)
    #expect(spool.replay(.all, of: "b") == 1)
    #expect(spool.book().accepted == Amount(blocks: 2, samples: 3))
    #expect(spool.book().held == Amount(blocks: 1, samples: 1))
  }

  @Test(arguments: SpoolKind.allCases) func `beyond their limit the oldest dead letters go`(_ kind: SpoolKind) throws {
    let spool = try kind.spool(letters: DeadLetterLimits(letters: 2))
    spool.put("a", "b", "c")
    let blocks = spool.read(.first, limit: ReadLimit())
    spool.release(
      blocks.map {
        Settled($0.position, .refused(status: 400, reason: ""), letters: [burial(text($0), samples: 1)])
      }, in: .first)
    #expect(spool.status().deadLetters == 2)
    #expect(spool.book().deadLettered == Amount(blocks: 2, samples: 2))
    #expect(spool.book().dropped == [.deadLetterLimit: Amount(blocks: 1, samples: 1)])
  }
}
