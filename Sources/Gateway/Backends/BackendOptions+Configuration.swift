internal import Config
internal import Outbound

extension BackendOptions {
  /// The delivery's view of a configured backend.
  init(_ backend: Configuration.Backend) {
    self.init(name: backend.name)
    switch backend.destination {
    case .debug: type = "debug"
    case .remoteWrite(let remote): take(remote)
    }
    isBestEffort = backend.isBestEffort
    batch.size = backend.batch.sendBatchSize
    batch.bytes = backend.batch.maxBytes
    batch.timeout = backend.batch.timeout
    queue.consumers = backend.sendingQueue.numConsumers
    queue.bytes = backend.sendingQueue.queueSize
    queue.maxAge = backend.sendingQueue.maxAge
    queue.dropsOldest = backend.sendingQueue.onFull == .dropOldest
    catchUp.order = backend.catchUp.order == .newestFirst ? .newestFirst : .oldestFirst
    catchUp.mostInFlight = backend.catchUp.maxInFlight
    catchUp.samplesPerSecond = backend.catchUp.maxSamplesPerSecond
    retry.isEnabled = backend.retryOnFailure.isEnabled
    retry.initialInterval = backend.retryOnFailure.initialInterval
    retry.maxInterval = backend.retryOnFailure.maxInterval
    retry.maxElapsed = backend.retryOnFailure.maxElapsedTime ?? .zero
  }

  /// Which remote-write the backend is to be spoken to.
  var protocolVersion: Configuration.RemoteWrite.ProtocolVersion {
    settings[Self.protocolVersionKey].flatMap(Configuration.RemoteWrite.ProtocolVersion.init) ?? .v1
  }

  private static let protocolVersionKey = "protocol_version"

  private mutating func take(_ remote: Configuration.RemoteWrite) {
    type = "remote_write"
    url = remote.endpoint.url
    settings[Self.protocolVersionKey] = remote.protocolVersion.rawValue
    tenantHeader = remote.tenantHeader
    headers = remote.headers.mapValues(\.exposed)
    timeout = remote.timeout
    switch remote.partialRefusal {
    case .split: partialRefusal = .split
    case .accept: partialRefusal = .accept
    case .deadLetter: partialRefusal = .deadLetter
    }
    switch remote.auth {
    case nil: authentication = .none
    case .basic(let username, let password): authentication = .basic(username: username, password: password.exposed)
    case .bearer(let token): authentication = .bearer(token: token.exposed)
    case .sigv4(let keys):
      authentication = .signature(
        SigV4(
          region: keys.region, accessKey: keys.accessKey, secretKey: keys.secretKey.exposed,
          sessionToken: keys.sessionToken?.exposed))
    }
    tls.caFile = remote.tls.caFile
    tls.certificateFile = remote.tls.certFile
    tls.keyFile = remote.tls.keyFile
    tls.skipsVerification = remote.tls.insecureSkipVerify
    tls.serverName = remote.tls.serverName
  }
}
