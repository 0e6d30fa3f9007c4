/*
 * Judges FHIR resources by npm's fhir validator.
 *
 *   node validate.mjs FILE...          every FILE must be valid
 *   node validate.mjs --bad FILE...    every FILE must be found wrong: proof
 *                                      that the check can fail
 *
 * Exit: 0 as it should be, 1 not, 3 usage.
 */
import fs from "node:fs";
import path from "node:path";
import fhirModule from "fhir";

const { Fhir } = fhirModule;
const args = process.argv.slice(2);
const wantBad = args[0] === "--bad";
const files = wantBad ? args.slice(1) : args;

/* What the validator says beside errors is about code lists it does not have. */
function faults(file) {
  let text = fs.readFileSync(file, "utf8");
  let resource;
  try {
    resource = JSON.parse(text);
  } catch (error) {
    return ["not JSON"];
  }
  let result = new Fhir().validate(resource, { errorOnUnexpected: true });
  let errors = result.messages.filter((m) => m.severity === "error" || m.severity === "fatal");
  if (!result.valid && errors.length === 0) errors = result.messages;
  return errors.map((m) => `${m.location ?? ""}: ${m.message}`);
}

if (files.length === 0) {
  console.error("usage: node validate.mjs [--bad] FILE...");
  process.exit(3);
}
let wrong = 0;
for (const file of files) {
  const found = faults(file);
  const ok = wantBad ? found.length > 0 : found.length === 0;
  wrong += ok ? 0 : 1;
  console.log(`${ok ? "ok" : "NOT OK"} ${path.basename(file)}${wantBad ? ` (${found.length} faults found)` : ""}`);
  if (!ok) for (const line of found) console.log(`   ${line}`);
}
process.exit(wrong === 0 ? 0 : 1);
