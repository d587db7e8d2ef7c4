/// A record without a block: a step that the books and the lanes have taken, to be taken again after a restart.
enum Note: Equatable {
  case released(lane: LaneKey, [Release])
  /// Accepted and dropped in the same moment.
  case dropped([Drop])
  case lettersGone([GoneLetter], cause: DropCause)

  /// A block that has left its lane.
  struct Release: Equatable {
    /// Nil for one that somebody waited for: it never was in the log.
    var position: UInt64?
    var account: Account
    var contents: Contents
    var bytes: Int
    var rawBytes: Int
    var booking: Booking
    /// The ids of its dead letters, in the order of `booking.letters`.
    var letters: [UInt64] = []
  }

  struct Drop: Equatable {
    var account: Account
    var backend: String
    var cause: DropCause
    var amount: Amount
  }

  struct GoneLetter: Equatable {
    var id: UInt64
    var account: Account
    var backend: String
    var amount: Amount
  }

  func bytes() -> [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .released(let lane, let releases):
      writer.write(UInt64(1))
      writer.write(lane)
      writer.write(releases) { $0.write($1) }
    case .dropped(let drops):
      writer.write(UInt64(2))
      writer.write(drops) { writer, drop in
        writer.write(drop.account)
        writer.write(drop.backend)
        writer.write(drop.cause)
        writer.write(drop.amount)
      }
    case .lettersGone(let letters, let cause):
      writer.write(UInt64(3))
      writer.write(cause)
      writer.write(letters) { writer, letter in
        writer.write(letter.id)
        writer.write(letter.account)
        writer.write(letter.backend)
        writer.write(letter.amount)
      }
    }
    return writer.bytes
  }

  init(_ bytes: [UInt8]) throws(ByteReader.Malformed) {
    var reader = ByteReader(bytes)
    switch try reader.number() {
    case 1:
      let lane = try reader.lane()
      self = .released(lane: lane, try reader.list { reader throws(ByteReader.Malformed) in try reader.release() })
    case 2:
      self = .dropped(
        try reader.list { reader throws(ByteReader.Malformed) in
          Drop(
            account: try reader.account(), backend: try reader.text(), cause: try reader.cause(),
            amount: try reader.amount())
        })
    case 3:
      let cause = try reader.cause()
      let letters = try reader.list { reader throws(ByteReader.Malformed) in
        GoneLetter(
          id: try reader.number(), account: try reader.account(), backend: try reader.text(),
          amount: try reader.amount())
      }
      self = .lettersGone(letters, cause: cause)
    default: throw ByteReader.Malformed()
    }
  }
}

extension ByteWriter {
  fileprivate mutating func write(_ release: Note.Release) {
    write(release.position ?? 0)
    write(release.account)
    write(release.contents)
    write(release.bytes)
    write(release.rawBytes)
    write(release.booking.delivered)
    write(release.booking.letters) { $0.write($1) }
    write(release.booking.dropped)
    write(release.booking.cause)
    write(release.letters) { $0.write($1) }
  }
}

extension ByteReader {
  fileprivate mutating func release() throws(Malformed) -> Note.Release {
    let position = try number()
    return Note.Release(
      position: position == 0 ? nil : position, account: try account(), contents: try contents(), bytes: try int(),
      rawBytes: try int(),
      booking: Booking(
        delivered: try amount(), letters: try list { reader throws(Malformed) in try reader.amount() },
        dropped: try amount(), cause: try cause()),
      letters: try list { reader throws(Malformed) in try reader.number() })
  }
}
