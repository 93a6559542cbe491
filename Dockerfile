# The image of a node: built once with everything, shipped with what runs.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY projections ./projections
COPY scripts ./scripts
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src
COPY projections ./projections
COPY dashboard ./dashboard
COPY package.json LICENSE README.md ./
# The user `node` of the base image has the id 1000; a new volume at /data takes its owner from here.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "--max-semi-space-size=64", "--v8-pool-size=1", "/app/dist/src/cli/main.js"]
CMD ["serve", "--data", "/data", "--host", "0.0.0.0", "--port", "8080"]
