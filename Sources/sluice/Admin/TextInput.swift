import Config
import Foundation
import JSON

/// What a person has written, YAML or JSON.
enum TextInput {
  /// - Parameter path: `-` is standard input.
  static func bytes(_ path: String) throws(AdminClient.Failure) -> [UInt8] {
    do { return Array(try data(path)) } catch {
      throw AdminClient.Failure(description: "\(path) cannot be read: \(error.fileFault)")
    }
  }

  private static func data(_ path: String) throws -> Data {
    path == "-" ? FileHandle.standardInput.readDataToEndOfFile() : try Data(contentsOf: URL(filePath: path))
  }

  /// - Parameter path: `-` is standard input.
  static func json(_ path: String) throws(AdminClient.Failure) -> JSONValue {
    do {
      let data = try data(path)
      // JSON is YAML as well, but that is read ten times slower.
      if data.first == UInt8(ascii: "{"), let json = try? JSONValue(parsing: data, limits: JSONLimits(size: .max)) {
        return json
      }
      return try YAMLText.parse(String(decoding: data, as: UTF8.self))
    } catch let fault as YAMLText.Fault {
      throw AdminClient.Failure(description: "\(path): \(fault)")
    } catch {
      throw AdminClient.Failure(description: "\(path) cannot be read: \(error.fileFault)")
    }
  }
}
