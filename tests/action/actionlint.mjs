// Lint each file named on the command line; one JSON object a finding.
import { readFileSync } from "node:fs";
import { argv } from "node:process";

const [folder, ...files] = argv.slice(2);
const { createLinter } = await import(`${folder}/node.mjs`);
const lint = await createLinter();
for (const file of files) {
  for (const found of lint(readFileSync(file, "utf8"), file)) console.log(JSON.stringify(found));
}
