// Finds the packages of infra/node, and installs them from the lock file the first time.
"use strict";

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const locked = createRequire(path.join(__dirname, "package.json"));

function install() {
  const lock = path.join(__dirname, "package-lock.json");
  const seen = path.join(__dirname, "node_modules", ".lock-seen");
  const text = fs.readFileSync(lock, "utf8");
  if (fs.existsSync(seen) && fs.readFileSync(seen, "utf8") === text) return;
  console.error("installing infra/node …");
  execFileSync("npm", ["ci", "--silent"], { cwd: __dirname, stdio: ["ignore", "inherit", "inherit"] });
  fs.writeFileSync(seen, text);
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
