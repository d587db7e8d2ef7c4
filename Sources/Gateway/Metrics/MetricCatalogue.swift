/// Every metric that the gateway has of itself, declared once.
enum MetricCatalogue {
  // What comes in.
  static let requests = MetricFamily(
    "sluice_requests_total", .counter, "Requests answered, by the listener, the protocol and the status.",
    labels: ["listener", "protocol", "code"])
  static let requestDuration = MetricFamily(
    "sluice_request_duration_seconds", .histogram,
    "Seconds from the moment that a worker takes a request to its answer.", labels: ["protocol"])
  static let receivedBytes = MetricFamily(
    "sluice_received_bytes_total", .counter, "Bytes of request bodies as received.",
    labels: ["listener", "protocol"])
  static let decodedBytes = MetricFamily(
    "sluice_decoded_bytes_total", .counter, "Bytes of request bodies after decompression.",
    labels: ["listener", "protocol"])
  static let receivedSamples = MetricFamily(
    "sluice_received_samples_total", .counter, "Samples and native histograms accepted.",
    labels: ["listener", "protocol"])
  static let tenantSamples = MetricFamily(
    "sluice_tenant_received_samples_total", .counter, "Samples and native histograms accepted, by incoming tenant.",
    labels: ["tenant"])
  static let refused = MetricFamily(
    "sluice_refused_total", .counter,
    "Series (remote-write) or data points (OTLP) refused to their sender, by reason.", labels: ["protocol", "reason"])
  static let losses = MetricFamily(
    "sluice_translation_losses_total", .counter,
    "What was taken and cannot be said in a Prometheus series, by kind.", labels: ["protocol", "kind"])
  static let collisions = MetricFamily(
    "sluice_metric_collisions_total", .counter,
    "Metrics that were found to have the name of another one, by what differs.", labels: ["differs"])
  static let limitedRequests = MetricFamily(
    "sluice_limit_refused_requests_total", .counter, "Requests refused whole for a limit of their tenant.",
    labels: ["tenant", "limit"])
  static let limitedSeries = MetricFamily(
    "sluice_limit_refused_series_total", .counter,
    "Series refused for a limit of their tenant, in requests of which the rest was taken.", labels: ["tenant", "limit"])
  static let tenantActiveSeries = MetricFamily(
    "sluice_tenant_active_series", .gauge, "Series of a tenant with max_active_series in the last 10 to 20 minutes.",
    labels: ["tenant"])
  static let dropped = MetricFamily(
    "sluice_dropped_samples_total", .counter,
    "Samples and native histograms that were accepted and go to no backend, by cause.", labels: ["cause"])
  static let replicaChanges = MetricFamily(
    "sluice_ha_elected_replica_changes_total", .counter,
    "How often another replica took the place of one that fell silent, by incoming tenant.", labels: ["tenant"])
  static let replicaClusters = MetricFamily(
    "sluice_ha_clusters", .gauge, "Clusters of replicas that one is elected of now.")
  static let routeSamples = MetricFamily(
    "sluice_route_samples_total", .counter,
    "Samples and native histograms taken by a route, counted once for each form it sends.", labels: ["route"])
  static let connections = MetricFamily(
    "sluice_connections", .gauge, "Connections open now.", labels: ["listener"])
  static let inFlightRequests = MetricFamily(
    "sluice_requests_in_flight", .gauge, "Requests that have begun and are not answered.", labels: ["listener"])
  static let certificateExpiry = MetricFamily(
    "sluice_tls_certificate_expiry_timestamp_seconds", .gauge,
    "When the certificate that the address shows expires, in seconds since 1970.", labels: ["listener"])
  static let turnedAway = MetricFamily(
    "sluice_requests_turned_away_total", .counter,
    "Requests refused before their protocol was looked at: malformed, too large, or for want of room.",
    labels: ["listener", "reason"])

  // What goes out.
  static let backendQueueBytes = MetricFamily(
    "sluice_backend_queue_bytes", .gauge, "Bytes of blocks waiting for the backend.", labels: ["backend"])
  static let backendQueueBlocks = MetricFamily(
    "sluice_backend_queue_blocks", .gauge, "Blocks waiting for the backend.", labels: ["backend"])
  static let backendQueueSamples = MetricFamily(
    "sluice_backend_queue_samples", .gauge, "Samples waiting for the backend.", labels: ["backend"])
  static let backendQueueCapacity = MetricFamily(
    "sluice_backend_queue_capacity_bytes", .gauge, "Bytes that may wait for the backend.", labels: ["backend"])
  static let backendQueueAge = MetricFamily(
    "sluice_backend_queue_oldest_age_seconds", .gauge, "Age of the oldest block that waits for the backend.",
    labels: ["backend"])
  static let backendInFlight = MetricFamily(
    "sluice_backend_requests_in_flight", .gauge, "Requests under way to the backend.", labels: ["backend"])
  static let backendUp = MetricFamily(
    "sluice_backend_up", .gauge, "1 while the backend answers, 0 while it is taken for down.", labels: ["backend"])
  static let backendProtocolVersion = MetricFamily(
    "sluice_backend_protocol_version", .gauge,
    "1 for the version of remote-write that the backend is spoken to now.", labels: ["backend", "version"])
  static let backendRequests = MetricFamily(
    "sluice_backend_requests_total", .counter,
    "Requests to the backend, by the class of the answer: 2xx, 3xx, 429, other 4xx, 5xx, or none where no answer came.",
    labels: ["backend", "code"])
  static let backendDuration = MetricFamily(
    "sluice_backend_request_duration_seconds", .histogram, "Seconds that requests to the backend took.",
    labels: ["backend"])
  static let backendRetries = MetricFamily(
    "sluice_backend_retries_total", .counter, "Requests that repeat an earlier one.", labels: ["backend"])
  static let backendDelivered = MetricFamily(
    "sluice_backend_delivered_samples_total", .counter, "Samples that the backend has taken.", labels: ["backend"])
  static let backendTenantDelivered = MetricFamily(
    "sluice_backend_tenant_delivered_samples_total", .counter,
    "Samples that the backend has taken, by outgoing tenant.", labels: ["backend", "tenant"])
  static let backendRefused = MetricFamily(
    "sluice_backend_refused_samples_total", .counter, "Samples that the backend refused for good.", labels: ["backend"])
  static let backendDeadLetters = MetricFamily(
    "sluice_backend_dead_letters_total", .counter, "Dead letters made of what the backend refused for good.",
    labels: ["backend"])
  static let backendDeadLetterSamples = MetricFamily(
    "sluice_backend_dead_letter_samples_total", .counter,
    "Samples in dead letters made of what the backend refused for good.", labels: ["backend"])
  static let backendParts = MetricFamily(
    "sluice_backend_split_requests_total", .counter,
    "Requests with a part of what was refused, to find the series at fault.", labels: ["backend"])
  static let backendCircuit = MetricFamily(
    "sluice_backend_circuit_open", .gauge,
    "1 while the backend is tried by one request at a time after failures, else 0.", labels: ["backend"])
  static let backendCatchingUp = MetricFamily(
    "sluice_backend_catching_up", .gauge, "1 while there is data that has waited for ten seconds or more, else 0.",
    labels: ["backend"])
  static let backendCaughtUp = MetricFamily(
    "sluice_backend_catch_up_samples_total", .counter,
    "Samples sent to the backend, or tried, after they had waited for ten seconds or more.", labels: ["backend"])
  static let backendReturned = MetricFamily(
    "sluice_backend_returned_samples_total", .counter,
    "Samples given back to their sender after a failed try, as their route acknowledges only what is delivered.",
    labels: ["backend"])
  static let backendDropped = MetricFamily(
    "sluice_backend_dropped_samples_total", .counter,
    "Samples that were given up before the backend took them, by cause.", labels: ["backend", "cause"])

  // The spool and the books.
  static let spoolCommit = MetricFamily(
    "sluice_spool_commit_duration_seconds", .histogram,
    "Seconds from when what a request brought is given to the spool until it is stored.")
  static let spoolUp = MetricFamily(
    "sluice_spool_up", .gauge, "1 while the spool can store, 0 while the disk refuses.")
  static let spoolDisk = MetricFamily(
    "sluice_spool_disk_bytes", .gauge,
    "Bytes that the spool takes up on disk, dead letters and spare segments included.")
  static let spoolSegments = MetricFamily("sluice_spool_segments", .gauge, "Segment files of the spool.")
  static let spoolSyncs = MetricFamily(
    "sluice_spool_syncs_total", .counter, "Times that the disk was asked to make the spool's log durable.")
  static let spoolSyncTime = MetricFamily(
    "sluice_spool_sync_seconds_total", .counter, "Seconds that the disk took for that.")
  static let spoolCache = MetricFamily(
    "sluice_spool_cache_bytes", .gauge, "Bytes that blocks take up that are in memory as well as on disk.")
  static let spoolReads = MetricFamily(
    "sluice_spool_blocks_read_total", .counter, "Blocks read back from disk, as they were in memory no more.")
  static let spoolDamages = MetricFamily(
    "sluice_spool_damages_total", .counter, "Records or files of the spool that could not be read, since it was opened."
  )
  static let deadLetters = MetricFamily("sluice_dead_letters", .gauge, "Dead letters that are kept.")
  static let deadLetterBytes = MetricFamily("sluice_dead_letter_bytes", .gauge, "Bytes that they take up.")
  static let ledgerAccepted = MetricFamily(
    "sluice_ledger_accepted_samples_total", .counter, "Samples accepted for the backend, by the books.",
    labels: ["backend"])
  static let ledgerDelivered = MetricFamily(
    "sluice_ledger_delivered_samples_total", .counter, "Samples of these that were delivered.", labels: ["backend"])
  static let ledgerHeld = MetricFamily(
    "sluice_ledger_held_samples", .gauge, "Samples of these that are in the queue now.", labels: ["backend"])
  static let ledgerDead = MetricFamily(
    "sluice_ledger_dead_lettered_samples", .gauge, "Samples of these that are among the dead letters now.",
    labels: ["backend"])
  static let ledgerDropped = MetricFamily(
    "sluice_ledger_dropped_samples_total", .counter, "Samples of these that were given up, by cause.",
    labels: ["backend", "cause"])
  static let ledgerImbalance = MetricFamily(
    "sluice_ledger_imbalance", .gauge,
    "Samples, blocks and exemplars for which the books do not balance. Anything but 0 is a defect.")

  // The gateway itself.
  static let buildInfo = MetricFamily(
    "sluice_build_info", .gauge, "1; the version as a label.", labels: ["version"])
  static let reloadSuccessful = MetricFamily(
    "sluice_config_last_reload_successful", .gauge, "1 if the last load of the configuration succeeded, else 0.")
  static let reloadTime = MetricFamily(
    "sluice_config_last_reload_success_timestamp_seconds", .gauge, "When the configuration in force was loaded.")
  static let watchActive = MetricFamily(
    "sluice_watch_active", .gauge, "1 while a change made over the admin API is on trial, else 0.")
  static let watchRollbacks = MetricFamily(
    "sluice_watch_rollbacks_total", .counter, "Watched changes that were taken back because something went wrong.")
  static let routes = MetricFamily("sluice_routes", .gauge, "Routes in the configuration in force.")
  static let memoryLimit = MetricFamily(
    "sluice_memory_limit_bytes", .gauge, "What requests, blocks and caches may take of the memory together.")
  static let memoryUsed = MetricFamily(
    "sluice_memory_used_bytes", .gauge, "What they take of it now.")
  static let memoryPeak = MetricFamily(
    "sluice_memory_peak_bytes", .gauge, "The most that they have taken of it at once.")
  static let processCPU = MetricFamily(
    "process_cpu_seconds_total", .counter, "User and system CPU seconds spent.")
  static let processResident = MetricFamily(
    "process_resident_memory_bytes", .gauge, "Resident memory in bytes.")
  static let processVirtual = MetricFamily("process_virtual_memory_bytes", .gauge, "Virtual memory in bytes.")
  static let processDescriptors = MetricFamily("process_open_fds", .gauge, "File descriptors open now.")
  static let processMostDescriptors = MetricFamily("process_max_fds", .gauge, "File descriptors that may be open.")
  static let processThreads = MetricFamily("process_threads", .gauge, "Threads of the process.")
  static let processStart = MetricFamily(
    "process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.")

  static let all = [
    requests, requestDuration, receivedBytes, decodedBytes, receivedSamples, tenantSamples, refused, limitedRequests,
    limitedSeries, tenantActiveSeries, losses, collisions, dropped, replicaChanges, replicaClusters, routeSamples,
    connections, inFlightRequests, turnedAway, certificateExpiry,
    backendQueueBytes, backendQueueBlocks, backendQueueSamples, backendQueueCapacity, backendQueueAge,
    backendInFlight, backendUp, backendProtocolVersion, backendRequests, backendDuration, backendRetries,
    backendDelivered, backendTenantDelivered, backendRefused, backendDeadLetters, backendDeadLetterSamples,
    backendParts, backendCircuit, backendCatchingUp, backendCaughtUp, backendReturned, backendDropped,
    spoolCommit, spoolUp, spoolDisk, spoolSegments, spoolSyncs, spoolSyncTime, spoolCache, spoolReads,
    spoolDamages, deadLetters, deadLetterBytes,
    ledgerAccepted, ledgerDelivered, ledgerHeld, ledgerDead, ledgerDropped, ledgerImbalance,
    buildInfo, reloadSuccessful, reloadTime, watchActive, watchRollbacks, routes,
    memoryLimit, memoryUsed, memoryPeak, processCPU, processResident, processVirtual,
    processDescriptors, processMostDescriptors, processThreads, processStart,
  ]
}
