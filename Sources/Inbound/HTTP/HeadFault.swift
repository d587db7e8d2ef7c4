/// What is wrong with the head of a request.
struct HeadFault: Error, Equatable {
  let refusal: Refusal
  let sentence: String

  static func malformed(_ sentence: String) -> HeadFault {
    HeadFault(refusal: .malformed, sentence: sentence)
  }

  var response: Response {
    .text(refusal == .transferCoding ? 501 : 400, sentence)
  }
}
