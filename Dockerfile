# The image of every process of the service; ROLE says what it does. Pin the base by its digest where you build for production:
#   docker build --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:... -t onauth-server .
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json nest-cli.json ormconfig.ts ./
COPY src ./src
COPY examples ./examples
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8123
WORKDIR /service
COPY --from=dependencies /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY package.json ./
# A number, so that an orchestrator can see that it is not root. Nothing of the service belongs to this user, so it cannot change itself.
USER 1000:1000
EXPOSE 8123
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "dist/src/health.command.js"]
CMD ["node", "dist/src/startup/start.cjs"]
