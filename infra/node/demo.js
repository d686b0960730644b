// A demo of the scripts' own: in a folder of its own, on free loopback ports, and gone afterwards.
"use strict";

const { execFileSync, spawn } = require("node:child_process");
const fs = require("node:fs");
const net = require("node:net");
const path = require("node:path");

// Starting takes seconds; on a machine that others use up it took minutes.
const PATIENCE_MS = 300_000;

/**
 * Starts the binary's demo and waits until it serves.
 *
 * @param binary the platform's binary
 * @param folder a folder that exists, for its data and its log
 * @param further more variables of its environment
 */
async function startDemo(binary, folder, further = {}) {
  const [port, provider] = await freePorts(2);
  const env = { ...environment(port, provider, path.join(folder, "data")), ...further };
  const log = path.join(folder, "log");
  const output = fs.openSync(log, "w");
  const child = spawn(binary, ["demo"], { env, stdio: ["ignore", output, output] });
  const ended = new Promise((resolve) => {
    child.on("exit", (code, signal) => resolve(signal ?? code));
    child.on("error", (error) => resolve(error.message));
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => (child.kill("SIGINT"), process.exit(130)));
  const demo = {
    url: `http://127.0.0.1:${port}/graphql`,
    pid: child.pid,
    services: [],
    token: (account) => execFileSync(binary, ["token", account], { env, encoding: "utf8" }).trim(),
    said: () => (fs.existsSync(log) ? fs.readFileSync(log, "utf8") : ""),
    // How it ended: 0 when it ended well.
    async stop() {
      child.kill("SIGINT");
      const late = new Promise((resolve) => setTimeout(resolve, 20_000, "still running").unref());
      const end = await Promise.race([ended, late]);
      if (end === "still running") child.kill("SIGKILL");
      return end;
    },
  };
  try {
    demo.services = await introduced(demo, ended);
    await until(`${demo.url} is not ready`, ended, async () => (await fetch(`http://127.0.0.1:${port}/readiness`).catch(() => undefined))?.ok);
  } catch (error) {
    await demo.stop();
    throw error;
  }
  return demo;
}

function environment(port, provider, data) {
  const own = ([name]) => !name.startsWith("SAMENZICHT") && !name.startsWith("OTEL_");
  const env = Object.fromEntries(Object.entries(process.env).filter(own));
  env.SAMENZICHT__DEMO__LISTEN = `127.0.0.1:${port}`;
  env.SAMENZICHT__DEMO__PROVIDER_LISTEN = `127.0.0.1:${provider}`;
  env.SAMENZICHT__DEMO__DATA = data;
  return env;
}

async function freePorts(count) {
  const held = [];
  for (let i = 0; i < count; i++) {
    const server = net.createServer();
    await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
    held.push(server);
  }
  const ports = held.map((server) => server.address().port);
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

// Where the services listen by themselves: the demo says so in its introduction, once it runs.
async function introduced(demo, ended) {
  const LINE = /^Services by themselves: (.+)$/m;
  const line = await until("the demo did not name its services", ended, () => LINE.exec(demo.said())?.[1]);
  const services = line.match(/http:\/\/\S+\/graphql/g) ?? [];
  if (services.length < 2) throw new Error(`the demo should name at least two services, not: ${line}`);
  return services;
}

// Asks until there is an answer, as long as the process runs.
async function until(otherwise, ended, ask) {
  let end;
  ended.then((how) => (end = how));
  for (const last = Date.now() + PATIENCE_MS; Date.now() < last; ) {
    const answer = await ask();
    if (answer) return answer;
    if (end !== undefined) throw new Error(`${otherwise}: it ended with ${end}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(otherwise);
}

module.exports = { startDemo, freePorts, until };
