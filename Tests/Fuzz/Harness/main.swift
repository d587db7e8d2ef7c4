import CFuzz
import Glibc

/// `fuzz DECODER [what libFuzzer takes]`: gives bytes without end to one decoder.
///
/// A crash, a read beyond the end, a broken promise or too much memory ends the process; libFuzzer then keeps the bytes.
let decoders: [any Decoder.Type] = [
  RemoteWrite1.self, RemoteWrite2.self, OTLPProtobuf.self, OTLPJSON.self, SnappyBlock.self, GzipStream.self,
  ZstandardFrames.self, RuleText.self, RequestPath.self, ConfigurationText.self,
]

guard CommandLine.arguments.count > 1, let decoder = decoders.first(where: { $0.name == CommandLine.arguments[1] })
else {
  // What `scripts/fuzz` goes through.
  print(decoders.map { $0.name }.joined(separator: "\n"))
  exit(CommandLine.arguments.count > 1 ? 2 : 0)
}
Trial.subject = decoder.init()

sluice_fuzz_watch_memory()
var arguments = CommandLine.unsafeArgv + 1
var count = CommandLine.argc - 1
let status = withUnsafeMutablePointer(to: &arguments) { pointer in
  pointer.withMemoryRebound(to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1) { arguments in
    LLVMFuzzerRunDriver(&count, arguments) { start, size in
      Trial.run(UnsafeRawBufferPointer(start: start, count: size))
      return 0
    }
  }
}
exit(status)
