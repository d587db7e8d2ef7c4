import Memory
import Spool
import Testing

@Suite struct Bookkeeping {
  private func burial(_ text: String, samples: Int) -> Burial {
    Burial(status: 400, reason: "bad", payload: payload(text, samples: samples))
  }

  @Test func `what is appended is accepted and held, and what a rule drops is booked along with it`() {
    let spool = spool()
    _ = spool.append(
      [entry("a", samples: 3)],
      dropped: [Movement(account: .test, backend: "b", cause: .rule, contents: Contents(samples: 2, exemplars: 1))],
      kept: nil)
    #expect(spool.book().accepted == Amount(blocks: 1, samples: 5, exemplars: 1))
    #expect(spool.book().held == Amount(blocks: 1, samples: 3))
    #expect(spool.book().dropped == [.rule: Amount(samples: 2, exemplars: 1)])
  }

  @Test func `what is refused is in no books`() {
    let spool = spool()
    spool.close()
    let movement = Movement(account: .test, cause: .rule, contents: Contents(samples: 2))
    #expect(spool.append([entry("a")], dropped: [movement], kept: nil) == .closed)
    #expect(spool.ledger().isEmpty)
  }

  @Test(arguments: [
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
  func `each outcome moves what was held`(_ outcome: Outcome, _ delivered: Amount, _ dropped: [DropCause: Amount]) {
    let spool = spool()
    _ = spool.append([entry("a", samples: 3)])
    let block = spool.read(.first, limit: ReadLimit())[0]
    spool.release([Settled(block.position, outcome)], in: .first)
    #expect(spool.book().accepted == Amount(blocks: 1, samples: 3))
    #expect(spool.book().held.isZero)
    #expect(spool.book().delivered == delivered)
    #expect(spool.book().dropped == dropped)
  }

  @Test func `who waits has nothing in the books until it is delivered`() {
    let spool = spool()
    _ = spool.append([entry("a", samples: 3, attempts: .once), entry("b", samples: 2, attempts: .once)])
    #expect(spool.book().accepted.isZero)
    let blocks = spool.read(.first, limit: ReadLimit())
    spool.release([Settled(blocks[0].position, .retryable(status: 503, retryAfter: nil))], in: .first)
    #expect(spool.book().accepted.isZero)
    spool.release([Settled(blocks[1].position, .delivered)], in: .first)
    #expect(spool.book().accepted == Amount(blocks: 1, samples: 2))
    #expect(spool.book().delivered == Amount(blocks: 1, samples: 2))
  }

  @Test func `a refused part becomes a dead letter, is listed, read, and deleted`() {
    let spool = spool()
    _ = spool.append([entry("abc", samples: 3)])
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

  @Test func `dead letters that are replayed are held again, as far as there is room`() {
    let spool = spool()
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

  @Test func `a part that is replayed is a block of its own`() {
    let spool = spool()
    _ = spool.append([entry("abc", samples: 3)])
    let block = spool.read(.first, limit: ReadLimit())[0]
    let outcome = Outcome.partlyDelivered(refused: Contents(samples: 1), status: 400, reason: "bad")
    spool.release([Settled(block.position, outcome, letters: [burial("b", samples: 1)])], in: .first)
    #expect(spool.replay(.all, of: "b") == 1)
    #expect(spool.book().accepted == Amount(blocks: 2, samples: 3))
    #expect(spool.book().held == Amount(blocks: 1, samples: 1))
  }

  @Test func `beyond their limit the oldest dead letters go`() {
    let spool = MemorySpool(deadLetters: DeadLetterLimits(letters: 2))
    spool.configure(["b": QueueLimits(bytes: 100)])
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
