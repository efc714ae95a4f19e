# One static binary and nothing else: no shell, no packages to keep up to date.
#
#   docker build --build-arg VERSION="$(git describe --tags --always)" -t classbridge .
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X main.version=${VERSION}" -o /out/classbridge ./cmd/classbridge
# Made here because the last stage has no shell: /data belongs to whom it runs as,
# and a first start without a volume finds a /tmp.
RUN mkdir -p /out/data /out/tmp && chmod 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/tmp /tmp
COPY --from=build /out/classbridge /classbridge
USER 65532:65532
ENV CLASSBRIDGE_DATA=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=6s --start-period=20s CMD ["/classbridge", "health"]
# A graceful end takes up to 20 s, longer than Docker waits by itself: docker stop --time 25
ENTRYPOINT ["/classbridge"]
CMD ["serve"]
