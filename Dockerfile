# Tandem and nothing else: PostgreSQL is a service of its own (compose.yaml). Built: docker build -t tandem .
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY prisma ./prisma
COPY deploy/package ./deploy/package
COPY src ./src
RUN npx prisma generate --config prisma/prisma.config.ts && npm run build

# Without Tandem's own Node and its own PostgreSQL, which are most of an installation.
FROM node:24-slim AS dependencies
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
WORKDIR /opt/tandem
COPY --from=dependencies /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY package.json LICENSE CHANGELOG.md ./
COPY prisma/migrations ./prisma/migrations
COPY deploy/docker/make-keys.mjs ./deploy/docker/
RUN mkdir /keys && chown 1000:1000 /keys
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/tmp/tandem-compile-cache \
    TANDEM_CONFIG=/etc/tandem/mapping.yaml
# By number: Kubernetes cannot check a name.
USER 1000:1000
EXPOSE 8080
# The process, not the database: a database that is away must not restart Tandem.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=4", "--heap-growing-percent=30", "/opt/tandem/dist/cli/bin.js"]
# The page needs a sign-in here, because it listens on every address of the container.
CMD ["start", "--host", "0.0.0.0", "--port", "8080"]
