// The Mozilla HTTP Observatory's tests and scores, of a site on this machine's own ports:
// `observatory.mjs HOST HTTP_PORT HTTPS_PORT PATH`. Prints JSON. The package's own scan()
// takes a public host name alone; this is the same sum, over the same functions.

import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ALL_TESTS } from "@mdn/mdn-http-observatory/src/constants.js";
import { MINIMUM_SCORE_FOR_EXTRA_CREDIT } from "@mdn/mdn-http-observatory/src/grader/charts.js";
import {
  getGradeForScore,
  getScoreDescription,
  getScoreModifier,
} from "@mdn/mdn-http-observatory/src/grader/grader.js";
import { retrieve } from "@mdn/mdn-http-observatory/src/retriever/retriever.js";

const [host, httpPort, httpsPort, path] = process.argv.slice(2);

// The list of domains that browsers know as HTTPS only, which its installation would
// download: none of them is the one asked for here.
const list = fileURLToPath(
  import.meta.resolve("@mdn/mdn-http-observatory/conf/hsts-preload.json"),
);
if (!existsSync(list)) writeFileSync(list, "{}");

const seen = await retrieve(host, { httpPort, httpsPort, path });
if (!seen.responses.auto) throw new Error("The site did not answer.");
const results = ALL_TESTS.map((test) => test(seen));
const modifiers = results.map(({ result }) => getScoreModifier(result));
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const lost = 100 + sum(modifiers.filter((modifier) => modifier < 0));
const raw =
  lost >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? 100 + sum(modifiers) : lost;

console.log(
  JSON.stringify({
    status: seen.responses.auto.status,
    verified: seen.responses.auto.verified,
    ...getGradeForScore(raw),
    tests: results.map(({ result, pass }, index) => ({
      result,
      pass,
      modifier: modifiers[index],
      description: getScoreDescription(result),
    })),
  }),
);
