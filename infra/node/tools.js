// Finds the packages of infra/node, and installs them from the lock file the first time.
"use strict";

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const locked = createRequire(path.join(__dirname, "package.json"));

const PATIENCE_MS = 300_000;

function install() {
  if (installed()) return;
  const turn = path.join(__dirname, ".installing");
  waitForTurn(turn);
  try {
    if (installed()) return;
    console.error("installing infra/node …");
    execFileSync("npm", ["ci", "--silent"], { cwd: __dirname, stdio: ["ignore", "inherit", "inherit"] });
    fs.writeFileSync(seen(), fs.readFileSync(lockFile()));
  } finally {
    fs.rmdirSync(turn);
  }
}

const lockFile = () => path.join(__dirname, "package-lock.json");
const seen = () => path.join(__dirname, "node_modules", ".lock-seen");

function installed() {
  return fs.existsSync(seen()) && fs.readFileSync(seen(), "utf8") === fs.readFileSync(lockFile(), "utf8");
}

// Tests start several scripts at once; a folder is made by one of them only.
function waitForTurn(turn) {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    try {
      return fs.mkdirSync(turn);
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (Date.now() > end) throw new Error(`${turn} is left over from an interrupted installation: remove it`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
}

/** A package of infra/node, as `require` gives it. */
function tools(name) {
  install();
  return locked(name);
}

/** The folder of a package of infra/node. */
function folderOf(name) {
  install();
  return path.join(__dirname, "node_modules", name);
}

module.exports = { tools, folderOf };
