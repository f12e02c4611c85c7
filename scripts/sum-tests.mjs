// `node scripts/sum-tests.mjs [--with-data] [--with-engines] REPORT.json...`: adds up vitest's JSON reports and prints "N passed, N failed, N skipped".
// Fails where a test failed or a file could not be run; with --with-data also where a test that reads EM_STELLAR_DATA
// was skipped, with --with-engines also where one of tests/engines was.
import { readFileSync } from "node:fs";

const given = process.argv.slice(2);
const withData = given.includes("--with-data");
const withEngines = given.includes("--with-engines");
const reports = given.filter((argument) => !argument.startsWith("--"));
const total = { passed: 0, failed: 0, skipped: 0 };
const problems = [];

for (const path of reports) {
  const report = JSON.parse(readFileSync(path, "utf8"));
  for (const { name, status, message, assertionResults } of report.testResults) {
    const readsData = readFileSync(name, "utf8").includes("EM_STELLAR_DATA");
    for (const test of assertionResults) {
      const outcome = test.status === "passed" || test.status === "failed" ? test.status : "skipped";
      total[outcome]++;
      if (outcome === "failed") problems.push(`failed: ${name}: ${test.fullName}`);
      if (outcome === "skipped" && readsData && withData) {
        problems.push(`skipped although the data is there: ${name}: ${test.fullName}`);
      }
      if (outcome === "skipped" && withEngines && name.includes("/tests/engines/")) {
        problems.push(`skipped although the engines are there: ${name}: ${test.fullName}`);
      }
    }
    if (status === "failed" && !assertionResults.some((test) => test.status === "failed")) {
      total.failed++;
      problems.push(`failed: ${name}: ${message}`);
    }
  }
  if (!report.success && total.failed === 0) problems.push(`${path} reports no success`);
}

for (const problem of problems) console.error(problem);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = problems.length === 0 ? 0 : 1;
