# KV Manager in a container: built in one image, run in another that holds the program and two libraries.
#
#   docker build -t kv-manager .
#   docker run --read-only --tmpfs /tmp -v kv-manager:/data -p 127.0.0.1:8787:8787 kv-manager \
#       serve --host 0.0.0.0 --allow-unauthenticated
#
# In there it has to listen on every address. There is no sign-in yet: who reaches the port may do everything, so it is
# published on this machine alone, and --allow-unauthenticated is yours to say.
#
# The health check finds the server by its data folder, with any port, base path and certificate. Where the data are elsewhere
# than in /data, set KV_MANAGER_DATA (or data in the file that KV_MANAGER_CONFIG names) rather than --data.

FROM swift:6.2-bookworm AS build
RUN apt-get update -q \
    && apt-get install -q -y --no-install-recommends libsqlite3-dev zlib1g-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN swift build -c release --product kv-manager --static-swift-stdlib -Xlinker --no-export-dynamic \
    && install -D "$(swift build -c release --show-bin-path)/kv-manager" /out/kv-manager

FROM debian:bookworm-slim
RUN apt-get update -q \
    && apt-get install -q -y --no-install-recommends ca-certificates libsqlite3-0 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 65532 -g 65532 -m 700 /data
COPY --from=build /out/kv-manager /usr/local/bin/kv-manager
USER 65532:65532
ENV KV_MANAGER_DATA=/data
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["kv-manager", "health"]
ENTRYPOINT ["kv-manager"]
CMD ["serve"]
