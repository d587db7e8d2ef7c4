/// The paths below the spool's directory.
struct SpoolFolders {
  let root: String

  var format: String { "\(root)/format" }
  var lock: String { "\(root)/lock" }
  var segments: String { "\(root)/segments" }
  var deadLetters: String { "\(root)/dead-letters" }
  var damaged: String { "\(root)/damaged" }
}
