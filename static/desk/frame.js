// How the preview is looked at: as wide as a phone or a desktop, in the light or the dark.
const WIDTHS = { phone: 390, desktop: 1280 };
const SCHEME = /\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/g;
const queries = new WeakMap();

/** The frame has that width, scaled down where there is less room. */
export function fit(frame, name) {
  const stage = frame.parentElement;
  const width = WIDTHS[name];
  const scale = Math.min(1, stage.clientWidth / width);
  Object.assign(frame.style, {
    width: `${width}px`,
    height: `${stage.clientHeight / scale}px`,
    left: `${(stage.clientWidth - width * scale) / 2}px`,
    transform: `scale(${scale})`,
  });
}

/** The page in the frame is shown as to readers who prefer this scheme. */
export function shine(frame, scheme) {
  const page = frame.contentDocument;
  if (!page) return;
  page.documentElement.style.colorScheme = scheme;
  for (const sheet of page.styleSheets) answer(sheet.cssRules, scheme);
}

// The stylesheet asks what the reader prefers: here the answer is put into the question.
function answer(rules, scheme) {
  for (const rule of rules) {
    if (rule.media) {
      if (!queries.has(rule)) queries.set(rule, rule.media.mediaText);
      const query = queries.get(rule).replace(SCHEME, (_, asked) => (asked === scheme ? "(min-width: 0)" : "(max-width: 0)"));
      if (query !== rule.media.mediaText) rule.media.mediaText = query;
    }
    if (rule.cssRules) answer(rule.cssRules, scheme);
  }
}
