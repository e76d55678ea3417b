# authsync alone: the static binary and the certificates of authorities.
#   docker build -t authsync --build-arg VERSION=0.1.0 --build-arg COMMIT="$(git rev-parse --short=12 HEAD)" .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" authsync validate
FROM golang:1.27.4 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=""
ARG COMMIT=""
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags urfave_cli_no_docs \
    -ldflags "-s -w ${VERSION:+-X authsync/cli.Version=$VERSION} -X authsync/cli.commit=$COMMIT" \
    -o /authsync .

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /authsync /authsync
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/authsync"]
