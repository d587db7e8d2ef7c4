# syntax=docker/dockerfile:1
FROM swift:6.3-bookworm AS build
RUN apt-get update \
  && apt-get install --yes --no-install-recommends pkg-config libmicrohttpd-dev libcurl4-openssl-dev libsnappy-dev \
    libjansson-dev libzstd-dev zlib1g-dev libre2-dev libssl-dev libgnutls28-dev \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift Package.resolved* ./
RUN swift package resolve
COPY Sources Sources
COPY Tests Tests
RUN swift build --configuration release --product sluice --static-swift-stdlib \
  && install -D --strip .build/release/sluice /out/sluice

FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates libmicrohttpd12 libcurl4 libsnappy1v5 \
    libjansson4 libzstd1 zlib1g libre2-9 libssl3 libgnutls30 libstdc++6 \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --uid 10001 --home-dir /var/lib/sluice --create-home --shell /usr/sbin/nologin sluice \
  && install --directory --owner sluice --mode 0700 /var/lib/sluice/data
COPY --from=build /out/sluice /usr/local/bin/sluice
COPY conf/sluice.yaml /etc/sluice/sluice.yaml
USER 10001
WORKDIR /var/lib/sluice
# The spool: what is acknowledged and not yet delivered.
VOLUME /var/lib/sluice/data
EXPOSE 4318
STOPSIGNAL SIGTERM
# The default configuration serves health on the ingest address too; another configuration needs another check.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/4318 \
  && printf 'GET /-/healthy HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 \
  && read -r answer <&3 && [[ $answer == *' 200 '* ]]"]
ENTRYPOINT ["/usr/local/bin/sluice"]
CMD ["run", "--config", "/etc/sluice/sluice.yaml"]
