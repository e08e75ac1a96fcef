// Other Node versions, for compatibility checks: this one when it fits, else the npm package `node`.

/** Command and leading arguments that run Node `major`, and the file to use as `execPath`. */
export function nodeCommand(major) {
  if (process.versions.node.split(".")[0] === String(major)) return [process.execPath];
  return ["npx", "-y", "-p", `node@${major}`, "node"];
}
