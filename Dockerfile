# syntax=docker/dockerfile:1.12
# The service and its commands in one image: no shell, no package manager, nobody who is root. docs/deployment.md says how it is run.
#   docker build --tag tenantry .
# The minor version alone: each build takes the newest patch of the runtime. By digest it is the same for ever: docs/deployment.md.
ARG DOTNET_VERSION=10.0

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:${DOTNET_VERSION}-noble AS build
ARG TARGETARCH
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages scripts/publish.sh /app "$TARGETARCH"
# What comes later has no shell to make a folder with.
RUN mkdir -p /made/var/lib/tenantry/files

# "extra" has ICU and the time zones: tenants write in their own languages.
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET_VERSION}-noble-chiseled-extra
LABEL org.opencontainers.image.title="Tenantry" \
      org.opencontainers.image.description="A multi-tenant backend" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /app /app
COPY --from=build --chown=$APP_UID:$APP_UID /made /
# Files go to a volume, or to a bucket (S3_BUCKET_NAME). Beside it /tmp alone is written to.
ENV API_PORT=8000 \
    FILES_PATH=/var/lib/tenantry/files
WORKDIR /var/lib/tenantry
USER $APP_UID
EXPOSE 8000
# The longest start is that of an instance whose database is slow to answer; Kubernetes has probes of its own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s CMD ["dotnet", "/app/tenantry.dll", "health"]
ENTRYPOINT ["dotnet", "/app/tenantry.dll"]
CMD ["serve"]
