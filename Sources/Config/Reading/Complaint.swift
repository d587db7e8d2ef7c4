/// What is wrong with a text, in words that stand behind it: `"64mb"` *is not a size*.
struct Complaint: Error, Equatable {
  let message: String

  init(_ message: String) { self.message = message }
}
