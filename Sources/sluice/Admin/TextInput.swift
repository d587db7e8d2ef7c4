import Config
import Foundation
import JSON

/// What a person has written, YAML or JSON.
enum TextInput {
  /// - Parameter path: `-` is standard input.
  static func json(_ path: String) throws(AdminClient.Failure) -> JSONValue {
    do {
      let isInput = path == "-"
      let data = isInput ? FileHandle.standardInput.readDataToEndOfFile() : try Data(contentsOf: URL(filePath: path))
      return try YAMLText.parse(String(decoding: data, as: UTF8.self))
    } catch let fault as YAMLText.Fault {
      throw AdminClient.Failure(description: "\(path): \(fault)")
    } catch {
      throw AdminClient.Failure(description: "\(path) cannot be read: \(error.localizedDescription)")
    }
  }
}
