# One image with all binaries; the command chooses the role.
FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
# The registry and the target directory are kept between builds; the binaries are copied out of the latter.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --release --locked --bins \
        --package tidemark --package api --package workers --package projections \
    && mkdir /binaries \
    && find target/release -maxdepth 1 -type f -executable -name 'tidemark*' -exec cp {} /binaries/ \;

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin tidemark \
    && install -d -o tidemark -g tidemark /var/lib/tidemark \
    # Where a volume for the erasure ledger is mounted, it belongs to whoever the directory belongs to.
    && install -d -o tidemark -g tidemark -m 0700 /var/lib/tidemark/erasures \
    && install -d -o tidemark -g tidemark -m 0700 /var/lib/tidemark/files
COPY --from=build /binaries/ /usr/local/bin/
COPY LICENSE-APACHE LICENSE-MIT /usr/share/doc/tidemark/
USER 10001:10001
WORKDIR /var/lib/tidemark
# 8080 is the API, 9090 health and metrics: publish the latter to operators only.
ENV TIDEMARK_ENVIRONMENT=production TIDEMARK_HTTP__BIND=0.0.0.0:8080 TIDEMARK_ADMIN__BIND=0.0.0.0:9090
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
CMD ["tidemark", "run"]
